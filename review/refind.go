package review

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Quote is what a finding is about, as it is kept: its lines, and what tells
// them from equal lines in the same unit. None of it looks beyond the unit, so
// that moving a unit changes nothing.
type Quote struct {
	Lines  []string `json:"lines"`            // without trailing blanks
	Before string   `json:"before,omitempty"` // the nearest line with text above, folded; empty: none in the unit
	After  string   `json:"after,omitempty"`  // likewise below
	Line   int      `json:"line"`             // of the first line, counted from the start of the unit; for people

	// Where several places in the unit read the same, neighbours included, this
	// is the Nth of Of, counted from 0. Of is 0 where there is but one.
	Nth int `json:"nth,omitempty"`
	Of  int `json:"of,omitempty"`

	// Above and Below stand for all of the unit's text on either side; empty
	// where there is none.
	Above string `json:"above,omitempty"`
	Below string `json:"below,omitempty"`
}

// QuoteOf is the quote of lines first to last of a document, which stand in the
// unit within. What of them is outside of it is left out.
func QuoteOf(doc *text.Document, within syntax.Lines, first, last int) Quote {
	p := passageOf(doc, within)
	first, last = max(first, p.first), min(last, p.last())
	if first > last {
		return Quote{}
	}
	i, end := first-p.first, last-p.first
	above, below := p.around()
	q := Quote{Before: p.before(i), After: p.after(end), Above: above[i], Below: below[end], Line: i}
	for n := first; n <= last; n++ {
		q.Lines = append(q.Lines, trimmed(doc.Line(n)))
	}
	if same := p.places(p.folded[i:end+1], q)[2]; len(same) > 1 {
		q.Of = len(same)
		for q.Nth = 0; same[q.Nth] != i; q.Nth++ {
		}
	}
	return q
}

// Refind finds the lines of a quote again, in the unit within. White space does
// not count, so that code may be indented anew. It is false when the lines are
// gone, or when nothing tells which of several places is theirs:
//
//   - Where the neighbours on both sides are as they were in one place only, it is
//     that place, unless there used to be more such places.
//   - Of several such places it is the only one above or below which nothing in
//     the unit has changed; else, if there are as many as there used to be, the
//     one with the same number.
//   - With one neighbour as it was, it is the only such place, if the quote or
//     that neighbour has some words, or nothing above or below it in the unit has
//     changed.
//   - With neither, the quote needs some words and must stand only once, in the
//     unit and in the whole document.
func Refind(doc *text.Document, within syntax.Lines, q Quote) (first, last int, found bool) {
	rows := foldRows(q.Lines)
	if strings.Join(rows, "") == "" {
		return 0, 0, false
	}
	p := passageOf(doc, within)
	i, found := p.refind(rows, q)
	return p.first + i, p.first + i + len(rows) - 1, found
}

// StandsOnce says that no other lines in the unit within read like lines first
// to last.
func StandsOnce(doc *text.Document, within syntax.Lines, first, last int) bool {
	p := passageOf(doc, within)
	first, last = max(first, p.first), min(last, p.last())
	return first <= last && p.once(p.folded[first-p.first:last-p.first+1])
}

// leastWords is how many letters and digits lines need to be told from others
// by their text alone. "}" and "break" stand everywhere.
const leastWords = 8

func wordy(rows []string) bool { return countWordRunes(strings.Join(rows, "")) >= leastWords }

// passage is the lines of a unit, folded. Its rows are counted from 0.
type passage struct {
	doc    *text.Document
	first  int // line of row 0
	folded []string
}

func passageOf(doc *text.Document, within syntax.Lines) passage {
	p := passage{doc: doc, first: max(within.First, 0)}
	for n := p.first; n <= min(within.Last, doc.LineCount()-1); n++ {
		p.folded = append(p.folded, fold(doc.Line(n)))
	}
	return p
}

func (p passage) last() int { return p.first + len(p.folded) - 1 }

