package review_test

import (
	"flag"
	"go/build"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/server/text"
)

var (
	fixCases  = flag.Int("fixes", 400, "how many fixes are generated")
	fixSeed   = flag.Uint64("fixes.seed", 1, "of the fixes that are generated")
	fixCorpus = flag.String("fixes.corpus", "", "folders with more files to generate fixes for, separated like PATH")
)

// sourceFile is a real file that fixes are made for.
type sourceFile struct{ path, language, text string }

var languages = map[string]string{
	".go": "go", ".c": "c", ".h": "c", ".py": "python", ".js": "javascript", ".cjs": "javascript", ".mjs": "javascript",
	".sh": "shellscript", ".bash": "shellscript", ".ts": "typescript", ".tsx": "typescriptreact", ".java": "java", ".rs": "rust",
	".rb": "ruby", ".php": "php", ".cs": "csharp", ".cc": "cpp", ".cpp": "cpp", ".pl": "perl", ".lua": "lua", ".swift": "swift",
	".yaml": "yaml", ".yml": "yaml", ".html": "html", ".css": "css", ".kt": "kotlin", ".s": "asm", ".vim": "vim",
}

// corpus is real files by language: the samples of testdata, Go's own sources,
// and what -fixes.corpus names.
func corpus(t *testing.T) map[string][]sourceFile {
	t.Helper()
	files := map[string][]sourceFile{}
	roots := []string{"testdata/fixes", filepath.Join(build.Default.GOROOT, "src"), filepath.Join(build.Default.GOROOT, "misc"), filepath.Join(build.Default.GOROOT, "lib")}
	for _, root := range append(roots, filepath.SplitList(*fixCorpus)...) {
		for _, path := range pathsUnder(root) {
			if f, ok := readSource(path); ok {
				files[f.language] = append(files[f.language], f)
			}
		}
	}
	if len(files) < 6 {
		t.Fatalf("files of %d languages were found", len(files))
	}
	return files
}

// pathsUnder is up to 300 files of each ending below root, evenly spread.
func pathsUnder(root string) []string {
	const most = 300
	byEnding := map[string][]string{}
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what can not be read is left out
		}
		if ending := filepath.Ext(path); entry.Type().IsRegular() && languages[ending] != "" {
			byEnding[ending] = append(byEnding[ending], path)
		}
		return nil
	})
	var chosen []string
	for _, paths := range byEnding {
		for i := 0; i < len(paths); i += max(1, len(paths)/most) {
			chosen = append(chosen, paths[i])
		}
	}
	slices.Sort(chosen)
	return chosen
}

func readSource(path string) (sourceFile, bool) {
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) < 200 || len(raw) > 40<<10 || !utf8.Valid(raw) || slices.Contains(raw, 0) {
		return sourceFile{}, false
	}
	return sourceFile{path, languages[filepath.Ext(path)], strings.TrimPrefix(string(raw), "\uFEFF")}, true
}

// variant is the text of a file as another editor or system may have saved it.
func variant(r *rand.Rand, source string) (kind, varied string) {
	lines := strings.SplitAfter(source, "\n")
	switch r.IntN(10) {
	case 0:
		return "CRLF", strings.ReplaceAll(strings.ReplaceAll(source, "\r", ""), "\n", "\r\n")
	case 1:
		for i := range lines {
			if r.IntN(3) == 0 {
				lines[i] = strings.Replace(strings.TrimSuffix(lines[i], "\r\n"), "\n", "\r\n", 1)
			}
		}
		return "mixed ends", strings.Join(lines, "")
	case 2:
		return "byte order mark", "\uFEFF" + source
	case 3:
		return "no final newline", strings.TrimRight(source, "\r\n")
	case 4:
		for i := range lines {
			if r.IntN(4) == 0 && strings.TrimSpace(lines[i]) != "" {
				lines[i] = strings.Replace(lines[i], "\n", "  \n", 1)
			}
		}
		return "trailing blanks", strings.Join(lines, "")
	}
	return "as it is", source
}

// pickLines picks a run of up to five lines that begins and ends with text.
func pickLines(r *rand.Rand, doc *text.Document) (first, last int) {
	inked := func(n int) bool { return strings.TrimSpace(doc.Line(n)) != "" }
	first = r.IntN(doc.LineCount())
	for !inked(first) {
		first = r.IntN(doc.LineCount())
	}
	last = min(first+r.IntN(5), doc.LineCount()-1)
	for !inked(last) {
		last--
	}
	return first, last
}
