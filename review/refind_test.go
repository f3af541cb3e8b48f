package review_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// marked is a document of rows with blanks between, "_" for a blank one and "~"
// for a blank in a row, and the lines whose row begins with "*", which it goes
// without.
func marked(rows string) (doc *text.Document, first, last int) {
	first, last = -1, -1
	var lines []string
	for row := range strings.FieldsSeq(rows) {
		if bare, found := strings.CutPrefix(row, "*"); found {
			row, last = bare, len(lines)
			if first < 0 {
				first = last
			}
		}
		lines = append(lines, strings.NewReplacer("_", "", "~", " ").Replace(row))
	}
	return text.New(uri, "go", 1, strings.Join(lines, "\n")), first, last
}

func whole(doc *text.Document) syntax.Lines { return syntax.Lines{Last: doc.LineCount() - 1} }

// checkRefind keeps the quote of what is marked in old, through JSON as it is
// kept, and finds what is marked in now, or nothing where nothing is.
func checkRefind(t *testing.T, old, now string) {
	t.Helper()
	was, first, last := marked(old)
	raw, err := json.Marshal(review.QuoteOf(was, whole(was), first, last))
	if err != nil {
		t.Fatal(err)
	}
	var quote review.Quote
	if err := json.Unmarshal(raw, &quote); err != nil {
		t.Fatal(err)
	}
	is, first, last := marked(now)
	at, end, found := review.Refind(is, whole(is), quote)
	switch {
	case found != (first >= 0):
		t.Errorf("found is %v, on lines %d to %d", found, at, end)
	case found && (at != first || end != last):
		t.Errorf("found on lines %d to %d, want %d to %d", at, end, first, last)
	}
}

func TestRefind(t *testing.T) {
	for _, tc := range []struct{ name, old, now string }{
		{"nothing changed", "a *x b", "a *x b"},
		{"lines above", "a *x b", "new new a *x b"},
		{"blank lines around it", "a *x b", "a _ *x _ _ b"},
		{"it is indented anew", "a *x~y b", "a *~~x~~y b"},
		{"blanks at its end", "a *x b", "a *x~~ b"},
		{"several lines", "a *x *y *z b", "new a *x *y *z b"},
		{"a blank line in it", "a *x *_ *z b", "new a *x *_ *z b"},
		{"it is gone", "a *x b", "a b"},
		{"it is edited", "a *x b", "a y b"},
		{"one of its lines is edited", "a *x *y b", "a x z b"},
		{"a line within it", "a *x *y b", "a x new y b"},
		{"a twin elsewhere", "a *x b c d", "a *x b c x d"},
		{"a twin before it", "a *x b c d", "c x d a *x b"},
		{"a twin with the same neighbours, below", "a *x b c", "a *x b a x b"},
		{"a twin with the same neighbours, above", "c a *x b", "a x b a *x b"},
		{"a twin with the same neighbours, and all else new", "c a *x b d", "e a x b a x b f"},
		{"of twins, none changed", "a x b a *x b a x b", "a x b a *x b a x b"},
		{"of twins, something below changed", "a x b a *x b a x b c", "a x b a *x b a x b"},
		{"of twins, something above changed", "c a x b a *x b a x b", "a x b a *x b a x b"},
		{"of twins, something changed on both sides", "c a x b a *x b a x b d", "a x b a *x b a x b"},
		{"of twins, another went and nothing is left of the rest", "c a x b a *x b d", "e a x b f"},
		{"of twins, the one below went", "c a *x b a x b d", "c a *x b d"},
		{"of twins, the one above went", "c a x b a *x b d", "a *x b d"},
		{"the neighbour above is edited, and it has words", "a *something() b", "new *something() b"},
		{"the neighbour below is edited, and it has words", "a *something() b", "a *something() new"},
		{"the neighbour above is edited, and the other has words", "a *} something() c d", "new *} something() e d"},
		{"the neighbour above is edited, and nobody has words", "c a *} b d", "e n } b f"},
		{"the neighbour above is edited, nobody has words, nothing below changed", "a *} b d", "e n *} b d"},
		{"both neighbours are edited, and it has words", "a *something() b", "c *something() d"},
		{"both neighbours are edited, and it has no words", "a *x b", "c x d"},
		{"both neighbours are edited, and it stands twice", "a *something() b", "c something() d something() e"},
		{"it is the first line", "*x b", "*x b"},
		{"a line before the first", "*x b c", "new *x b c"},
		{"it is the last line", "a *x", "a *x"},
		{"it is all there is", "*x", "*x"},
		{"letters in another case", "a *something() b", "a Something() b"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkRefind(t, tc.old, tc.now) })
	}
}

