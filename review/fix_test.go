package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// checkFix reviews source, where line two deserves a fix, and compares the
// text after the fix's edits.
func checkFix(t *testing.T, source, quote, suggestion, want string) {
	t.Helper()
	d := newDesk(t, source)
	issue := d.issue(quote, "m")
	issue.SuggestedFix = suggestion
	if _, err := d.review(nil, nil, issue); err != nil {
		t.Fatal(err)
	}
	doc, f, stands := d.board.Finding(uri, d.ids()[0])
	if !stands {
		t.Fatal("the finding is not there")
	}
	edits, err := f.Edits(doc)
	if err != nil {
		t.Fatal(err)
	}
	if got := apply(doc, edits); got != want {
		t.Errorf("the text became %q, want %q", got, want)
	}
}

func apply(doc *text.Document, edits []review.Edit) string {
	out := doc.Text()
	for _, e := range slices.Backward(edits) {
		out = out[:e.Span.Start] + e.Text + out[e.Span.End:]
	}
	return out
}

func TestAFixChangesItsLinesAndNothingElse(t *testing.T) {
	for _, tc := range []struct{ name, source, quote, fix, want string }{
		{"one line", "a\n\tbad()\nc\n", "\tbad()", "\tgood()", "a\n\tgood()\nc\n"},
		{"without a final newline", "a\n\tbad()", "\tbad()", "\tgood()", "a\n\tgood()"},
		{"with a final newline in the fix", "a\nbad()\nc\n", "bad()", "good()\n", "a\ngood()\nc\n"},
		{"CRLF stays CRLF", "a\r\nbad()\r\nc\r\n", "bad()", "good()\nmore()", "a\r\ngood()\r\nmore()\r\nc\r\n"},
		{"lone CR stays lone CR", "a\rbad()\rc\r", "bad()", "good()\r\nmore()", "a\rgood()\rmore()\rc\r"},
		{"a byte order mark stays", "\uFEFFbad()\nc\n", "bad()", "good()", "\uFEFFgood()\nc\n"},
		{"indentation is restored", "if x {\n\t\tbad()\n}\n", "bad()", "good()\nmore()", "if x {\n\t\tgood()\n\t\tmore()\n}\n"},
		{"characters beyond the basic plane", "a 😀\nbad() // 😀\n", "bad() // 😀", "good() // 😀", "a 😀\ngood() // 😀\n"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkFix(t, tc.source, tc.quote, tc.fix, tc.want) })
	}
}

func TestAFixOfManyLinesIsAsSmallAsItCanBe(t *testing.T) {
	d := newDesk(t, "a\nb\nc\nd\ne\n")
	issue := d.issue("a", "m")
	issue.EndLine, issue.SuggestedFix = 5, "a\nB\nc\nD\ne"
	_, _ = d.review(nil, nil, issue)
	doc, f, _ := d.board.Finding(uri, d.ids()[0])
	edits, err := f.Edits(doc)
	if err != nil || len(edits) != 2 {
		t.Fatalf("%d edits: %v, %v", len(edits), edits, err)
	}
	for _, e := range edits {
		if strings.Contains(doc.Text()[e.Span.Start:e.Span.End], "c") {
			t.Errorf("an edit touches a line that stays: %+v", e)
		}
	}
}
