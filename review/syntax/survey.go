package syntax

import "strings"

const (
	looseRank = 4    // what is no statement is a worse border by this
	innerRank = 1000 // and lines inside of a text or a comment are the last resort
)

// rankLines ranks the lines that statements begin on as borders: the less deep,
// the better.
func (o *outliner) rankLines() {
	depth := make([]int, len(o.nodes))
	blocked := map[int]bool{}
	for i := range o.nodes {
		n := o.nodes[i]
		if o.of(o.lines(i)) > mostUnit && i+1 == n.next {
			o.rankInside(o.lines(i))
		}
		previous := -1
		for c := range o.children(i) {
			depth[c] = depth[i] + 1
			line := o.nodes[c].first
			if !o.startsLine(c) {
				previous = c
				continue
			}
			rank := depth[c]
			if !o.rules.bodies[n.kind] && i > 0 {
				rank += looseRank
			}
			if previous < 0 && i > 0 || previous >= 0 && o.rules.leads[o.nodes[previous].kind] && o.nodes[previous].last+1 >= line {
				blocked[line] = true
			}
			if o.ranks[line] < 0 || rank < o.ranks[line] {
				o.ranks[line] = rank
			}
			previous = c
		}
	}
	for line := range blocked {
		o.ranks[line] = -1
	}
}

// rankInside ranks the lines of a node that has no parts.
func (o *outliner) rankInside(l Lines) {
	o.rankPlainly(l)
	for i := l.First; i <= l.Last; i++ {
		if o.ranks[i] >= 0 {
			o.ranks[i] += innerRank
		}
	}
}

// findPlaces finds the declarations, those in functions too.
func (o *outliner) findPlaces() {
	wrapped := map[int]bool{}
	for i := range o.nodes {
		for c, first := range o.led(i, func(Lines) {}) {
			d, ok := o.declared(c, 0)
			if !ok || wrapped[c] || o.rules.objects[o.nodes[d.inner].kind] {
				continue
			}
			for at := d.inner; at > c; at = o.nodes[at].parent {
				wrapped[at] = true // it is found with what is around it
			}
			o.places = append(o.places, Lines{first, o.nodes[c].last})
		}
	}
}

// findImports finds the lines that bring in names, unless that is only for a
// function.
func (o *outliner) findImports() {
	for i := range o.nodes {
		if (o.rules.imports[o.nodes[i].kind] || o.isRequire(i)) && !o.inFunction(i) {
			o.bind(o.lines(i))
		}
	}
}

// isRequire says that a node is an import that is written as a call.
func (o *outliner) isRequire(i int) bool {
	n := o.nodes[i]
	return o.rules.bound == byList && n.parent == 0 && o.rules.wrappers[n.kind] &&
		n.last-n.first < mostHead && strings.Contains(o.textOf(i), "= require(")
}

func (o *outliner) inFunction(i int) bool {
	for at := o.nodes[i].parent; at > 0; at = o.nodes[at].parent {
		if o.rules.isFunction(o.nodes[at].kind) {
			return true
		}
	}
	return false
}

// bind takes the lines of one import. Each brings in its own names, and makes
// no sense without the first and the last.
func (o *outliner) bind(l Lines) {
	ends := []Lines{{l.First, l.First}, {l.Last, l.Last}}
	for i := l.First; i <= l.Last; i++ {
		if names := namesBound(o.rules.bound, o.doc.Line(i)); len(names) > 0 {
			o.imports = append(o.imports, binding{names: names, lines: append([]Lines{{i, i}}, ends...)})
		}
	}
}
