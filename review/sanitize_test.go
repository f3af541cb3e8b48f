package review_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

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
		{"an indented fence is no code block", " ```\n[a](b)", " ```\n[a] (b)"},
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

// live finds what a renderer could make into something to click, outside code
// blocks.
var live = regexp.MustCompile(`\]\(|\]\[|\]:|<[a-zA-Z/!?]|://\S|(?i:www\.)`)

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"[a](b)", "```\n[a](b)\n```\n[a](b)", "<a href=x>", "https://x", "~~~\n```\n[a](b)", "``` `[a](b)", "a\r\n```\r\n]\n(",
	} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, in string, at int) {
		out := review.Markdown(in)
		if !utf8.ValidString(out) {
			t.Fatalf("%q became invalid: %q", in, out)
		}
		if found := live.FindString(outsideBlocks(out)); found != "" {
			t.Errorf("%q became %q: %q is live", in, out, found)
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

// outsideBlocks removes fenced code blocks that begin at the margin, by
// another way than the product: line by line with regular expressions.
func outsideBlocks(markdown string) string {
	opening := regexp.MustCompile("^(`{3,})[^`]*$|^(~{3,})")
	var outside []string
	closing := ""
	for line := range strings.SplitSeq(markdown, "\n") {
		if closing == "" {
			if m := opening.FindStringSubmatch(line); m != nil {
				closing = m[1] + m[2]
				continue
			}
			outside = append(outside, line)
			continue
		}
		bare := strings.TrimRight(line, " \t")
		if len(bare) >= len(closing) && strings.Trim(bare, closing[:1]) == "" {
			closing = ""
		}
	}
	return strings.Join(outside, "\n")
}

func TestAPlainLineIsOneShortLine(t *testing.T) {
	got := review.PlainLine(strings.Repeat("lang \n\t é", 300))
	if strings.ContainsAny(got, "\n\t") || len(got) > 510 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestExcludedFiles(t *testing.T) {
	for _, tc := range []struct {
		glob, file string
		want       bool
	}{
		{"*.pem", "deep/down/key.pem", true},
		{"*.pem", "key.pem.go", false},
		{"secrets/", "a/secrets/x/y.go", true},
		{"/secrets/**", "secrets/x.go", true},
		{"internal/gen", "internal/gen/x.go", true},
		{"internal/gen", "other/internal/gen/x.go", false},
		{"**/gen/*.go", "a/b/gen/x.go", true},
		{"[", "x", false},
	} {
		if got := review.Excluded([]string{tc.glob}, tc.file) != ""; got != tc.want {
			t.Errorf("%s excludes %s: %v, want %v", tc.glob, tc.file, got, tc.want)
		}
	}
}
