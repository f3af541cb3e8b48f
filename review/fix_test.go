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
	issue.EndLine += strings.Count(quote, "\n")
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
		{"only the first row lacks its indentation", "if x {\n\t\tbad()\n}\n", "bad()", "good()\n\t\tmore()", "if x {\n\t\tgood()\n\t\tmore()\n}\n"},
		{"a block without any indentation", "if x {\n\tbad(a,\n\t\tb)\n}\n", "bad(a,\n\t\tb)", "good(\n\ta, b)", "if x {\n\tgood(\n\t\ta, b)\n}\n"},
		{"blanks become tabs where the first row says how many", "\tbad()\n", "\tbad()", "    good()\n        .more()", "\tgood()\n\t\t.more()\n"},
		{"tabs become blanks", "  a()\n    bad()\n", "    bad()", "\tgood()\n\t\t.more()", "  a()\n    good()\n        .more()\n"},
		{"mixed endings stay and inserted lines have the most frequent", "a\r\nbad()\nc\r\n", "bad()", "good()\nmore()", "a\r\ngood()\nmore()\r\nc\r\n"},
		{"blanks at the end of a line that stays", "x  \nbad()\n", "x\nbad()", "x\ngood()", "x  \ngood()\n"},
		{"numbers on some rows", "a\nbad()\nc\n", "bad()", "2| good()\nmore()\n3| last()", "a\ngood()\nmore()\nlast()\nc\n"},
		{"lines that begin with numbers keep them", "x\n1: bad,\n", "1: bad,", "1: good,\n2: more,", "x\n1: good,\n2: more,\n"},
		{"a quote of several lines goes as a whole", "a\nbad()\nworse()\nc\n", "bad()\nworse()", "good()\nmore()", "a\ngood()\nmore()\nc\n"},
		{"a spread is code", "f(\n\tbad,\n)\n", "\tbad,", "\t...rest,", "f(\n\t...rest,\n)\n"},
		{"a list of spreads is code", "x = (\nbad\n)\n", "bad", "[...rest, ...b]", "x = (\n[...rest, ...b]\n)\n"},
		{"a comment about something is one", "a\nbad()\n", "bad()", "good() // unchanged since v2 of the protocol\n// skips the rest of the file", "a\ngood() // unchanged since v2 of the protocol\n// skips the rest of the file\n"},
		{"brackets in text do not count", "a\nbad(\"(\")\n", "bad(\"(\")", "good(\")\") // :(", "a\ngood(\")\") // :(\n"},
		{"an odd character that stood there", "a\nbad(\"\u202e\")\n", "bad(\"\u202e\")", "good(\"\u202e\")", "a\ngood(\"\u202e\")\n"},
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

