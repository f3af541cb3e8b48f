package review_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// tally counts what came of generated fixes.
type tally struct {
	offered, compiled int
	failed            int            // that broke a promise
	refused           map[string]int // by reason
	by                map[string]*[2]int
	wrong             map[string]int // reason of refusing what was good
	good              int
}

// TestGeneratedFixes holds many suggestions, good ones and what models make of
// them, over real files to what a fix promises. More of them, and more files:
//
//	go test ./review -run TestGeneratedFixes -v -timeout 1h -fixes 10000 -fixes.corpus FOLDER:FOLDER
func TestGeneratedFixes(t *testing.T) {
	files := corpus(t)
	names := slices.Sorted(maps.Keys(files))
	r := rand.New(rand.NewPCG(*fixSeed, 0))
	sum := &tally{refused: map[string]int{}, by: map[string]*[2]int{}, wrong: map[string]int{}}
	for n := range *fixCases {
		language := names[n%len(names)]
		f := files[language][r.IntN(len(files[language]))]
		kind, source := variant(r, f.text)
		doc := text.New(uri, language, 1, source)
		first, last := pickLines(r, doc)
		other := files[language][r.IntN(len(files[language]))]
		c := caseOf(r, doc, first, last, strings.Split(other.text, "\n"))
		m := mutations[n/len(names)%len(mutations)]
		g := generated{doc: doc, first: first, last: last, c: c, m: m, suggestion: m.make(r, c)}
		where := fmt.Sprintf("%s (%s) lines %d-%d, %s", f.path, kind, first+1, last+1, m.name)
		if broken := g.check(t, where, sum); len(broken) > 0 {
			t.Errorf("case %d of seed %d: %s\n%s\nsuggested:\n%s", n, *fixSeed, where, strings.Join(broken, "\n"), g.suggestion)
			sum.failed++
		}
		if sum.failed > 20 {
			t.FailNow()
		}
	}
	sum.report(t)
}

func caseOf(r *rand.Rand, doc *text.Document, first, last int, others []string) fixCase {
	c := fixCase{language: doc.Language(), first: first, others: others}
	for n := range doc.LineCount() {
		line := strings.TrimPrefix(doc.Line(n), "\uFEFF")
		switch {
		case n < first:
			c.before = append(c.before, line)
		case n > last:
			c.after = append(c.after, line)
		default:
			c.old = append(c.old, line)
		}
	}
	c.good = improved(r, c.language, c.old)
	return c
}

// generated is one suggestion.
type generated struct {
	doc         *text.Document
	first, last int
	c           fixCase
	m           mutation
	suggestion  string
}

func (g generated) check(t *testing.T, where string, sum *tally) (broken []string) {
	t.Helper()
	f := review.Suggest(g.doc, g.first, g.last, review.Warning, g.suggestion)
	edits, err := f.SafeEdits(t.Context(), g.doc)
	good := g.m.exact && g.deserved(t)
	if good {
		sum.good++
	}
	count := sum.by[g.m.name]
	if count == nil {
		count = &[2]int{}
		sum.by[g.m.name] = count
	}
	if err != nil {
		sum.refused[f.FixRefused()]++
		count[1]++
		if good {
			sum.wrong[f.FixRefused()]++
			t.Logf("refused, since %s: %s\n- %s\n+ %s", f.FixRefused(), where, strings.Join(g.c.old, "\n- "), strings.Join(g.c.good, "\n+ "))
		}
		return nil
	}
	sum.offered++
	count[0]++
	after := apply(g.doc, edits)
	broken = slices.Concat(
		editFaults(g.doc, edits, g.first, g.last),
		parseFaults(t, g.doc, after, sum),
		styleFaults(g.doc, after, g.first, g.last),
	)
	if g.m.never != "" && strings.Contains(after, g.m.never) && !strings.Contains(g.doc.Text(), g.m.never) {
		broken = append(broken, fmt.Sprintf("it holds %q", g.m.never))
	}
	want := g.expected()
	same := contentOf(after) == contentOf(want) || g.m.loose && sameWithoutBlanks(after, want)
	if g.m.exact && !same {
		broken = append(broken, "it is not what was suggested: "+diffOf(want, after))
	}
	return broken
}

// expected is the text with the good rows in place.
func (g generated) expected() string {
	lines := slices.Concat(g.c.before, g.c.good, g.c.after)
	return strings.Join(lines, "\n")
}

// deserved says that the good rows change something and parse.
func (g generated) deserved(t *testing.T) bool {
	t.Helper()
	if slices.Equal(g.c.good, g.c.old) {
		return false
	}
	language, before, after := g.doc.Language(), g.doc.Text(), g.expected()
	if ok, judged := compiles(t, language, before); ok && judged {
		ok, _ = compiles(t, language, after)
		return ok
	}
	faults, _ := syntax.Faults(t.Context(), language, before)
	now, _ := syntax.Faults(t.Context(), language, after)
	return now <= faults
}

// contentOf leaves out how lines end, and blanks at their end.
func contentOf(s string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(s, "\uFEFF")), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// sameWithoutBlanks says that texts differ in white space alone.
func sameWithoutBlanks(a, b string) bool {
	return slices.Equal(strings.Fields(strings.TrimPrefix(a, "\uFEFF")), strings.Fields(b))
}

