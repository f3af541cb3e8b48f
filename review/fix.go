package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// ErrNoFix says that a finding has no replacement.
var ErrNoFix = errors.New("this finding came without a fix that can be applied")

// Edit replaces the bytes of Span with Text.
type Edit struct {
	Span text.Span
	Text string
}

const byteOrderMark = "\uFEFF"

// fixLines makes the replacement for lines first to last out of what the model
// suggests; nil when there is none, when it changes nothing, or when anything
// about it is in doubt: a fix is safe or it is not offered.
func fixLines(doc *text.Document, first, last int, suggestion string) []string {
	old := linesOf(doc, first, last)
	rows := rowsOf(suggestion)
	if len(rows) == 0 || mergesEnds(doc.Text()) {
		return nil
	}
	rows, plain := unlist(old, rows, first+1)
	if !plain {
		return nil
	}
	rows, fits := indentLike(doc, old, rows)
	if !fits {
		return nil
	}
	rows = keepTrailing(old, rows)
	switch {
	case slices.EqualFunc(old, rows, func(a, b string) bool { return trimmed(a) == trimmed(b) }),
		isDiff(old, rows),
		repeatsAround(doc, first, last, rows),
		hides(old, rows),
		leavesOut(doc.Language(), old, rows),
		!sameShape(doc.Language(), old, rows):
		return nil
	}
	return rows
}

// mergesEnds says that some lines end with a lone CR and some with an LF: an edit
// that brings the two together would make one end of them.
func mergesEnds(s string) bool {
	return strings.Contains(s, "\n") && strings.Count(s, "\r") > strings.Count(s, "\r\n")
}

// linesOf are lines of the document, without a byte order mark: it is no part
// of what the model sees, and not the model's to remove.
func linesOf(doc *text.Document, first, last int) []string {
	lines := make([]string, 0, last-first+1)
	for n := first; n <= last; n++ {
		lines = append(lines, doc.Line(n))
	}
	if first == 0 {
		lines[0] = strings.TrimPrefix(lines[0], byteOrderMark)
	}
	return lines
}

// keepTrailing gives each row that is an old line but for the blanks at its end
// the blanks of the old line: they are not what the fix is about.
func keepTrailing(old, rows []string) []string {
	own := make(map[string]string, len(old))
	for _, line := range old {
		if _, there := own[trimmed(line)]; !there {
			own[trimmed(line)] = line
		}
	}
	kept := make([]string, len(rows))
	for i, row := range rows {
		kept[i] = row
		if line, there := own[trimmed(row)]; there && !slices.Contains(old, row) {
			kept[i] = line
		}
	}
	return kept
}

func trimmed(line string) string { return strings.TrimRight(line, " \t") }

// repeatsAround says that the rows go past the lines they replace, on either
// side: then a line that stays would stand there twice.
func repeatsAround(doc *text.Document, first, last int, rows []string) bool {
	if len(rows) <= last-first+1 {
		return false
	}
	again := func(row string, n int) bool {
		return n >= 0 && n < doc.LineCount() && countWordRunes(row) > 0 && trimmed(row) == trimmed(doc.Line(n))
	}
	return again(rows[0], first-1) || again(rows[len(rows)-1], last+1)
}

// hides says that a row holds a character that acts without being seen and that
// the old lines do not hold, or one that stands for bytes that could not be
// read and would be lost.
func hides(old, rows []string) bool {
	before := strings.Join(old, "\n")
	for _, r := range strings.Join(rows, "\n") {
		if (mustShow(r) || r == '\uFFFD') && !strings.Contains(before, string(r)) {
			return true
		}
	}
	return false
}

// Edits gives the smallest edits that put the fix into doc, the document that
// the finding's anchor is about. Lines that stay are not touched, nor is what
// ends a line that stays or changes.
func (f Finding) Edits(doc *text.Document) ([]Edit, error) {
	if !f.HasFix() {
		return nil, ErrNoFix
	}
	first := f.Anchor.First()
	old := strings.Join(linesOf(doc, first, f.Anchor.Last()), "\n") + "\n"
	var edits []Edit
	for _, e := range udiff.Lines(old, strings.Join(f.fix, "\n")+"\n") {
		from := first + strings.Count(old[:e.Start], "\n")
		to := first + strings.Count(old[:e.End], "\n")
		edits = append(edits, replaceLines(doc, from, to, e.New)...)
	}
	return edits, nil
}

// replaceLines puts the rows of text, each ended by "\n", in the place of the
// lines from from to before to, line by line.
func replaceLines(doc *text.Document, from, to int, rows string) []Edit {
	var edits []Edit
	for ; from < to && rows != ""; from++ {
		row, rest, _ := strings.Cut(rows, "\n")
		edits, rows = append(edits, Edit{Span: contentOf(doc, from), Text: row}), rest
	}
	switch {
	case rows != "":
		return append(edits, insertLines(doc, from, rows))
	case from < to:
		return append(edits, Edit{Span: wholeLines(doc, from, to)})
	}
	return edits
}

// contentOf is line n without what ends it.
func contentOf(doc *text.Document, n int) text.Span {
	span := doc.LineSpan(n)
	if n == 0 && strings.HasPrefix(doc.Text(), byteOrderMark) {
		span.Start += len(byteOrderMark)
	}
	return span
}

// insertLines puts rows before line n, or at the end of the text.
func insertLines(doc *text.Document, n int, rows string) Edit {
	if n >= doc.LineCount() {
		rows = "\n" + strings.TrimSuffix(rows, "\n")
	}
	at := contentOf(doc, n).Start
	return Edit{Span: text.Span{Start: at, End: at}, Text: strings.ReplaceAll(rows, "\n", doc.EOL())}
}

// wholeLines is the lines from from to before to with what ends them. The last
// line of a text has no end of its own, and goes with that of the line before.
func wholeLines(doc *text.Document, from, to int) text.Span {
	if to < doc.LineCount() || from == 0 {
		return text.Span{Start: contentOf(doc, from).Start, End: doc.LineSpan(to).Start}
	}
	return text.Span{Start: doc.LineSpan(from - 1).End, End: doc.Len()}
}

// Diff shows the fix as the lines that go and the lines that come, for people.
// What acts on a screen without being seen is spelled out.
func (f Finding) Diff(doc *text.Document) string {
	var b strings.Builder
	for _, line := range linesOf(doc, f.Anchor.First(), f.Anchor.Last()) {
		b.WriteString("-" + visible(line) + "\n")
	}
	for _, row := range f.fix {
		b.WriteString("+" + visible(row) + "\n")
	}
	return b.String()
}

func visible(line string) string {
	var b strings.Builder
	for _, r := range line {
		if mustShow(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
