package review

import (
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Mark says where lines of a document stand, so that they can be found again
// after the document has changed without us: by their quote, in the unit of
// their name. Names are not enough: in some languages tests have none, and a
// name may stand several times.
type Mark struct {
	At   Quote  `json:"at"`
	Unit string `json:"unit,omitempty"` // its name
	Nth  int    `json:"nth"`            // of the units of that name, from 0
	Of   int    `json:"of"`

	// What stands for the text of the unit before it, and of the one after it.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// MarkOf marks lines first to last, which must stand in one of the units of doc.
func MarkOf(doc *text.Document, units []syntax.Unit, first, last int) (Mark, bool) {
	i := slices.IndexFunc(units, func(u syntax.Unit) bool { return first >= u.First && last <= u.Last })
	if i < 0 {
		return Mark{}, false
	}
	m := Mark{At: QuoteOf(doc, units[i].Lines, first, last), Unit: units[i].Name}
	for k, u := range units {
		if u.Name == m.Unit {
			m.Of++
			if k < i {
				m.Nth++
			}
		}
	}
	m.Before, m.After = neighboursOf(doc, units, i)
	return m, true
}

// neighboursOf stand for the texts of the units on either side of the i-th.
func neighboursOf(doc *text.Document, units []syntax.Unit, i int) (before, after string) {
	short := func(u syntax.Unit) string { return keyOf(unitText(doc, inked(doc, u.Lines)))[:16] }
	if i > 0 {
		before = short(units[i-1])
	}
	if i+1 < len(units) {
		after = short(units[i+1])
	}
	return before, after
}

// place is where marked lines may stand.
type place struct {
	nth, unit int // of the units that may be meant, and of all
	lines     syntax.Lines
}

// Find gives the lines that are marked, in one of the units of doc that changed
// tells, and the number of that unit. It is false when they are gone, or when
// nothing tells which of several places is meant.
func (m Mark) Find(doc *text.Document, units []syntax.Unit, changed func(syntax.Unit) bool) (at syntax.Lines, unit int, found bool) {
	var places []place
	meant := m.meant(units)
	for nth, i := range meant {
		if !changed(units[i]) {
			continue
		}
		if first, last, ok := Refind(doc, units[i].Lines, m.At); ok {
			places = append(places, place{nth, i, syntax.Lines{First: first, Last: last}})
		}
	}
	one, found := m.choose(doc, units, places, len(meant))
	return one.lines, one.unit, found
}

// meant are the units that may be the one of the mark: those of its name, or
// where there is none any more, those whose name ends like it, since what
// encloses them may have been renamed.
func (m Mark) meant(units []syntax.Unit) []int {
	var same, alike []int
	own := lastName(m.Unit)
	for i, u := range units {
		if u.Name == m.Unit {
			same = append(same, i)
		} else if own != "" && lastName(u.Name) == own {
			alike = append(alike, i)
		}
	}
	if len(same) > 0 {
		return same
	}
	return alike
}

func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// choose takes the only place that there is. Of several it takes the one that is
// as many-th as before, where none has come or gone, or else the only one that
// still has a neighbour.
func (m Mark) choose(doc *text.Document, units []syntax.Unit, places []place, of int) (place, bool) {
	if len(places) > 1 && of == m.Of {
		places = slices.DeleteFunc(places, func(p place) bool { return p.nth != m.Nth })
	} else if len(places) > 1 {
		places = slices.DeleteFunc(places, func(p place) bool {
			before, after := neighboursOf(doc, units, p.unit)
			return (before == "" || before != m.Before) && (after == "" || after != m.After)
		})
	}
	if len(places) != 1 {
		return place{}, false
	}
	return places[0], true
}