func diffOf(want, got string) string {
	a, b := strings.Split(contentOf(want), "\n"), strings.Split(contentOf(got), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: want %q, got %q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(b), len(a))
}

// editFaults wants edits in order, apart from each other, inside the finding's
// lines, and the same in positions as in bytes.
func editFaults(doc *text.Document, edits []review.Edit, first, last int) (broken []string) {
	start, end := doc.LineSpan(first).Start, doc.LineSpan(last+1).Start
	if last == doc.LineCount()-1 && first > 0 {
		start = doc.LineSpan(first - 1).End // a last line goes with the break before it
	}
	for i, e := range edits {
		if e.Span.Start < start || e.Span.End > end || e.Span.End < e.Span.Start || i > 0 && e.Span.Start < edits[i-1].Span.End {
			broken = append(broken, fmt.Sprintf("%+v: the lines are %d to %d", edits, start, end))
		}
		if e.Text == doc.Text()[e.Span.Start:e.Span.End] {
			broken = append(broken, fmt.Sprintf("%+v changes nothing", e))
		}
	}
	for _, encoding := range []text.Encoding{text.UTF8, text.UTF16, text.UTF32} {
		var changes []text.Change
		for _, e := range slices.Backward(edits) {
			at := doc.Range(e.Span, encoding)
			changes = append(changes, text.Change{Range: &at, Text: e.Text})
		}
		if now, _ := doc.Apply(2, changes, encoding); now.Text() != apply(doc, edits) {
			broken = append(broken, fmt.Sprintf("through positions in %s it is another text", encoding))
		}
	}
	return broken
}

// parseFaults wants the text to parse no worse than before, to us and to the
// language's own front end.
func parseFaults(t *testing.T, doc *text.Document, after string, sum *tally) (broken []string) {
	t.Helper()
	before, _ := syntax.Faults(t.Context(), doc.Language(), doc.Text())
	now, _ := syntax.Faults(t.Context(), doc.Language(), after)
	if now > before {
		broken = append(broken, fmt.Sprintf("%d faults have become %d", before, now))
	}
	if ok, judged := compiles(t, doc.Language(), doc.Text()); !ok || !judged {
		return broken
	}
	sum.compiled++
	if ok, _ := compiles(t, doc.Language(), after); !ok {
		broken = append(broken, "it does not compile any more")
	}
	return broken
}

// styleFaults wants line ends, the byte order mark, the final newline and the
// kind of indentation as they were.
func styleFaults(doc *text.Document, after string, first, last int) (broken []string) {
	before := doc.Text()
	now := text.New(uri, doc.Language(), 2, after)
	if strings.HasPrefix(before, "\uFEFF") != strings.HasPrefix(after, "\uFEFF") {
		broken = append(broken, "the byte order mark came or went")
	}
	if strings.HasSuffix(before, "\n") != strings.HasSuffix(after, "\n") {
		broken = append(broken, "the final newline came or went")
	}
	crlf, lf := strings.Count(before, "\r\n"), strings.Count(before, "\n")
	crlfNow, lfNow := strings.Count(after, "\r\n"), strings.Count(after, "\n")
	if crlf == lf && crlfNow != lfNow || crlf == 0 && strings.Contains(after, "\r") && !strings.Contains(before, "\r") {
		broken = append(broken, "there are other line ends")
	}
	if indents(doc, 0, doc.LineCount(), " ") == 0 && indents(now, first, last+1, " ") > 0 && !inBlockComment(doc, first, last) && indents(doc, 0, doc.LineCount(), "\t") > 0 {
		broken = append(broken, "there are blanks in a file of tabs")
	}
	if indents(doc, 0, doc.LineCount(), "\t") == 0 && indents(now, first, last+1, "\t") > 0 && indents(doc, 0, doc.LineCount(), " ") > 0 {
		broken = append(broken, "there are tabs in a file of blanks")
	}
	return broken
}

func inBlockComment(doc *text.Document, first, last int) bool {
	for n := first; n <= last; n++ {
		if strings.HasPrefix(doc.Line(n), " *") {
			return true
		}
	}
	return false
}

// indents counts lines that are indented with a character. Lines of block
// comments stand one blank in.
func indents(doc *text.Document, from, to int, with string) int {
	count := 0
	for n := from; n < to; n++ {
		line := doc.Line(n)
		if strings.HasPrefix(line, with) && strings.TrimSpace(line) != "" && !strings.HasPrefix(line, " *") {
			count++
		}
	}
	return count
}

func (s *tally) report(t *testing.T) {
	t.Helper()
	t.Logf("%d offered, %d of them held to a front end", s.offered, s.compiled)
	for _, reason := range slices.Sorted(maps.Keys(s.refused)) {
		t.Logf("%5d refused: %s", s.refused[reason], reason)
	}
	for _, kind := range slices.Sorted(maps.Keys(s.by)) {
		t.Logf("%5d offered %5d refused: %s", s.by[kind][0], s.by[kind][1], kind)
	}
	t.Logf("%d good ones, refused: %v", s.good, s.wrong)
}