// equalAt says that rows stand from row i on.
func (p passage) equalAt(i int, rows []string) bool {
	return i+len(rows) <= len(p.folded) && slices.Equal(p.folded[i:i+len(rows)], rows)
}

// refind finds the row that a quote begins on, whose folded lines are rows.
func (p passage) refind(rows []string, q Quote) (row int, found bool) {
	places := p.places(rows, q)
	neither, one, both := places[0], places[1], places[2]
	switch {
	case len(both) == 1 && q.Of <= 1:
		return both[0], true
	case len(both) > 0:
		if row, found = p.unchanged(both, len(rows), q); !found && len(both) == q.Of && q.Nth < q.Of {
			return both[max(q.Nth, 0)], true
		}
		return row, found
	case len(one) == 1 && (wordy(rows) || p.hasWordyNeighbour(one[0], len(rows), q)):
		return one[0], true
	case len(one) > 0:
		return p.unchanged(one, len(rows), q)
	case len(neither) == 1 && wordy(rows):
		all := passageOf(p.doc, syntax.Lines{Last: p.doc.LineCount() - 1})
		return neither[0], all.once(rows)
	}
	return 0, false
}

// places are the rows on which a quote may begin, by how many of its neighbours
// stand there too.
func (p passage) places(rows []string, q Quote) [3][]int {
	var places [3][]int
	for i := range p.folded {
		if !p.equalAt(i, rows) {
			continue
		}
		same := 0
		if p.before(i) == q.Before {
			same++
		}
		if p.after(i+len(rows)-1) == q.After {
			same++
		}
		places[same] = append(places[same], i)
	}
	return places
}

// hasWordyNeighbour says that a neighbour of a quote stands beside row i, and has
// some words.
func (p passage) hasWordyNeighbour(i, rows int, q Quote) bool {
	return p.before(i) == q.Before && wordy([]string{q.Before}) ||
		p.after(i+rows-1) == q.After && wordy([]string{q.After})
}

// unchanged chooses the only one of some places above or below which nothing in
// the unit has changed.
func (p passage) unchanged(places []int, rows int, q Quote) (row int, found bool) {
	above, below := p.around()
	for _, i := range places {
		if above[i] != q.Above && below[i+rows-1] != q.Below {
			continue
		}
		if found {
			return 0, false
		}
		row, found = i, true
	}
	return row, found
}

func (p passage) once(rows []string) bool {
	times := 0
	for i := range p.folded {
		if p.equalAt(i, rows) {
			times++
		}
	}
	return times == 1
}

// before is the nearest row with text above row i; empty: there is none.
func (p passage) before(i int) string {
	for i--; i >= 0; i-- {
		if p.folded[i] != "" {
			return p.folded[i]
		}
	}
	return ""
}

// after is the nearest row with text below row i; empty: there is none.
func (p passage) after(i int) string {
	for i++; i < len(p.folded); i++ {
		if p.folded[i] != "" {
			return p.folded[i]
		}
	}
	return ""
}

// around stands for all that is above each row, and for all that is below it.
func (p passage) around() (above, below []string) {
	above = running(p.folded)
	slices.Reverse(p.folded)
	below = running(p.folded)
	slices.Reverse(p.folded)
	slices.Reverse(below)
	return above, below
}

// running stands for the rows before each one, without the blank ones at their
// ends; empty where there are no others.
func running(rows []string) []string {
	before, blanks, inked := make([]string, len(rows)), 0, false
	sum := fnv.New64a()
	for i, row := range rows {
		if inked {
			before[i] = strconv.FormatUint(sum.Sum64(), 16)
		}
		if row == "" {
			blanks++
			continue
		}
		if inked {
			_, _ = sum.Write([]byte(strings.Repeat("\n", blanks+1))) // it never fails
		}
		_, _ = sum.Write([]byte(row))
		inked, blanks = true, 0
	}
	return before
}
