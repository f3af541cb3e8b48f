package syntax

import "strings"

// What units weigh, in lines. A unit's text is the key that its answer is
// remembered by, so small ones save the most: they are only packed where they
// are too short to be worth a question of their own.
const (
	mostUnit   = 100 // beyond, a unit is cut into parts
	mostPart   = 60
	apartParts = 12
	mostPack   = 12 // beyond, packed neighbours are cut apart
	apartPacks = 4
	shortCode  = 3 // up to this a function or type is packed
	shortRun   = 4 // and statements
)

// piece is a unit to be.
type piece struct {
	Lines
	kind   Kind
	name   string
	home   string
	head   Lines // of the declaration that it is a part of; else of the first
	owners []Lines
}

// pieces packs what is short and cuts what is long.
func (l *layout) pieces(items []item) []piece {
	var pieces []piece
	borders := l.borders()
	for i := 0; i < len(items); {
		n := 1
		if l.isShort(items[i]) {
			for i+n < len(items) && items[i+n].packs == items[i].packs && l.isShort(items[i+n]) {
				n++
			}
		}
		if n == 1 {
			pieces = append(pieces, l.parts(items[i], borders)...)
		} else {
			pieces = append(pieces, l.packs(items[i:i+n])...)
		}
		i += n
	}
	return pieces
}

func (l *layout) isShort(it item) bool {
	if it.kind == KindRun || it.kind == KindBlock {
		return l.of(it.Lines) <= shortRun
	}
	return l.of(it.Lines) <= shortCode
}

// parts are the pieces of one item.
func (l *layout) parts(it item, borders []border) []piece {
	c := cutter{scale: l.scale, most: mostPart, apart: apartParts}
	cuts := []Lines{it.Lines}
	if l.of(it.Lines) > mostUnit {
		cuts = c.cut(it.Lines, borders)
		// A table or a comment may have no borders at all: then any line is one.
		if len(within(borders, it.Lines)) == 0 {
			cuts = c.cut(it.Lines, l.everyLine(it.Lines))
		}
	}
	var pieces []piece
	for _, lines := range cuts {
		pieces = append(pieces, piece{
			Lines: lines, kind: it.kind, name: it.name, home: it.home, owners: it.owners, head: it.head,
		})
	}
	return pieces
}

// packs are the pieces of several short items, one after the other.
func (l *layout) packs(items []item) []piece {
	borders := make([]border, len(items))
	for i, it := range items {
		at := it.First
		if it.name != "" {
			at = it.head.First
		}
		borders[i] = l.border(at, 0)
		borders[i].line = it.First
	}
	c := cutter{scale: l.scale, most: mostPack, apart: apartPacks}
	var pieces []piece
	for _, lines := range c.cut(Lines{items[0].First, items[len(items)-1].Last}, borders) {
		n := 0
		for n < len(items) && items[n].First <= lines.Last {
			n++
		}
		pieces = append(pieces, packed(lines, items[:n]))
		items = items[n:]
	}
	return pieces
}

// packed is one piece made of items.
func packed(lines Lines, items []item) piece {
	p := piece{Lines: lines, kind: items[0].kind, name: items[0].name, home: items[0].home, owners: items[0].owners, head: items[0].head}
	for _, it := range items {
		if it.home != p.home {
			p.home = ""
		}
	}
	for _, it := range items[1:] {
		if it.kind != p.kind {
			p.kind = KindRun
		}
		p.name = shared(p.name, it.name)
	}
	if len(items) > 1 && p.name != "" {
		p.kind = KindType // all of them belong to one
	}
	return p
}

// shared is the qualified name that two names begin with; empty where it is
// none.
func shared(a, b string) string {
	var both []string
	inB := strings.Split(b, ".")
	for i, part := range strings.Split(a, ".") {
		if i == len(inB) || inB[i] != part {
			break
		}
		both = append(both, part)
	}
	return strings.Join(both, ".")
}
