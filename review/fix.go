package review

import (
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

const (
	byteOrderMark = "\uFEFF"

	// mostFix is how many bytes a suggestion can have. A model that writes more
	// for the lines of one finding writes the file anew.
	mostFix = 64 << 10
)

// fixLines makes the replacement for lines first to last out of what the model
// suggests. Where it suggests something and anything about it is in doubt there
// is none, and refused says why, as "it leaves code out": a fix is safe or it is
// not offered.
func fixLines(doc *text.Document, first, last int, suggestion string) (fix []string, refused string) {
	if len(suggestion) > mostFix {
		return nil, "it is too long"
	}
	rows := rowsOf(suggestion)
	if len(rows) == 0 {
		return nil, ""
	}
	old := linesOf(doc, first, last)
	if isDiff(old, rows) {
		return nil, "it is a diff and no code"
	}
	if rows, refused = fitRows(doc, first, last, old, rows); refused != "" {
		return nil, refused
	}
	if refused = doubt(doc, first, last, old, rows); refused != "" {
		return nil, refused
	}
	f := Finding{Anchor: doc.Anchor(first, last), fix: rows}
	if refused = f.refusal(doc, unhurried); refused != "" {
		return nil, refused
	}
	return rows, ""
}

// fitRows gives rows the form of the lines they replace, where it is certain
// what that is: no numbers, the indentation of the place, the blanks at the end
// of lines that stay.
func fitRows(doc *text.Document, first, last int, old, rows []string) (fitted []string, refused string) {
	rows, plain := unlist(old, rows, first+1)
	if !plain {
		return nil, "it holds line numbers"
	}
	if repeatsAround(doc, first, last, old, rows) { // before they are moved, and after, see doubt
		return nil, beyond
	}
	rows, fits := indentLike(doc, old, rows)
	if !fits {
		return nil, "its indentation is not that of the file"
	}
	return keepTrailing(old, rows), ""
}

// doubt says what in the rows themselves forbids to offer them. Whether they
// parse is looked at last, see refusal.
func doubt(doc *text.Document, first, last int, old, rows []string) string {
	language := syntax.Language(doc.Language())
	switch {
	case mergesEnds(doc.Text()):
		return "the line ends of this file would run together"
	case changesNothing(language, old, rows):
		return "it changes nothing"
	case repeatsAround(doc, first, last, old, rows):
		return beyond
	case hides(old, rows):
		return "it holds characters that hide"
	case leavesOut(language, old, rows):
		return "it leaves code out"
	case speaksOfItself(old, rows):
		return prose
	case spellsLineEnds(language, old, rows):
		return "it spells its line ends out"
	case escapes(language, old, rows):
		return "it spells characters as web pages do"
	}
	return ""
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
