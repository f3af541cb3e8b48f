package review_test

import (
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// checkSuppressed asks about the line that holds "HERE", which may be followed
// by others up to one that holds "END".
func checkSuppressed(t *testing.T, language, source, kind string, want bool) {
	t.Helper()
	doc := text.New(uri, language, 1, source)
	first, last := -1, -1
	for n := range doc.LineCount() {
		if strings.Contains(doc.Line(n), "HERE") {
			first, last = n, n
		}
		if strings.Contains(doc.Line(n), "END") {
			last = n
		}
	}
	if first < 0 {
		t.Fatal("the source does not say HERE")
	}
	if got := review.Suppressed(doc, first, last, kind); got != want {
		t.Errorf("a %s in\n%s\nis suppressed: %v", kind, source, got)
	}
}

func TestSuppressedWhere(t *testing.T) {
	for _, tc := range []struct {
		name, source string
		want         bool
	}{
		{"at the end of the line", "HERE() // ai-lsp: ignore", true},
		{"on the line above", "// ai-lsp: ignore\nHERE()", true},
		{"on the line above, indented otherwise", "\t\t// ai-lsp: ignore\nHERE()", true},
		{"in a block comment above", "/* ai-lsp: ignore */\nHERE()", true},
		{"in a block comment within the line", "HERE(a /* ai-lsp: ignore */, b)", true},
		{"at the end of the last line", "HERE(\n1,\nEND) // ai-lsp: ignore", true},
		{"at the end of a line between", "HERE(\n1, // ai-lsp: ignore\nEND)", true},
		{"two lines above", "// ai-lsp: ignore\n// more\nHERE()", false},
		{"above a blank line", "// ai-lsp: ignore\n\nHERE()", false},
		{"at the end of the line above, which is about that", "other() // ai-lsp: ignore\nHERE()", false},
		{"behind a brace on the line above", "} // ai-lsp: ignore\nHERE()", false},
		{"on the line below", "HERE()\n// ai-lsp: ignore", false},
		{"in the last line of a comment above", "/* because\n   ai-lsp: ignore */\nHERE()", true},
		{"in the first line of a comment above", "/* ai-lsp: ignore\n   because */\nHERE()", false},
		{"nowhere", "HERE() // fine", false},
		{"as code", "HERE(ai-lsp: ignore)", false},
		{"in a text", `HERE("// ai-lsp: ignore")`, false},
		{"in a text above", "x := \"// ai-lsp: ignore\"\nHERE()", false},
		{"in a text with an escape", `HERE("\"// ai-lsp: ignore")`, false},
		{"behind a text with an escape", `HERE("\\") // ai-lsp: ignore`, true},
		{"in a raw text", "HERE(`// ai-lsp: ignore`)", false},
		{"in a raw text over several lines", "x := `\n// ai-lsp: ignore\nHERE()\n`", false},
		{"behind a raw text over several lines", "x := `\n//\n` + `y` // ai-lsp: ignore\nHERE() // ai-lsp: ignore", true},
		{"an apostrophe before it", "don't HERE() // ai-lsp: ignore", true},
		{"in a text that has no end", "HERE(\"x) // ai-lsp: ignore", true},
		{"with Windows line ends", "// ai-lsp: ignore\r\nHERE()\r\n", true},
	} {
		t.Run(tc.name, func(t *testing.T) { checkSuppressed(t, "go", tc.source, "bug", tc.want) })
	}
}

func TestSuppressedHow(t *testing.T) {
	for _, tc := range []struct {
		comment string
		want    bool // of a bug
	}{
		{"ai-lsp: ignore", true},
		{"ai-lsp:ignore", true},
		{"ai-lsp : ignore", true},
		{"AI-LSP: Ignore", true},
		{"ai-lsp: ignore bug", true},
		{"ai-lsp: ignore BUG", true},
		{"ai-lsp: ignore style", false},
		{"ai-lsp: ignore style, bug", true},
		{"ai-lsp: ignore style,bug", true},
		{"ai-lsp: ignore style bug", true},
		{"ai-lsp: ignore: bug", true},
		{"ai-lsp: ignore other", false},
		{"ai-lsp: ignore -- z is checked by the caller", true},
		{"ai-lsp: ignore — z is checked", true},
		{"ai-lsp: ignore (z is checked)", true},
		{"ai-lsp: ignore(z is checked)", true},
		{"ai-lsp: ignore bug -- z is checked", true},
		{"ai-lsp: ignore bug (z is checked)", true},
		{"ai-lsp: ignore bug: z is checked", true},
		{"ai-lsp: ignore bug because z is checked", true},
		{"ai-lsp: ignore style -- it is no bug", false},
		{"ai-lsp: ignore bugs", false},
		{"ai-lsp: ignore because z is checked", false},
		{"ai-lsp: ignored", false},
		{"ai-lsp: ignore-next", false},
		{"ai-lsp ignore", false},
		{"ai-lsp: review", false},
		{"my-ai-lsp: ignore", false},
		{"as in ai-lsp: ignore", false},
		{"nolint:errcheck // ai-lsp: ignore", true},
		{"* ai-lsp: ignore", true},
		{"", false},
	} {
		t.Run(tc.comment, func(t *testing.T) { checkSuppressed(t, "go", "HERE() //"+tc.comment, "bug", tc.want) })
		t.Run(tc.comment+" above", func(t *testing.T) { checkSuppressed(t, "go", "//  "+tc.comment+"\nHERE()", "bug", tc.want) })
	}
	checkSuppressed(t, "go", "HERE() // ai-lsp: ignore other", review.TypeOther, true)
}

func TestSuppressedInTheLanguagesOwnSyntax(t *testing.T) {
	const order = "ai-lsp: ignore"
	for _, tc := range []struct {
		languages, source string
		want              bool
	}{
		{"go rust c cpp java csharp kotlin swift javascript typescript typescriptreact php zig", "HERE(); // " + order, true},
		{"go rust c cpp java csharp kotlin swift javascript typescript typescriptreact php css", "/* " + order + " */\nHERE();", true},
		{"python ruby shellscript bash sh yaml toml r elixir makefile dockerfile perl powershell php", "HERE # " + order, true},
		{"go rust c java javascript css sql lua", "HERE() ! " + order, false},
		{"python ruby shellscript yaml", "HERE() // " + order, false},
		{"sql lua haskell ada", "HERE -- " + order, true},
		{"sql", "-- it's fine\n-- " + order + "\nHERE", true},
		{"lua", "--[[ " + order + " ]]\nHERE", true},
		{"lua", "x = [[\n-- " + order + "\nHERE ]]", false},
		{"haskell", "{- " + order + " -}\nHERE", true},
		{"lisp commonlisp emacs-lisp elisp scheme clojure racket", "(HERE) ;; " + order, true},
		{"tex latex erlang", "HERE % " + order, true},
		{"latex", `HERE \% ` + order, false},
		{"vim", "call HERE() \" " + order, true},
		{"vim", "\" " + order + "\nHERE", true},
		{"vim", "echo \" " + order + "\" HERE", false},
		{"bat", "REM " + order + "\nHERE", true},
		{"bat", ":: " + order + "\nHERE", true},
		{"bat", "echo HERE rem " + order, false},
		{"ini properties", "; " + order + "\nHERE=1", true},
		{"ini", "# " + order + "\nHERE=1", true},
		{"vb", "HERE() ' " + order, true},
		{"ocaml", "(* " + order + " *)\nHERE", true},
		{"fortran", "HERE ! " + order, true},
		{"html xml markdown vue svelte", "<!-- " + order + " -->\n<HERE/>", true},
		{"html vue svelte", "<script>\n// " + order + "\nHERE()", true},
		{"vue svelte html", "<style>\n/* " + order + " */\n.HERE {}", true},
		{"xml", "<a>// " + order + "</a>\n<HERE/>", false},
		{"handlebars", "{{!-- " + order + " --}}\nHERE", true},
		{"javascriptreact typescriptreact", "<div>\n{/* " + order + " */}\n<HERE/>", true},
		{"javascript typescript", "x = `\n// " + order + "\nHERE`", false},
		{"javascript", "x = /[\"']/ // " + order + " (HERE)", true},
		{"javascript", "x = a / b // " + order + " (HERE)", true},
		{"python", "x = \"\"\"\n# " + order + "\nHERE\n\"\"\"", false},
		{"python", "x = \"\"\"doc\"\"\"\n# " + order + "\nHERE", true},
		{"python", "'''it's\n'''\nHERE() # " + order, true},
		{"python", "HERE('# " + order + "')", false},
		{"shellscript", "cat <<EOF\n# " + order + "\nHERE\nEOF", false},
		{"shellscript", "cat <<'EOF'\nx\nEOF\nHERE # " + order, true},
		{"shellscript", "x=$((1<<n))\nHERE # " + order, true},
		{"shellscript", "echo $# HERE # " + order, true},
		{"ruby", "a <<~SQL\n# " + order + "\nHERE\nSQL", false},
		{"rust", "fn f<'a>(x: &'a str, c: char) { c == '\"' } // " + order + " (HERE)", true},
		{"rust", "let x = r#\"\n// " + order + "\nHERE\"#;", false},
		{"cpp", "auto x = R\"(\n// " + order + "\nHERE)\";", false},
		{"csharp", "var x = @\"\n// " + order + "\nHERE\";", false},
		{"java kotlin", "x = \"\"\"\n// " + order + "\nHERE\"\"\";", false},
		{"plaintext  somethingnew", "HERE // " + order, true},
		{"plaintext", "# " + order + "\nHERE", true},
		{"GO", "HERE // " + order, true},
	} {
		for language := range strings.FieldsSeq(tc.languages) {
			t.Run(language+" "+tc.source, func(t *testing.T) { checkSuppressed(t, language, tc.source, "bug", tc.want) })
		}
	}
}

func FuzzSuppressed(f *testing.F) {
	for _, language := range []string{"go", "python", "javascript", "shellscript", "vim", "bat", "html", "rust", ""} {
		f.Add(language, "x `\n\"\"\" <<EOF\n// # ai-lsp: ignore bug\nHERE '\n*/ --> EOF")
		f.Add(language, "ai-lsp: ignore\n//\n{/* ai-lsp: */}-\\")
	}
	f.Fuzz(func(t *testing.T, language, source string) {
		doc := text.New(uri, language, 1, source)
		for n := range min(doc.LineCount(), 50) {
			if review.Suppressed(doc, n, n+1, "bug") && !strings.Contains(strings.ToLower(source), "ai-lsp") {
				t.Error("nothing suppresses it")
			}
		}
	})
}

func BenchmarkSuppressed(b *testing.B) {
	source := strings.Repeat("\tx := y / z // a-comment, not ours\n", 1000)
	for _, bm := range []struct{ name, line string }{
		{"nothing mentions us", "\tHERE"}, {"a comment does", "\tHERE // ai-lsp: ignore bug"},
	} {
		doc := text.New(uri, "go", 1, source+bm.line+"\n"+source)
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				review.Suppressed(doc, 1000, 1000, "bug")
			}
		})
	}
}
