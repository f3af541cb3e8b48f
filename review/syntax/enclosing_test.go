package syntax_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
)

// The files of testdata say for each line which declaration is the smallest
// around it: its name stands before the bar, behind the names of those that it
// is inside of. A declaration goes from the first to the last line of its name.
func TestEachLineKnowsItsDeclaration(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkLines(t, string(raw))
		})
	}
}

func checkLines(t *testing.T, marked string) {
	t.Helper()
	var names, lines []string
	for line := range strings.Lines(marked) {
		name, code, found := strings.Cut(strings.TrimRight(line, "\n"), "|")
		if !found {
			t.Fatalf("no bar in %q", line)
		}
		names, lines = append(names, strings.TrimSpace(name)), append(lines, code)
	}
	for at, name := range names {
		want := "nothing"
		if name != "" {
			first, last := extent(names, name)
			want = fmt.Sprintf("%d to %d", first+1, last+1)
		}
		if got := enclosing(lines, at); got != want {
			t.Errorf("line %d, %q: found %s, want %s", at+1, lines[at], got, want)
		}
	}
}

// extent is from the first to the last line of a declaration.
func extent(names []string, name string) (first, last int) {
	first = -1
	for i, n := range names {
		if strings.HasPrefix(n, name) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

func enclosing(lines []string, at int) string {
	first, last, found := syntax.Enclosing(len(lines), func(i int) string { return lines[i] }, at)
	if !found {
		return "nothing"
	}
	return fmt.Sprintf("%d to %d", first+1, last+1)
}

func TestPlacesOutsideOfEveryDeclaration(t *testing.T) {
	function := []string{"", "func f() {", "\tx()", "}", ""}
	for _, tc := range []struct {
		name  string
		lines []string
		at    int
	}{
		{"before the first line", function, -1},
		{"past the last line", function, 5},
		{"in no lines at all", nil, 0},
		{"a blank line above", function, 0},
		{"a blank line below", function, 4},
		{"a line that a machine wrote", []string{"function f(){" + strings.Repeat("x();", 300_000) + "}"}, 0},
		{"a closing line alone", []string{"}", ")", "]", "end"}, 1},
		{"prose", []string{"A function is", "  a thing that does something,", "class it as you like."}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := enclosing(tc.lines, tc.at); got != "nothing" {
				t.Errorf("found %s", got)
			}
		})
	}
}

func TestLineEndingsAreNoPartOfTheShape(t *testing.T) {
	lines := []string{"func f() {\r", "\tx()\r", "\r", "\tif y {\r", "\t}\r", "}\r", "\r", "func g() {\r", "}\r"}
	for at, want := range []string{"1 to 6", "1 to 6", "1 to 6", "1 to 6", "1 to 6", "1 to 6", "nothing", "8 to 9", "8 to 9"} {
		if got := enclosing(lines, at); got != want {
			t.Errorf("line %d: found %s, want %s", at+1, got, want)
		}
	}
}

// The code of this repository is parsed as well: its functions have to be found
// where they are, whatever is around them.
func TestItAgreesWithAParser(t *testing.T) {
	functions := 0
	for _, folder := range []string{".", "..", "../../server/*", "../../handlers", "../../internal/*", "../../llm/*"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			functions += checkFile(t, path)
		}
	}
	if functions < 500 {
		t.Errorf("only %d functions were looked at", functions)
	}
}

func checkFile(t *testing.T, path string) (functions int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, raw, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		functions++
		first, opening, last := files.Position(f.Pos()).Line, files.Position(f.Pos()).Line, files.Position(f.End()).Line
		if f.Doc != nil {
			first = files.Position(f.Doc.Pos()).Line
		}
		want := fmt.Sprintf("%d to %d", first, last)
		for _, line := range []int{first, opening, last} {
			if got := enclosing(lines, line-1); got != want {
				t.Errorf("%s:%d: found %s, want %s", path, line, got, want)
			}
		}
	}
	return functions
}
