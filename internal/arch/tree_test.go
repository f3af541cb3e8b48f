package arch_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
	"testing"
)

// tree is every Go file of a repository, by package folder.
type tree struct {
	files map[string][]*file
	set   *token.FileSet
}

type file struct {
	path   string // from the root, with slashes
	isTest bool
	lines  int
	source []byte
	syntax *ast.File
}

// imports lists what the file imports, ours without the name of the module.
func (f *file) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		paths = append(paths, strings.TrimPrefix(strings.Trim(spec.Path.Value, `"`), module))
	}
	return paths
}

// readTree parses the Go files that the go command would build under the root
// of repo, for any platform. Nested modules are other people's houses.
func readTree(t *testing.T, repo fs.FS) tree {
	t.Helper()
	found := tree{files: map[string][]*file{}, set: token.NewFileSet()}
	err := fs.WalkDir(repo, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && isForeign(repo, name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		parsed, err := readFile(repo, found.set, name)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		found.files[folder] = append(found.files[folder], parsed)
		return nil
	})
	if err != nil {
		t.Fatalf("read the tree: %v", err)
	}
	return found
}

func isForeign(repo fs.FS, folder string) bool {
	if folder == "." {
		return false
	}
	base := path.Base(folder)
	if base == "testdata" || base == "vendor" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := fs.Stat(repo, path.Join(folder, "go.mod"))
	return err == nil
}

func readFile(repo fs.FS, set *token.FileSet, name string) (*file, error) {
	source, err := fs.ReadFile(repo, name)
	if err != nil {
		return nil, err
	}
	syntax, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	return &file{
		path:   name,
		isTest: strings.HasSuffix(name, "_test.go"),
		lines:  bytes.Count(source, []byte("\n")),
		source: source,
		syntax: syntax,
	}, nil
}
