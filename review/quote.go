package review

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// asked is the lines that were asked about, folded for looking up quotes.
type asked struct {
	doc    *text.Document
	pieces []piece
	lines  []int    // zero-based, rising
	folded []string // for each of lines
}

func newAsked(doc *text.Document, pieces []piece) *asked {
	a := &asked{doc: doc, pieces: pieces}
	for _, p := range pieces {
		for n := p.First; n <= p.Last; n++ {
			a.lines = append(a.lines, n)
			a.folded = append(a.folded, fold(doc.Line(n)))
		}
	}
	return a
}

// pieceOf is the index of the piece that a line belongs to, which was asked
// about.
func (a *asked) pieceOf(line int) int {
	return slices.IndexFunc(a.pieces, func(p piece) bool { return line >= p.First && line <= p.Last })
}

// leastPart is how many letters and digits a quote must have to be looked for
// as a part of a line: fewer stand in too many lines to prove anything.
const leastPart = 6

// listed matches what precedes each line in the listing, for models that copy
// it.
var listed = regexp.MustCompile(`(?m)^[ \t]*\d+\| ?`)

// locate finds the line on which quote stands, nearest to line (both
// zero-based), and the last line of the quote. A whole line goes before a part
// of one. It is false when there is none, or when two are equally near: then
// nothing tells which was meant.
func (a *asked) locate(quote string, line int) (first, last int, found bool) {
	for _, q := range []string{quote, listed.ReplaceAllString(quote, "")} {
		rows := foldLines(q)
		if len(rows) == 0 {
			continue
		}
		if at, n := a.nearest(line, func(i int) bool { return a.equalAt(i, rows) }); n > 0 {
			return at, at + len(rows) - 1, n == 1
		}
		if len(rows) > 1 || countWordRunes(rows[0]) < leastPart {
			continue
		}
		if at, n := a.nearest(line, func(i int) bool { return strings.Contains(a.folded[i], rows[0]) }); n > 0 {
			return at, at, n == 1
		}
	}
	return 0, 0, false
}

// nearest gives the line nearest to want that matches, and how many are as near.
func (a *asked) nearest(want int, match func(i int) bool) (line, ties int) {
	best := -1
	for i := range a.folded {
		if !match(i) {
			continue
		}
		distance := a.lines[i] - want
		if distance < 0 {
			distance = -distance
		}
		switch {
		case best < 0 || distance < best:
			best, line, ties = distance, a.lines[i], 1
		case distance == best:
			ties++
		}
	}
	return line, ties
}

// equalAt says that rows stand as whole lines from i on.
func (a *asked) equalAt(i int, rows []string) bool {
	at := i
	for k, row := range rows {
		if at >= len(a.folded) || a.lines[at] != a.lines[i]+k || a.folded[at] != row {
			return false
		}
		at++
	}
	return true
}

// foldLines folds each line of a quote; blank lines around it are dropped.
func foldLines(quote string) []string {
	quote = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(quote)
	rows := strings.Split(quote, "\n")
	for i, row := range rows {
		rows[i] = fold(row)
	}
	for len(rows) > 0 && rows[0] == "" {
		rows = rows[1:]
	}
	for len(rows) > 0 && rows[len(rows)-1] == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// fold makes runs of white space one blank and none at the ends. A byte order
// mark counts as white space, and a byte that is no UTF-8 as U+FFFD: that is
// how the model saw it.
func fold(line string) string {
	var b strings.Builder
	gap := false
	for _, r := range line {
		if unicode.IsSpace(r) || r == '\uFEFF' {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func countWordRunes(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
