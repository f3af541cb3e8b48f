package review_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gmtext "github.com/yuin/goldmark/text"

	"github.com/ai-lsp/ai-lsp/review"
)

func TestMarkdownLosesWhatIsLive(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"prose stays", "Plain *words*, `code` and a < b.\n", "Plain *words*, `code` and a < b.\n"},
		{"a link", "[run](command:x)", "[run] (command:x)"},
		{"a link in code that is never closed", "`[run](command:x)", "`[run] (command:x)"},
		{"a reference and its target", "[a][b]\n\n[b]: https://x.example", "[a] [b]\n\n[b] : https:// x.example"},
		{"tags, comments and autolinks", "<b> </b> <!-- --> <?x <https://x.example>", "< b> < /b> < !-- --> < ?x < https:// x.example>"},
		{"a bare address", "see www.x.example or a.b@x.example", "see www .x.example or a.b@ x.example"},
		{"control and direction marks", "a\u202eb\x1b[1m\x00", "a\\u202eb\\u001b[1m\\u0000"},
		{"a code block is left alone", "```go\nm[k](v) <T>\n```\n[a](b)", "```go\nm[k](v) <T>\n```\n[a] (b)"},
		{"an indented fence opens nothing", " ```\n[a](b)\n```\n[c](d)\n```\n[e](f)", " `` `\n[a] (b)\n```\n[c](d)\n```\n[e] (f)"},
		{"an indented fence closes nothing", "```\nx\n   ```\n[a](b)\n```\n[c](d)", "```\nx\n   `` `\n[a](b)\n```\n[c] (d)"},
		{"nor does one in a list or a quotation", "> ~~~\n- ```\n[a](b)", "> ~~ ~\n- `` `\n[a] (b)"},
		{"fence characters behind a closing fence", "```\n```~~\n[a](b)\n```\n[c](d)", "```\n``` ~~\n[a](b)\n```\n[c] (d)"},
		{"a fence with a backtick behind it is none", "``` `\n[a](b)", "``` `\n[a] (b)"},
		{"a shorter fence closes nothing", "````\n```\n[a](b)\n````\n[c](d)", "````\n```\n[a](b)\n````\n[c] (d)"},
		{"a tilde does not close backticks", "```\n~~~\n[a](b)\n```\n[c](d)", "```\n~~~\n[a](b)\n```\n[c] (d)"},
		{"a fence with words behind it closes nothing", "```\n``` x\n[a](b)\n```\n", "```\n``` x\n[a](b)\n```\n"},
		{"a block left open is closed", "```\ncode", "```\ncode\n```\n"},
		{"line ends are made one kind", "a\r\nb\rc", "a\nb\nc"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := review.Markdown(tc.in); got != tc.want {
				t.Errorf("%q became %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"[a](b)", "```\n[a](b)\n```\n[a](b)", "<a href=x>", "https://x.example", "~~~\n```\n[a](b)", "``` `[a](b)", "a\r\n```\r\n]\n(",
		" ```\n```\n[a](b)", "```\n   ```\n<b>", "- ```\n  x\n[a](b)", "> ~~~\n[a]\n\n[a]: b", "a@b.example www.x.example", "```\n```~\n![a](b)",
	} {
		f.Add(seed, 3)
	}
	renderer := goldmark.New(goldmark.WithExtensions(extension.GFM))
	f.Fuzz(func(t *testing.T, in string, at int) {
		out := review.Markdown(in)
		if !utf8.ValidString(out) {
			t.Fatalf("%q became invalid: %q", in, out)
		}
		// Whatever the model wrote, what we write behind it is safe too.
		page := out + "\n\n```diff\n+[x](command:y) <b>\n```\n"
		if found := live(renderer, page); found != "" {
			t.Errorf("%q became %q: %s is live", in, page, found)
		}
		// However a valid text is cut between characters, the result is the same.
		if !utf8.ValidString(in) || len(in) == 0 {
			return
		}
		at = min(max(at, 0), len(in))
		for at < len(in) && !utf8.RuneStart(in[at]) {
			at++
		}
		var m review.Sanitizer
		if pieces := m.Write(in[:at]) + m.Write(in[at:]) + m.Close(); pieces != out {
			t.Errorf("%q cut at %d became %q, whole %q", in, at, pieces, out)
		}
	})
}

// live asks a real renderer for something to click or to load.
func live(renderer goldmark.Markdown, markdown string) (found string) {
	document := renderer.Parser().Parse(gmtext.NewReader([]byte(markdown)))
	_ = ast.Walk(document, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindLink, ast.KindAutoLink, ast.KindImage, ast.KindRawHTML, ast.KindHTMLBlock:
			found = n.Kind().String()
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

func TestAPlainLineIsOneShortLine(t *testing.T) {
	got := review.PlainLine(strings.Repeat("lang \n\t é", 300))
	if strings.ContainsAny(got, "\n\t") || len(got) > 510 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}