func TestEditsLeaveTheEndsOfLinesAlone(t *testing.T) {
	for _, tc := range []struct{ name, source, quote, fix, want string }{
		{"a line goes", "a\r\nb\nc\r\nd\n", "b\nc", "b", "a\r\nb\nd\n"},
		{"the first of two goes", "a\r\nb\nc\r\nd\n", "b\nc", "c", "a\r\nc\r\nd\n"},
		{"the last of the text goes", "a\r\nb\nc", "b\nc", "b", "a\r\nb"},
		{"one comes before", "a\nb\r\nc\n", "b", "new\nb", "a\nnew\nb\r\nc\n"},
		{"one comes behind", "a\nb\r\nc\n", "b", "b\nnew", "a\nb\r\nnew\nc\n"},
		{"one comes at the end of the text", "a\r\nb", "b", "b\nnew", "a\r\nb\r\nnew"},
		{"one comes before a byte order mark's line", "\uFEFFa\r\nb\r\n", "a", "new\na", "\uFEFFnew\r\na\r\nb\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkFix(t, tc.source, tc.quote, tc.fix, tc.want) })
	}
}

// checkNoFix reviews source and wants the finding without its fix.
func checkNoFix(t *testing.T, language, source, quote, suggestion string) {
	t.Helper()
	d := newDesk(t, source)
	d.doc = text.New(uri, language, 1, source)
	d.board.Open(d.doc)
	issue := d.issue(quote, "m")
	issue.SuggestedFix = suggestion
	if _, err := d.review(nil, nil, issue); err != nil {
		t.Fatal(err)
	}
	doc, f, stands := d.board.Finding(uri, d.ids()[0])
	if !stands {
		t.Fatal("the finding is not there")
	}
	if f.HasFix() {
		t.Errorf("offered:\n%s", f.Diff(doc))
	}
}

func TestAFixThatLeavesCodeOutIsNotOffered(t *testing.T) {
	for _, row := range []string{
		"// existing code", "/* unchanged */", "// (rest of the function stays the same)", "// same as before",
		"<existing code>", "# remaining code unchanged", "// … keep the rest …", "pass  # rest", "// TODO: rest of code",
		"[unchanged]", "...", "…", "... existing code ...", "...existing code...", "// ...", "# ... rest", "<!-- unchanged -->",
		"-- existing code", "more() // rest of the function unchanged", "func more() { ... }", "// rest", "// Existing code here",
		"// your code goes here", "// other methods remain unchanged", "// implementation omitted for brevity", "rest of the function unchanged",
		"# keep everything else", "// no changes", "/* ... */", "* ...", "// TODO: implement", "<... unchanged ...>", "// remaining lines",
		"// The rest of the code remains the same.", "// the rest is unchanged", "// snip", "// code unchanged", "// as before",
	} {
		t.Run(row, func(t *testing.T) {
			language := "go"
			if strings.Contains(row, " #") {
				language = "python"
			}
			checkNoFix(t, language, "a\nbad()\nc\n", "bad()", "good()\n"+row)
		})
	}
}

func TestAFixWithOrdinaryCommentsIsOffered(t *testing.T) {
	for _, row := range []string{
		"// the other lines are copied below", "// reuse existing connections", "// keep alive", "// old", "// all other cases",
		"return ...args", "f(...xs)", "...args", "...args,", "[...a, ...b]", "x = [...rest]", "rest", "rest,", "'rest',", "u := \"https://...\"",
		"var unchanged bool", "// an empty list is omitted from the reply", "// a copy of the rest", "// load the existing file", "f(a, ...)",
		"// wait for it...", "// nothing to do here", "existing = rest", "// same origin only", "unchanged: true,", "http://localhost",
	} {
		t.Run(row, func(t *testing.T) {
			checkFix(t, "a\nbad()\nc\n", "bad()", "good()\n"+row, "a\ngood()\n"+row+"\nc\n")
		})
	}
}

func TestAFixInDoubtIsNotOffered(t *testing.T) {
	for _, tc := range []struct{ name, language, source, quote, fix string }{
		{"numbers that do not run on", "go", "a\nbad()\nc\n", "bad()", "7| good()\nmore()"},
		{"numbers with a colon", "go", "a\nbad()\nc\n", "bad()", "2: good()"},
		{"numbers with a blank", "go", "a\nbad()\nc\n", "bad()", "2 good()\n3 more()"},
		{"blanks in a file of tabs", "go", "f {\n\ta\n}\nbad()\n", "bad()", "good()\n    .more()"},
		{"blanks that are no whole tabs", "go", "\tbad()\n", "\tbad()", "    good()\n      .more()"},
		{"an escape character", "go", "a\nbad()\n", "bad()", "good(\"\x1b[2J\")"},
		{"a character that turns the text", "go", "a\nbad()\n", "bad()", "good() //\u202e"},
		{"a tag character", "go", "a\nbad()\n", "bad()", "good() //\U000e0041"},
		{"a character that could not be read", "go", "a\nbad(\"\xff\")\n", "bad(\"\uFFFD\")", "good(\"\uFFFD\")"},
		{"only blanks at the end differ", "go", "a\nbad()  \n", "bad()", "bad()"},
		{"only line ends differ", "go", "a\r\nb\nc\n", "a\nb", "a\nb\n\n"},
		{"a bracket too many", "go", "a\nbad()\n", "bad()", "if x {\n\tgood()"},
		{"a bracket that is gone", "go", "a\nif x {\n", "if x {", "x()"},
		{"a bracket that closed another", "go", "a\n} else {\n", "} else {", "good()"},
		{"a string that goes on", "go", "a\nbad()\n", "bad()", "good(`x)"},
		{"a block without its body", "python", "a\n  bad()\n", "  bad()", "  good()\n  if x:"},
		{"a body without its block", "python", "if x:\n  bad()\n", "if x:", "x()"},
		{"a row outside of the block", "python", "if x:\n  bad()\n", "  bad()", "  good()\nmore()"},
		{"the line behind is repeated", "go", "a\nbad()\nlast()\n", "bad()", "good()\nlast()"},
		{"the line before is repeated", "go", "first()\nbad()\nlast()\n", "bad()", "first()\ngood()"},
		{"a diff", "go", "a\nbad()\n", "bad()", "-bad()\n+good()"},
		{"half a diff", "go", "a\nbad()\n", "bad()", "+good()"},
		{"line ends that would run together", "go", "a\rbad()\nc\n", "bad()", "good()"},
		{"a fix that may be for the first line of its quote alone", "go", "a\nbad()\nlast()\n", "bad()\nlast()", "good()"},
		{"prose around a fence", "go", "a\nbad()\n", "bad()", "Write this\n```go\ngood()\n```"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkNoFix(t, tc.language, tc.source, tc.quote, tc.fix) })
	}
}

