package review

import (
	"errors"
	"fmt"
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

// Edits gives the smallest edits that put the fix into doc, the document that
// the finding's anchor is about. Lines that stay are not touched, nor is what
// ends a line that stays or changes.
//
// Whether the text still parses with them is another question; see
// [Finding.SafeEdits].
func (f Finding) Edits(doc *text.Document) (edits []Edit, err error) {
	if !f.HasFix() {
		return nil, ErrNoFix
	}
	defer func() {
		if fault := recover(); fault != nil { // of the diff, over two texts of any make
			edits, err = nil, ErrNoFix
		}
	}()
	first := f.Anchor.First()
	old := strings.Join(linesOf(doc, first, f.Anchor.Last()), "\n") + "\n"
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

// applied is the text of doc with edits, which are in the order of the text.
func applied(doc *text.Document, edits []Edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(doc.Text()[at:e.Span.Start])
		b.WriteString(e.Text)
		at = e.Span.End
	}
	b.WriteString(doc.Text()[at:])
	return b.String()
}
