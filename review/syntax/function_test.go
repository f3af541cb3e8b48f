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
	"github.com/ai-lsp/ai-lsp/server/text"
)

func TestTheSmallestFunctionAroundALine(t *testing.T) {
	for _, tc := range []struct {
		name, language, source string
		want                   []string // for each line, "first-last" or "-"
	}{
		{"a doc comment belongs to its function", "go", "package a\n\n// F is.\nfunc F() {\n\tx()\n}\n", strings.Fields("- - 3-6 3-6 3-6 3-6 -")},
		{"a comment that stands apart does not", "go", "// a\n\nfunc F() {\n}\n", strings.Fields("- - 3-4 3-4 -")},
		{"a type is found between its methods", "python", "class A:\n    x = 1\n\n    @b\n    def f(self):\n        pass\n", strings.Fields("1-6 1-6 1-6 4-6 4-6 4-6 -")},
		{"a function in a function", "python", "def f():\n    def g():\n        pass\n    g()\n", strings.Fields("1-4 2-3 2-3 1-4 -")},
		{"what is exported counts whole", "typescript", "@a\nexport class B {\n}\nexport const f = () => {\n\treturn 1;\n};\n", strings.Fields("1-3 1-3 1-3 4-6 4-6 4-6 -")},
		{"attributes belong to it", "rust", "#[a]\n/// b\nfn c() {\n}\n", strings.Fields("1-4 1-4 1-4 1-4 -")},
		{"a language without a grammar", "lua", "-- a\nfunction f()\n  x()\nend\n", strings.Fields("1-4 1-4 1-4 1-4 -")},
		{"broken code goes by indentation", "go", "func f() {\n\tif x {\n\ty()\n\nfunc g() {\n\tz()\n}\n", strings.Fields("1-3 1-3 1-3 - 5-7 5-7 5-7 -")},
		{"carriage returns alone end lines", "go", "// a\rfunc f() {\r\t// b\r\tx()\r}\r", strings.Fields("1-5 1-5 1-5 1-5 1-5 -")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			needsGrammar(t, tc.language)
			doc := text.New("file:///x", tc.language, 1, tc.source)
			o := syntax.Parse(t.Context(), doc)
			checkOutline(t, doc, o)
			for line, want := range tc.want {
				got := "-"
				if l, ok := o.Function(line); ok {
					got = fmt.Sprintf("%d-%d", l.First+1, l.Last+1)
				}
				if got != want {
					t.Errorf("line %d, %q, is in %s, want %s", line+1, doc.Line(line), got, want)
				}
			}
			for _, outside := range []int{-1, doc.LineCount(), 1 << 40} {
				if l, ok := o.Function(outside); ok {
					t.Errorf("line %d is in %v", outside, l)
				}
			}
		})
	}
}

func TestFaultsAreCounted(t *testing.T) {
	for _, tc := range []struct {
		name, language, source string
		want                   int // -1 for any but none
	}{
		{"fine", "go", "package a\n\nfunc f() {}\n", 0},
		{"by an editor's name", "typescriptreact", "const a = <b>c</b>;\n", 0},
		{"a missing bracket", "go", "package a\n\nfunc f() {\n\tg(1\n}\n", -1},
		{"one more missing bracket", "javascript", "f(1;\nlet a = 1;\ng(2;\n", -1},
		{"a word too many", "python", "def f(a) b:\n    pass\n", -1},
		{"carriage returns alone", "go", "package a\r// f(\rfunc f() {}\r", 0},
		{"nothing", "go", "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			needsGrammar(t, syntax.Language(tc.language))
			n, known := syntax.Faults(t.Context(), tc.language, tc.source)
			if !known || n != tc.want && (tc.want >= 0 || n == 0) {
				t.Errorf("there are %d, which is known: %v", n, known)
			}
		})
	}
	if _, known := syntax.Faults(t.Context(), "lua", "x = ("); known {
		t.Error("they are known of a language without a grammar")
	}
	if _, known := syntax.Faults(t.Context(), "go", strings.Repeat("x()\n", 300_000)); known {
		t.Error("they are known of a text of more than a MiB")
	}
}

func TestMoreDamageIsMoreFaults(t *testing.T) {
	needsGrammar(t, "go")
	const function = "func f() {\n\tg(1)\n}\n\n"
	last := 0
	for broken := range 4 {
		source := "package a\n\n" + strings.Repeat(strings.Replace(function, "1)", "1", 1), broken) + strings.Repeat(function, 4-broken)
		n, known := syntax.Faults(t.Context(), "go", source)
		if !known || broken > 0 && n <= last {
			t.Errorf("%d broken functions have %d faults, one less has %d", broken, n, last)
		}
		last = n
	}
}

// The code of this repository is parsed by the Go library as well.
func TestFunctionsOfThisRepository(t *testing.T) {
	needsGrammar(t, "go")
	files, err := filepath.Glob("../../*/*/*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc := text.New("file:///x", "go", 1, string(raw))
		o := syntax.Parse(t.Context(), doc)
		checkOutline(t, doc, o)
		for _, want := range functionsOf(t, path, raw) {
			if got, ok := o.Function(want.Last); !ok || got != want {
				t.Errorf("%s:%d: found %v, want %v", path, want.First+1, got, want)
			}
		}
		if n, known := syntax.Faults(t.Context(), "go", string(raw)); n != 0 || !known {
			t.Errorf("%s has %d faults, which is known: %v", path, n, known)
		}
	}
}

func functionsOf(t *testing.T, path string, raw []byte) (found []syntax.Lines) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, raw, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first := f.Pos()
		if f.Doc != nil {
			first = f.Doc.Pos()
		}
		found = append(found, syntax.Lines{First: files.Position(first).Line - 1, Last: files.Position(f.End()).Line - 1})
	}
	return found
}
