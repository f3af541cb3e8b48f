package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// noGrammar is a language whose fixes are held to their brackets alone, so that
// a table can do without whole programs.
const noGrammar = "swift"

// checkFix reviews source, where line two deserves a fix, and compares the
// text after the fix's edits.
func checkFix(t *testing.T, source, quote, suggestion, want string) {
	t.Helper()
	checkFixIn(t, noGrammar, source, quote, suggestion, want)
}

func checkFixIn(t *testing.T, language, source, quote, suggestion, want string) {
	t.Helper()
	d := newDesk(t, source)
	d.doc = text.New(uri, language, 1, source)
	d.board.Open(d.doc)
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
		{"numbers before those of the lines themselves", "x\n1: bad,\n", "1: bad,", "2| 1: good,\n3| 2: more,", "x\n1: good,\n2: more,\n"},
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
func checkNoFix(t *testing.T, language, source, quote, suggestion, because string) {
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
	if f.HasFix() || f.FixRefused() != because {
		t.Errorf("refused since %q, want %q; offered:\n%s", f.FixRefused(), because, f.Diff(doc))
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
			language := noGrammar
			if strings.Contains(row, " #") {
				language = "python"
			}
			checkNoFix(t, language, "a\nbad()\nc\n", "bad()", "good()\n"+row, "it leaves code out")
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
	const (
		nothing = "it changes nothing"
		numbers = "it holds line numbers"
		indent  = "its indentation is not that of the file"
		hidden  = "it holds characters that hide"
		breaks  = "its brackets are not those of the lines that it replaces"
		beyond  = "it changes lines beyond the finding"
		diff    = "it is a diff and no code"
	)
	for _, tc := range []struct{ name, source, quote, fix, because string }{
		{"numbers that do not run on", "a\nbad()\nc\n", "bad()", "7| good()\nmore()", numbers},
		{"numbers with a colon", "a\nbad()\nc\n", "bad()", "2: good()", numbers},
		{"numbers with a blank", "a\nbad()\nc\n", "bad()", "2 good()\n3 more()", numbers},
		{"blanks in a file of tabs", "f {\n\ta\n}\nbad()\n", "bad()", "good()\n    .more()", indent},
		{"blanks that are no whole tabs", "\tbad()\n", "\tbad()", "    good()\n      .more()", indent},
		{"an escape character", "a\nbad()\n", "bad()", "good(\"\x1b[2J\")", hidden},
		{"a character that turns the text", "a\nbad()\n", "bad()", "good() //\u202e", hidden},
		{"a tag character", "a\nbad()\n", "bad()", "good() //\U000e0041", hidden},
		{"a character that could not be read", "a\nbad(\"\xff\")\n", "bad(\"\uFFFD\")", "good(\"\uFFFD\")", hidden},
		{"only blanks at the end differ", "a\nbad()  \n", "bad()", "bad()", nothing},
		{"only blanks between the words differ", "a\nbad(a, b)\n", "bad(a, b)", "bad( a,b )", nothing},
		{"only the indentation differs", "a\nif x {\n  bad()\n}\n", "if x {\n  bad()\n}", "if x {\n      bad()\n}", nothing},
		{"only blank lines differ", "a\nb\nc\n", "a\nb", "a\n\nb", nothing},
		{"only line ends differ", "a\r\nb\nc\n", "a\nb", "a\nb\n\n", nothing},
		{"a bracket too many", "a\nbad()\n", "bad()", "if x {\n\tgood()", breaks},
		{"a bracket that is gone", "a\nif x {\n", "if x {", "x()", breaks},
		{"a bracket that closed another", "a\n} else {\n", "} else {", "good()", breaks},
		{"a string that goes on", "a\nbad()\n", "bad()", "good(`x)", breaks},
		{"the block is closed and another begun", "func f() {\n\tbad()\n\tlast()\n}\n", "\tbad()", "\tgood()\n}\n\nfunc g() {", beyond},
		{"the line behind is repeated", "a\nbad()\nlast()\n", "bad()", "good()\nlast()", beyond},
		{"the lines behind are repeated", "a\nbad()\nlast()\n}\n", "bad()", "good()\nlast()\n}", beyond},
		{"the line behind in place of the last", "a\nbad()\nworse()\nlast()\n", "bad()\nworse()", "good()\nlast()", beyond},
		{"the line before is repeated", "first()\nbad()\nlast()\n", "bad()", "first()\ngood()", beyond},
		{"the line before is repeated from the margin on", "if x {\n  a()\n} else {\n  bad()\n}\n", "  bad()", "} else {\ngood()", beyond},
		{"a diff", "a\nbad()\n", "bad()", "-bad()\n+good()", diff},
		{"half a diff", "a\nbad()\n", "bad()", "+good()", diff},
		{"both sides of a conflict", "a\nbad()\n", "bad()", "<<<<<<< old\nbad()\n=======\ngood()\n>>>>>>> new", diff},
		{"prose around a fence", "a\nbad()\n", "bad()", "Write this\n```go\ngood()\n```", diff},
		{"line ends that would run together", "a\rbad()\nc\n", "bad()", "good()", "the line ends of this file would run together"},
		{"a fix that may be for the first line of its quote alone", "a\nbad()\nlast()\n", "bad()\nlast()", "good()", beyond},
		{"prose behind it", "a\nbad()\n", "bad()", "good()\nThis avoids the bad call.", "it holds words that are no code"},
		{"operators as web pages spell them", "a\nbad()\n", "bad()", "good(a &lt; b)", "it spells characters as web pages do"},
		{"a text without end", "a\nbad()\n", "bad()", strings.Repeat("good()\n", 10000), "it is too long"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkNoFix(t, noGrammar, tc.source, tc.quote, tc.fix, tc.because) })
	}
}

func TestAFixThatBreaksTheSyntaxIsNotOffered(t *testing.T) {
	needsGrammars(t)
	const (
		noParse   = "it does not parse"
		misplaced = "its indentation is not that of the lines that it replaces"
		goFile    = "package a\n\nfunc f(x int) int {\n\tif x > 0 {\n\t\treturn x\n\t}\n\treturn 0\n}\n"
		pyFile    = "def f(x):\n    if x:\n        return x\n    return 0\n"
	)
	for _, tc := range []struct{ name, language, source, quote, fix, because string }{
		{"brackets that match and stand wrong", "go", goFile, "\treturn 0", "\treturn )0(", noParse},
		{"half a statement", "go", goFile, "\treturn 0", "\treturn 0 +", noParse},
		{"prose", "go", goFile, "\treturn 0", "\treturn 1\n\tand so it ends", noParse},
		{"a function within a function", "go", goFile, "\treturn 0", "\tfunc g() {}\n\treturn 0", noParse},
		{"a block without its body", "python", pyFile, "    return 0", "    if x:", misplaced},
		{"a body without its block", "python", pyFile, "    if x:", "    x()", misplaced},
		{"a row outside of the block", "python", pyFile, "        return x", "        x += 1\n    return x", misplaced},
		{"an indentation out of nowhere", "python", pyFile, "    return 0", "    x = 0\n        return x", noParse},
		{"an indentation that leads to no block", "python", pyFile, "    return 0", "    if x:\n            x()\n        return x\n    return 0", noParse},
		{"rows that may be meant to end a block", "python", pyFile, "        return x", "    return x + 1", misplaced},
		{"a body on no deeper level", "python", pyFile, "    return 0", "    while x:\n    x -= 1\n    return 0", noParse},
	} {
		t.Run(tc.name, func(t *testing.T) { checkNoFix(t, tc.language, tc.source, tc.quote, tc.fix, tc.because) })
	}
}

func TestAFixThatParsesIsOffered(t *testing.T) {
	needsGrammars(t)
	for _, tc := range []struct{ name, language, source, quote, fix, want string }{
		{
			"brackets that end elsewhere", "go", "package a\n\nfunc f() {\n\tif x {\n\t\ta()\n\t} else {\n\t\tb()\n\t}\n}\n", "\t} else {",
			"\t}\n\tif y {", "package a\n\nfunc f() {\n\tif x {\n\t\ta()\n\t}\n\tif y {\n\t\tb()\n\t}\n}\n",
		},
		{"brackets in what is no code", "javascript", "f(/[(]/)\n", "f(/[(]/)", "f(/[)]/, 1)", "f(/[)]/, 1)\n"},
		{
			"a text with faults elsewhere", "go", "package a\n\nfunc f() int {\n\treturn 0\n}\n\nfunc g( {\n", "\treturn 0", "\treturn 1",
			"package a\n\nfunc f() int {\n\treturn 1\n}\n\nfunc g( {\n",
		},
		{
			"rows from the margin on", "python", "class A:\n    def f(x):\n        y = 1\n        return y\n", "        return y",
			"if y:\n    return y + 1\nreturn 0",
			"class A:\n    def f(x):\n        y = 1\n        if y:\n            return y + 1\n        return 0\n",
		},
		{"a line that moves out of its block", "python", "for x in y:\n    a()\n    b()\n", "for x in y:\n    a()\n    b()", "for x in y:\n    a()\nb()", "for x in y:\n    a()\nb()\n"},
		{"blanks in quotes", "go", "package a\n\nvar s = \"a  b\"\n", "var s = \"a  b\"", "var s = \"a b\"", "package a\n\nvar s = \"a b\"\n"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkFixIn(t, tc.language, tc.source, tc.quote, tc.fix, tc.want) })
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