func TestRefindStaysInItsUnit(t *testing.T) {
	doc, _, _ := marked("head something() tail other() something() tail")
	quote := review.QuoteOf(doc, syntax.Lines{First: 0, Last: 2}, 1, 1)
	for _, tc := range []struct {
		name   string
		within syntax.Lines
		want   int
	}{
		{"in the first half", syntax.Lines{First: 0, Last: 2}, 1},
		{"in the second half a neighbour is another", syntax.Lines{First: 3, Last: 5}, 4},
		{"where it is not", syntax.Lines{First: 2, Last: 3}, -1},
		{"in lines that are none", syntax.Lines{First: 4, Last: 3}, -1},
		{"past the end", syntax.Lines{First: 50, Last: 60}, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			first, _, found := review.Refind(doc, tc.within, quote)
			if found != (tc.want >= 0) || found && first != tc.want {
				t.Errorf("found %v on line %d, want %d", found, first, tc.want)
			}
		})
	}
}

func TestAUnitThatMovedHasTheSameQuotes(t *testing.T) {
	doc, _, _ := marked("a f() one two end b c d f() one two end e")
	there := review.QuoteOf(doc, syntax.Lines{First: 1, Last: 4}, 1, 2)
	elsewhere := review.QuoteOf(doc, syntax.Lines{First: 8, Last: 11}, 8, 9)
	if a, b := toJSON(t, there), toJSON(t, elsewhere); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAQuoteOfNothingIsNowhere(t *testing.T) {
	doc, _, _ := marked("a _ b")
	for _, quote := range []review.Quote{
		{},
		{Lines: []string{""}},
		{Lines: []string{" ", "\t"}},
		review.QuoteOf(doc, whole(doc), 1, 1), review.QuoteOf(doc, syntax.Lines{First: 2, Last: 1}, 0, 5),
		{Lines: make([]string, 100)},
	} {
		if first, last, found := review.Refind(doc, whole(doc), quote); found {
			t.Errorf("%+v stands on lines %d to %d", quote, first, last)
		}
	}
}

func TestStandsOnce(t *testing.T) {
	doc, _, _ := marked("a x b x a c")
	for _, tc := range []struct {
		name        string
		within      syntax.Lines
		first, last int
		want        bool
	}{
		{"a line that is there once", whole(doc), 2, 2, true},
		{"a line that is there twice", whole(doc), 1, 1, false},
		{"lines that only begin alike", whole(doc), 0, 1, true},
		{"once in its unit", syntax.Lines{First: 0, Last: 2}, 1, 1, true},
		{"outside of its unit", syntax.Lines{First: 0, Last: 2}, 4, 4, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := review.StandsOnce(doc, tc.within, tc.first, tc.last); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestRefindIsNeverWrongWhereLinesAreUnique edits texts at random: a line of
// which there is only one, ever, is found where it is or not at all.
func TestRefindIsNeverWrongWhereLinesAreUnique(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	next := 0
	line := func() string {
		if random.IntN(3) == 0 {
			return "}"
		}
		next++
		return strings.Repeat("x", next)
	}
	for range 300 {
		var lines []string
		for range 12 {
			lines = append(lines, line())
		}
		was := text.New(uri, "go", 1, strings.Join(lines, "\n"))
		now := append([]string{}, lines...)
		for range 1 + random.IntN(6) {
			at := random.IntN(len(now))
			switch random.IntN(3) {
			case 0:
				now = append(now[:at], append([]string{line()}, now[at:]...)...)
			case 1:
				now[at] = line()
			case 2:
				now = append(now[:at], append([]string{}, now[min(at+1, len(now)-1):]...)...)
			}
		}
		is := text.New(uri, "go", 2, strings.Join(now, "\n"))
		for n, l := range lines {
			if l == "}" {
				continue
			}
			first, _, found := review.Refind(is, whole(is), review.QuoteOf(was, whole(was), n, n))
			if found && is.Line(first) != l {
				t.Fatalf("%q is found as %q", l, is.Line(first))
			}
		}
	}
}

func BenchmarkRefind(b *testing.B) {
	var lines []string
	for n := range 200 {
		lines = append(lines, strings.Repeat(string(rune('a'+n%26)), n%40), "\tif err != nil {", "\t\treturn err", "\t}")
	}
	doc := text.New(uri, "go", 1, strings.Join(lines, "\n"))
	quote := review.QuoteOf(doc, whole(doc), 402, 402)
	b.ReportAllocs()
	for b.Loop() {
		review.Refind(doc, whole(doc), quote)
	}
}
