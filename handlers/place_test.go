package handlers

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/lsp"
)

// Paths have the separators of the system that the test runs on; the table
// has slashes.
func TestPathsAndNamesOfURIs(t *testing.T) {
	for _, tc := range []struct{ uri, path, name string }{
		{"file:///project/a.go", "/project/a.go", "a.go"},
		{"file:/project/a.go", "/project/a.go", "a.go"},
		{"FILE:///project/a.go", "/project/a.go", "a.go"},
		{"file://localhost/project/a.go", "/project/a.go", "a.go"},
		{"file:///project/with%20blank.go", "/project/with blank.go", "with blank.go"},
		{"file:///project/with blank.go", "/project/with blank.go", "with blank.go"},
		{"file:///project/100%25.go", "/project/100%.go", "100%.go"},
		{"file:///project/a%2525.go", "/project/a%25.go", "a%25.go"},
		{"file:///project/%C5%BC%C3%B3%C5%82w.go", "/project/żółw.go", "żółw.go"},
		{"file:///project/żółw😀.go", "/project/żółw😀.go", "żółw😀.go"},
		{"file:///project/a%23b%3Fc.go", "/project/a#b?c.go", "a#b?c.go"},
		{"file:///project/a+b&c=[d].go", "/project/a+b&c=[d].go", "a+b&c=[d].go"},
		{"file:///c:/Work/a.go", "c:/Work/a.go", "a.go"},
		{"file:///C:/Work/a.go", "C:/Work/a.go", "a.go"},
		{"file:///c%3A/Work/a.go", "c:/Work/a.go", "a.go"},
		{"file:///c%3a/", "c:/", "c:"},
		{"file:///", "/", "/"},
		{"file:///project/", "/project/", "project"},
		// What is no file has no path, and a name that people know it by.
		{"file:///project/100%.go", "", "100%.go"},
		{"untitled:Untitled-1", "", "Untitled-1"},
		{"untitled:/project/new.go", "", "new.go"},
		{"git:/project/a.go?%7B%22ref%22%3A%22HEAD%22%7D", "", "a.go"},
		{"vscode-notebook-cell:/project/n.ipynb#X1", "", "n.ipynb"},
		{"jdt://contents/rt.jar/Object.class", "", "Object.class"},
		{"/project/a.go", "", "a.go"},
	} {
		t.Run(tc.uri, func(t *testing.T) {
			if got := filepath.ToSlash(pathOf(tc.uri)); got != tc.path {
				t.Errorf("path %q, want %q", got, tc.path)
			}
			if got := nameOf(tc.uri); got != tc.name {
				t.Errorf("name %q, want %q", got, tc.name)
			}
		})
	}
}

func TestPathsBelowTheWorkspace(t *testing.T) {
	for _, tc := range []struct{ name, folders, file, want string }{
		{"in the folder", "/project", "/project/a.go", "a.go"},
		{"deeper", "/project", "/project/gen/deep/a.go", "gen/deep/a.go"},
		{"the folder itself", "/project", "/project", "."},
		{"a folder with a slash at its end", "/project/", "/project/gen/a.go", "gen/a.go"},
		{"a neighbour that begins alike", "/project", "/projects/a.go", "projects/a.go"},
		{"above", "/project/sub", "/project/a.go", "project/a.go"},
		{"a name that begins with two dots", "/project", "/project/..a/b.go", "..a/b.go"},
		{"the second folder", "/one /two", "/two/a.go", "a.go"},
		{"in none", "/one /two", "/three/a.go", "three/a.go"},
		{"no folders", "", "/project/a.go", "project/a.go"},
		{"the whole disk", "/", "/project/a.go", "project/a.go"},
		{"letters of any script", "/żółw", "/żółw/日本.go", "日本.go"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &roots{}
			for folder := range strings.FieldsSeq(tc.folders) {
				r.add(native(folder))
			}
			if got := r.names(native(tc.file))[0]; got != tc.want {
				t.Errorf("%s below %s is %q, want %q", tc.file, tc.folders, got, tc.want)
			}
		})
	}
}

// native is an absolute path as the system has it.
func native(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.VolumeName(`C:\`) + filepath.FromSlash(path)
}

func TestFoldersAreTakenFromTheFirstPlaceThatNamesAny(t *testing.T) {
	text := func(s string) *string { return &s }
	folder := func(uri string) lsp.WorkspaceFolder { return lsp.WorkspaceFolder{URI: uri} }
	for _, tc := range []struct {
		name   string
		params lsp.InitializeParams
		want   string
	}{
		{"nothing", lsp.InitializeParams{}, ""},
		{"a path", lsp.InitializeParams{RootPath: text("/project")}, "/project"},
		{"an empty path", lsp.InitializeParams{RootPath: text("")}, ""},
		{"a path that is not absolute", lsp.InitializeParams{RootPath: text("work")}, ""},
		{"a URI before a path", lsp.InitializeParams{RootURI: text("file:///b"), RootPath: text("/a")}, "/b"},
		{"a URI of no file", lsp.InitializeParams{RootURI: text("vscode-vfs://github/a")}, ""},
		{"folders before a URI", lsp.InitializeParams{
			WorkspaceFolders: []lsp.WorkspaceFolder{folder("file:///c"), folder("file:///d"), folder("file:///c")}, RootURI: text("file:///b"),
		}, "/c /d"},
		{"no folders, as null", lsp.InitializeParams{WorkspaceFolders: nil, RootURI: text("file:///b")}, "/b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &roots{}
			r.set(&tc.params)
			checkFolders(t, r, tc.want)
		})
	}
}

func TestFoldersComeAndGo(t *testing.T) {
	folders := func(uris ...string) (all []lsp.WorkspaceFolder) {
		for _, uri := range uris {
			all = append(all, lsp.WorkspaceFolder{URI: uri})
		}
		return all
	}
	r := &roots{}
	r.change(folders("file:///a", "file:///b"), nil)
	r.change(folders("file:///c", "untitled:x", "file:///b"), folders("file:///a", "file:///never"))
	checkFolders(t, r, "/b /c")
	r.change(nil, folders("file:///b", "file:///c"))
	checkFolders(t, r, "")
}

func checkFolders(t *testing.T, r *roots, want string) {
	t.Helper()
	var got []string
	for _, folder := range r.paths() {
		got = append(got, filepath.ToSlash(folder))
	}
	if !slices.Equal(got, strings.Fields(want)) {
		t.Errorf("the folders are %q, want %s", got, want)
	}
}