func TestADiffShowsWhatActsUnseen(t *testing.T) {
	d := newDesk(t, "\uFEFFbad(\"\x1b[2J\u202e\")\n")
	issue := d.issue("bad(\"\x1b[2J\u202e\")", "m")
	issue.SuggestedFix = "good()"
	_, _ = d.review(nil, nil, issue)
	doc, f, _ := d.board.Finding(uri, d.ids()[0])
	if got, want := f.Diff(doc), "-bad(\"\\u001b[2J\\u202e\")\n+good()\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzAFixTouchesItsOwnLinesOnly(f *testing.F) {
	f.Add("a\r\nb\nc\r\nd\n", "b\nc", "b\nx\nc")
	f.Add("\uFEFFa\nb", "a\nb", "b")
	f.Add("f(\n\tbad(\n\t\tx),\n)", "bad(\nx),", "good(\n\tx),\nmore,")
	f.Add("a\rb\rc", "b", "x\n\ny")
	f.Add("a\n    b\n", "    b", "3| \tx")
	f.Fuzz(func(t *testing.T, source, quote, fix string) {
		d := newDesk(t, source)
		issue := d.issue(quote, "m")
		issue.SuggestedFix = fix
		_, _ = d.review(nil, nil, issue)
		for _, id := range d.ids() {
			doc, found, _ := d.board.Finding(uri, id)
			edits, err := found.Edits(doc)
			if err != nil {
				continue
			}
			checkOwnLines(t, doc, found, edits)
		}
	})
}

// checkOwnLines holds edits to what a fix promises: what stands before and
// behind its lines is as it was, and its own are those that its diff shows.
func checkOwnLines(t *testing.T, doc *text.Document, f review.Finding, edits []review.Edit) {
	t.Helper()
	for i, e := range edits {
		if i > 0 && e.Span.Start < edits[i-1].Span.End || e.Span.End < e.Span.Start {
			t.Fatalf("edits overlap: %v", edits)
		}
	}
	now := text.New(uri, "go", 2, apply(doc, edits))
	first, last := f.Anchor.First(), f.Anchor.Last()
	rows := strings.Count("\n"+f.Diff(doc), "\n+")
	if want := doc.LineCount() - (last - first + 1) + rows; now.LineCount() != want {
		t.Errorf("%d lines, want %d: %q became %q", now.LineCount(), want, doc.Text(), now.Text())
	}
	before := doc.Text()[:doc.LineSpan(first).Start]
	behind := doc.Text()[doc.LineSpan(last+1).Start:]
	if !strings.HasPrefix(now.Text(), before) || !strings.HasSuffix(now.Text(), behind) {
		t.Errorf("%q became %q", doc.Text(), now.Text())
	}
}
