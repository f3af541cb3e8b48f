package syntax

import (
	"context"
	"slices"
	"sort"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// layOut splits a text by its grammar; false where it can not.
func layOut(ctx context.Context, doc *text.Document) (*layout, bool) {
	language := Language(doc.Language())
	r, ok := languages[language]
	if !ok {
		return nil, false
	}
	t, ok := parse(ctx, language, doc.Text(), doc.LineAt, r)
	if !ok || len(t.nodes) == 0 {
		return nil, false
	}
	o := outliner{layout: newLayout(doc), reader: reader{tree: t, rules: r}, language: language}
	o.rankLines()
	o.findPlaces()
	o.findImports()
	o.members(0, around{})
	return o.layout, true
}

// outliner fills a layout from a tree.
type outliner struct {
	*layout
	reader
	language string
}

// members marks what is directly inside of a node: of a text, a section or the
// body of a type.
func (o *outliner) members(of int, a around) {
	if damage := o.brokenIn(of); len(damage) > 0 {
		o.salvage(of, damage, a)
		return
	}
	for c, first := range o.led(of, func(alone Lines) { o.run(alone, KindRun, a) }) {
		o.member(c, first, a)
	}
}

// member marks a node that begins, with what leads it, on the line first.
func (o *outliner) member(c, first int, a around) {
	n := o.nodes[c]
	d, ok := o.declared(c, 0)
	switch {
	case n.faulty && o.swallows(c):
		o.inDoubt(Lines{first, n.last}, a)
	case ok:
		o.declaration(c, first, d, a)
	case o.isSection(c):
		o.section(c, first, a)
	default:
		o.run(Lines{first, n.last}, KindRun, a)
	}
}

// salvage marks the declarations in a node that are whole, and leaves the rest
// to the plain splitter: of half a function, a grammar makes statements.
func (o *outliner) salvage(of int, damage []Lines, a around) {
	if of+1 == o.nodes[of].next {
		return
	}
	next := o.nodes[of+1].first
	for c, first := range o.led(of, func(Lines) {}) {
		n := o.nodes[c]
		d, ok := o.declared(c, 0)
		if !ok || first < next || touches(damage, n) || n.faulty && o.swallows(c) {
			continue
		}
		o.inDoubt(Lines{next, first - 1}, a)
		o.declaration(c, first, d, a)
		next = n.last + 1
	}
	o.inDoubt(Lines{next, o.nodes[of].last}, a)
}

// brokenIn is the lines of what makes no sense directly inside of a node.
func (o *outliner) brokenIn(of int) (broken []Lines) {
	if o.nodes[of].broken {
		broken = append(broken, Lines{-1, -1})
	}
	for c := range o.children(of) {
		if o.nodes[c].broken {
			broken = append(broken, o.lines(c))
		}
	}
	return broken
}

// touches says that a node shares a line with what makes no sense: then it may
// well be a part of something larger.
func touches(broken []Lines, n node) bool {
	i := sort.Search(len(broken), func(i int) bool { return broken[i].Last >= n.first })
	return i < len(broken) && broken[i].First <= n.last
}

// section marks what is inside of conditional compilation and the like, which
// is no declaration itself.
func (o *outliner) section(c, first int, a around) {
	o.run(Lines{first, o.nodes[c].first}, KindRun, a)
	o.marks[len(o.marks)-1].until = o.nodes[c].last
	o.members(c, a)
}

// isSection says that a node only holds declarations: by its kind, or because
// it declares several.
func (o *outliner) isSection(c int) bool {
	n := o.nodes[c]
	if n.first == n.last {
		return false
	}
	return o.rules.sections[n.kind] || o.rules.bodies[n.kind] || o.rules.wrappers[n.kind] && o.isGroup(c)
}

// declaration marks a function or a type, or the head of a type and its members.
func (o *outliner) declaration(c, first int, d declared, a around) {
	last := o.nodes[c].last
	m := mark{line: first, last: last, kind: d.kind, name: a.qualify(d.name), head: d.head, around: a, again: d.again}
	if d.owner != "" {
		m.home, m.name = a.qualify(d.owner), a.qualify(d.owner+"."+d.name)
	}
	if m.kind == KindFunction && (a.inType || d.owner != "") {
		m.kind = KindMethod
	}
	if d.kind != KindType || d.body < 0 || !o.hasMembers(d.body) {
		o.marks = append(o.marks, m)
		return
	}
	o.groups++
	m.last, m.opens, m.until = d.head.Last, o.groups, last
	o.marks = append(o.marks, m)
	o.members(d.body, around{
		home: m.name, owners: append(slices.Clip(a.owners), d.head), group: o.groups, inType: !d.scope,
	})
}

// hasMembers says that there is something in a body that can stand alone.
func (o *outliner) hasMembers(body int) bool {
	for c := range o.children(body) {
		if _, ok := o.declared(c, 0); ok || o.isSection(c) && o.hasMembers(c) {
			return true
		}
	}
	return false
}

// inDoubt leaves lines to the plain splitter.
func (o *outliner) inDoubt(lines Lines, a around) {
	for lines.First <= lines.Last && o.isBlank(lines.First) {
		lines.First++
	}
	if lines.First > lines.Last {
		return
	}
	o.unsure = append(o.unsure, lines)
	o.plain(o.language, lines, a)
}

// swallows says that what has faults in it seems to hold declarations that stand
// beside it, as a function does whose brace is missing.
func (o *outliner) swallows(c int) bool {
	n := o.nodes[c]
	own, _ := o.code(n.first)
	s := source{n: o.doc.LineCount(), line: o.doc.Line}
	for i := n.first + 1; i <= n.last; i++ {
		depth, code := o.code(i)
		if code == "" || depth > own || classOf(code) != coded || continues(code) {
			continue
		}
		if kind := s.kindOf(i, scope); kind == function || kind == shape {
			return true
		}
	}
	return false
}
