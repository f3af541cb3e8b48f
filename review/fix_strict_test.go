package review_test

import (
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
)

func TestFaultsThatAGrammarForgives(t *testing.T) {
	for _, tc := range []struct {
		name, language, source string
		faults                 int
	}{
		{"a statement outside of functions", "go", "package a\n\nx++\n", 1},
		{"whole Go", "go", "package a\n\nvar x int\n", 0},
		{"a language without rules", "c", "}\n", 0},

		{"a function without a name", "javascript", "f();\n// now\nfunction () {}\n", 1},
		{"functions that need no name", "typescript", "f(\n  function () {},\n  async function (x) {});\nvar y =\n  class {};\n", 0},

		{"brackets that are words", "bash", "usage {\n  f\n}\nmain() {\\n\n", 2},
		{"blocks without a command", "bash", "if a; then\n  # nothing\nelse\n  b\nfi\nfor x in y; do\ndone\nf() {\n}\n", 3},
		{"a branch behind the last", "bash", "if a; then\n  b\nelse\n  c\nelse\n  d\nfi\n", 1},
		{"whole blocks", "bash", "if a; then b; else c; fi\nif a\nthen\n  if b; then c; else d; fi\nelif e; then f\nelse\n  g\nfi\n", 0},
		{"brackets that begin a group", "bash", "f() {\n  g || {\n    echo ${x} {a,b}\n  }\n}\nfunction h {\n  :\n}\n", 0},

		{"whole Python", "python", "if x:\n    y = (\n  1,\n)\nelse:\n    z = '''\nin: it\n'''  # :\n", 0},
		{"a body that is missing", "python", "if x:\ny()\n", 1},
		{"a body that is missing at the end", "python", "def f():\n    # nothing\n", 1},
		{"a body on the line", "python", "if x: y()\nz()\n", 0},
		{"an indentation out of nowhere", "python", "x()\n    y()\n", 1},
		{"an indentation back to nowhere", "python", "if x:\n        y()\n    z()\n", 1},
		{"a colon that opens nothing", "python", "x.y:\n    z()\n", 1},
		{"a line that is not complete", "python", "x =\ny()\n", 1},
		{"a word that calls for more", "python", "x = a and\nb\n", 1},
		{"a line that goes on", "python", "x = 1 + \\\n    2\n", 0},
		{"what looks incomplete and is not", "python", "from a import *\nx = 1.\ndef f(): ...\n", 0},
		{"a try alone", "python", "try:\n    x()\ny()\n", 1},
		{"a try alone at the end of a block", "python", "def f():\n    try:\n        x()\ny()\n", 1},
		{"a try alone at the end", "python", "try:\n    x()\n", 1},
		{"a try with what belongs to it", "python", "try:\n    x()\nexcept A:\n    pass\nexcept B:\n    pass\nfinally:\n    y()\n", 0},
		{"a string that does not end", "python", "x = '''\ny\n", 1},
		{"brackets that do not close", "python", "x = (\ny\n", 1},
		{"quotes in quotes", "python", "x = \"it's\" + 'a \"b\" \\' c:'\n", 0},
		{"tabs", "python", "if x:\n\ty()\n\tif z:\n\t\tw()\n", 0},
		{"other line ends", "python", "\uFEFFif x:\r\n    y()\rz()\r\n", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := review.StrictFaults(tc.language, tc.source); got != tc.faults {
				t.Errorf("%d faults, want %d", got, tc.faults)
			}
		})
	}
}

func FuzzStrictFaults(f *testing.F) {
	f.Add("if x:\n\ty = '''\n(\\\n")
	f.Add("try:\n  \"\n\\")
	f.Fuzz(func(t *testing.T, source string) {
		if n := review.StrictFaults("python", source); n < 0 {
			t.Errorf("%d faults", n)
		}
	})
}
