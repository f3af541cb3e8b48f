package syntax_test

import (
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// gistOf is the gist of the unit of a name.
func gistOf(t *testing.T, language, source, name string) string {
	t.Helper()
	outline := syntax.Parse(t.Context(), text.New("file:///a", language, 1, source))
	for _, u := range outline.Units() {
		if u.Name == name {
			return u.Gist
		}
	}
	t.Fatalf("no unit %s in\n%s", name, source)
	return ""
}

func TestAnImportCountsByWhatIsUsedOfIt(t *testing.T) {
	if len(syntax.Grammars()) == 0 {
		t.Skip("built without cgo, so without grammars")
	}
	body := map[string]string{
		"rust":       "\n\nfn f() -> A {\n    let a = A::new();\n    let b = a.b();\n    let c = b.c();\n    c.d()\n}\n",
		"go":         "\n\nfunc f() int {\n\tn := rand.Int()\n\tn++\n\tn++\n\tn++\n\treturn n\n}\n",
		"python":     "\n\n\ndef f():\n    n = rand()\n    n = n + 1\n    n = n + 2\n    n = n + 3\n    return n\n",
		"javascript": "\n\nfunction f() {\n  const n = read('x');\n  n.a();\n  n.b();\n  n.c();\n  return n;\n}\n",
	}
	for _, tc := range []struct {
		name, language, one, other string
		same                       bool
	}{
		{"another name beside it", "rust", "use x::y::{A};", "use x::y::{A, B};", true},
		{"wrapped anew, and another name", "rust", "use x::y::{\n    A, B,\n};", "use x::y::{\n    A,\n    B, C,\n};", true},
		{"another path", "rust", "use x::y::A;", "use x::z::A;", false},
		{"of another crate", "rust", "use crate::A;", "use super::A;", false},
		{"another package of the same name", "go", "package p\n\nimport \"math/rand\"", "package p\n\nimport \"crypto/rand\"", false},
		{"another import beside it", "go", "package p\n\nimport \"math/rand\"", "package p\n\nimport (\n\t\"fmt\"\n\t\"math/rand\"\n)", false},
		{"another import beside it, in brackets", "go", "package p\n\nimport (\n\t\"math/rand\"\n)", "package p\n\nimport (\n\t\"fmt\"\n\t\"math/rand\"\n)", true},
		{"another module", "javascript", "const {read} = require('fs')", "const {read} = require('./fs')", false},
		{"another keyword and another name", "javascript", "var {read} = require('fs')", "const {read, write} = require('fs');", true},
		{"another form", "javascript", "import read from 'r'", "import * as read from 'r'", false},
		{"a default and a name", "javascript", "import read from 'r'", "import {read} from 'r'", false},
		{"names that change places", "javascript", "import {a as read, read as a} from 'r'", "import {b as read, read as b} from 'r'", false},
		{"a module and a name in it", "python", "import rand", "from rand import rand", false},
		{"a package and its parent", "python", "from .x import rand", "from ..x import rand", false},
		{"another name of a list", "python", "from x import (\n    rand,\n)", "from x import (\n    other,\n    rand,\n)", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			one := gistOf(t, tc.language, tc.one+body[tc.language], "f")
			other := gistOf(t, tc.language, tc.other+body[tc.language], "f")
			if (one == other) != tc.same || !strings.Contains(one, "import ") {
				t.Errorf("%q and %q", one, other)
			}
		})
	}
}
