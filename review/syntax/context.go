package syntax

import (
	"cmp"
	"slices"
	"strings"
)

// The most that goes with a unit.
const (
	mostContextLines = 40
	mostContextBytes = 2 << 10
	mostHead         = 8   // lines of one signature
	mostFields       = 200 // lines of a type that are looked through for fields
	mostNamesakes    = 3   // declarations of one name; of more nobody knows which is meant
)

// binding is a line that brings in names, with the lines it makes no sense
// without.
type binding struct {
	names []string
	lines []Lines
}

// use says how a text names something.
type use uint8

const (
	mentioned use = 1 << iota
	called        // with a bracket behind it, or behind a dot
)

// symbol is a declaration that other units may name.
type symbol struct {
	head   Lines
	method bool
}

// lore is what a text offers its units as context.
type lore struct {
	*layout
	bindings map[string][]int // indexes of imports
	symbols  map[string][]symbol
	fields   map[string]map[string]int // lines, by the names of the type and of the field
	members  map[string]bool           // the names of all fields
}

func (l *layout) lore() *lore {
	all := &lore{layout: l, bindings: map[string][]int{}, symbols: map[string][]symbol{}, fields: map[string]map[string]int{}, members: map[string]bool{}}
	for i, b := range l.imports {
		for _, name := range b.names {
			all.bindings[name] = append(all.bindings[name], i)
		}
	}
	for _, m := range l.marks {
		if m.name == "" || m.kind == KindRun || m.kind == KindBlock {
			continue
		}
		short := m.name[strings.LastIndexByte(m.name, '.')+1:]
		if len(short) < 2 || m.again || m.field {
			continue
		}
		all.symbols[short] = append(all.symbols[short], symbol{m.head, m.kind == KindMethod})
	}
	return all
}

// units are the pieces with their context.
func (l *layout) units() []Unit {
	all := l.lore()
	items := l.items()
	for _, it := range items {
		if it.kind == KindType && it.name != "" && !it.again && all.fields[it.name] == nil {
			all.fields[it.name] = l.fieldsOf(it)
			for name := range all.fields[it.name] {
				all.members[name] = true
			}
		}
	}
	pieces := l.pieces(items)
	units := make([]Unit, len(pieces))
	for i, p := range pieces {
		units[i] = Unit{Lines: p.Lines, Kind: p.kind, Name: p.name}
		units[i].Context, units[i].Gist = all.contextOf(p)
	}
	return units
}

func (all *lore) contextOf(p piece) (context []Lines, gist string) {
	c := chosen{layout: all.layout, unit: p.Lines}
	for _, owner := range p.owners {
		c.add(owner, mostHead)
	}
	if p.name != "" {
		c.add(p.head, mostHead)
	}
	uses := all.usesIn(p.Lines)
	for _, line := range all.fieldsUsed(p.home, uses) {
		c.add(Lines{line, line}, 1)
	}
	imports := all.importsOf(uses)
	for _, i := range imports {
		for _, lines := range all.imports[i].lines {
			c.add(lines, mostHead)
		}
	}
	for _, head := range all.headsOf(uses) {
		c.add(head, mostHead)
	}
	context = c.merged()
	return context, all.gist(context, imports, uses)
}

// fieldsOf is the lines of a type's fields by their names, and its first line
// by none.
func (l *layout) fieldsOf(it item) map[string]int {
	fields := map[string]int{"": it.head.First}
	for i := it.head.First + 1; i <= min(it.Last, it.head.First+mostFields); i++ {
		_, code := l.code(i)
		code, _ = unmodified(bare(code))
		name := firstWord(code)
		if rest := code[len(name):]; name != "" && rest != "" && strings.IndexByte(" :,", rest[0]) >= 0 {
			if _, ok := fields[name]; !ok {
				fields[name] = i
			}
		}
	}
	return fields
}

// fieldsUsed is the lines of the fields of a type that are used, with its first
// line, in order. The whole type would be more than is of use, and every change
// of any field a change for all methods.
func (all *lore) fieldsUsed(home string, uses map[string]use) []int {
	var lines []int
	for name, line := range all.fields[home] {
		if name == "" || uses[name]&called != 0 {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// importsOf is the imports that are used, in order.
func (all *lore) importsOf(uses map[string]use) []int {
	var found []int
	for name := range uses {
		found = append(found, all.bindings[name]...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// headsOf is the signatures of what is named, in order.
func (all *lore) headsOf(uses map[string]use) []Lines {
	var heads []Lines
	for name, use := range uses {
		symbols := all.symbols[name]
		if len(symbols) > mostNamesakes {
			continue
		}
		for _, s := range symbols {
			if !s.method || use&called != 0 {
				heads = append(heads, s.head)
			}
		}
	}
	slices.SortFunc(heads, func(a, b Lines) int { return cmp.Or(a.First-b.First, a.Last-b.Last) })
	return heads
}

// usesIn is which of the known names some lines have, and how.
func (all *lore) usesIn(lines Lines) map[string]use {
	uses := map[string]use{}
	for i := lines.First; i <= lines.Last; i++ {
		line := all.doc.Line(i)
		for at := 0; at < len(line); {
			if !isNameByte(line[at]) {
				at++
				continue
			}
			end := at + 1
			for end < len(line) && isNameByte(line[end]) {
				end++
			}
			name := line[at:end]
			if all.bindings[name] != nil || all.symbols[name] != nil || all.members[name] {
				uses[name] |= useOf(line, at, end)
			}
			at = end
		}
	}
	return uses
}

func useOf(line string, at, end int) use {
	if end < len(line) && line[end] == '(' || at > 0 && strings.IndexByte(".:>", line[at-1]) >= 0 {
		return mentioned | called
	}
	return mentioned
}

func isNameByte(c byte) bool { return isWordByte(c) || c == '$' }

// chosen is lines chosen as context, up to the limits.
type chosen struct {
	*layout
	unit  Lines
	lines []Lines
	count int
	bytes int
}

// add takes lines if they still fit, as many as most.
func (c *chosen) add(l Lines, most int) {
	l.Last = min(l.Last, l.First+most-1)
	for _, part := range c.without(l) {
		bytes := c.doc.LineSpan(part.Last).End - c.doc.LineSpan(part.First).Start
		count := part.Last - part.First + 1
		if c.count+count > mostContextLines || c.bytes+bytes > mostContextBytes {
			continue
		}
		c.count, c.bytes = c.count+count, c.bytes+bytes
		c.lines = append(c.lines, part)
	}
}

// without is l without the unit's own lines and what is chosen already.
func (c *chosen) without(l Lines) []Lines {
	left := []Lines{l}
	for _, gone := range append([]Lines{c.unit}, c.lines...) {
		var rest []Lines
		for _, part := range left {
			if part.First < gone.First {
				rest = append(rest, Lines{part.First, min(part.Last, gone.First-1)})
			}
			if part.Last > gone.Last {
				rest = append(rest, Lines{max(part.First, gone.Last+1), part.Last})
			}
		}
		left = rest
	}
	return left
}

// merged is what was chosen, in the order of the text, adjacent lines as one.
func (c *chosen) merged() []Lines {
	slices.SortFunc(c.lines, func(a, b Lines) int { return a.First - b.First })
	var merged []Lines
	for _, l := range c.lines {
		if n := len(merged); n > 0 && merged[n-1].Last+1 == l.First {
			merged[n-1].Last = l.Last
			continue
		}
		merged = append(merged, l)
	}
	return merged
}
