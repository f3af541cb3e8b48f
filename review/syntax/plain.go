package syntax

import (
	"cmp"
	"slices"
	"strings"
)

// mostPlain is the length in bytes up to which declarations are looked for
// without a grammar. What is longer was hardly written by people.
const mostPlain = 1 << 20

// prose are languages without declarations, in which sentences and keys could
// pass for some.
var prose = words(`
	markdown plaintext text restructuredtext rst asciidoc latex tex org html xml svg json jsonc json5 yaml toml ini
	csv tsv properties dotenv diff gitcommit git-commit git-rebase log css gomod gosum`)

// plain splits lines of a text by their indentation, by blank lines and by the
// words that open declarations.
func (l *layout) plain(language string, in Lines, a around) {
	l.rankPlainly(in)
	var found []declaration
	if !prose[language] && l.doc.Len() <= mostPlain {
		found = declarationsOf(source{n: in.Last - in.First + 1, line: func(i int) string { return l.doc.Line(in.First + i) }})
	}
	types := map[int]around{} // by the index in found
	next := in.First
	for i, d := range found {
		d.shift(in.First)
		inside := a
		if d.owner >= 0 {
			inside = types[d.owner]
		}
		l.plainRuns(Lines{next, d.first - 1}, inside)
		if d.kind == KindFunction && inside.inType {
			d.kind = KindMethod
		}
		m := mark{line: d.first, last: d.head.Last, kind: d.kind, name: inside.qualify(d.name), head: d.head, around: inside}
		next = d.last + 1
		if d.kind == KindType {
			// Its own lines up to the first member are its head.
			l.groups++
			m.opens, m.until = l.groups, d.last
			types[i] = around{home: m.name, owners: append(slices.Clip(inside.owners), d.head), group: l.groups, inType: true}
		}
		l.marks = append(l.marks, m)
	}
	l.plainRuns(Lines{next, in.Last}, a)
}

// plainRuns marks where blocks begin in lines without declarations: at each
// line that is indented no further than any.
func (l *layout) plainRuns(in Lines, a around) {
	least := -1
	for i := in.First; i <= in.Last; i++ {
		if depth, code := l.code(i); code != "" && (least < 0 || depth < least) {
			least = depth
		}
	}
	for i := in.First; i <= in.Last; i++ {
		depth, code := l.code(i)
		if code == "" || depth > least || continues(code) || l.ranks[i] < 0 {
			continue
		}
		l.run(Lines{i, i}, KindBlock, a)
	}
}

// rankPlainly ranks lines as borders: those behind a blank line first, then by
// their indentation. What belongs to the line above is no border.
func (l *layout) rankPlainly(in Lines) {
	const levels = 32
	remark := false // the line above is a comment
	for i := in.First; i <= in.Last; i++ {
		depth, code := l.code(i)
		class := classOf(code)
		if class == blank {
			remark = false
			continue
		}
		apart := i == in.First || l.isBlank(i-1)
		if !remark && !continues(code) {
			l.ranks[i] = 2 * min(depth, levels)
			if !apart && !strings.HasPrefix(code, "#") {
				l.ranks[i]++
			}
		}
		remark = class == commented
	}
}

// declaration is a function or type that was found without a grammar.
type declaration struct {
	first, last int
	head        Lines
	kind        Kind
	name        string
	owner       int // the index of the type around it; -1 where there is none
}

func (d *declaration) shift(by int) {
	d.first, d.last = d.first+by, d.last+by
	d.head.First, d.head.Last = d.head.First+by, d.head.Last+by
}

// declarationsOf finds the functions and types that are not inside of a
// function, in order.
func declarationsOf(s source) []declaration {
	var found []declaration
	w := walk{source: s, at: -1, remark: remark{from: -1}}
	w.ends = func(k int) {
		if d, ok := w.declaration(k); ok {
			found = append(found, d)
		}
	}
	for i := 0; i < s.n; {
		i = w.step(i)
	}
	w.popFrom(0)
	slices.SortStableFunc(found, func(a, b declaration) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last))
	})
	return nested(found)
}

// nested says of each declaration which type it is inside of, and leaves those
// out that are not wholly inside of it.
func nested(found []declaration) []declaration {
	var kept []declaration
	var open []int
	for _, d := range found {
		for len(open) > 0 && kept[open[len(open)-1]].last < d.first {
			open = open[:len(open)-1]
		}
		d.owner = -1
		if len(open) > 0 {
			d.owner = open[len(open)-1]
			if kept[d.owner].last < d.last || kept[d.owner].kind != KindType {
				continue
			}
		}
		kept = append(kept, d)
		open = append(open, len(kept)-1)
	}
	return kept
}

// declaration is the block k, if it is one that is not in a function.
func (w *walk) declaration(k int) (declaration, bool) {
	for i := max(0, k-maxNesting); i < k; i++ {
		if w.judge(i) == function {
			return declaration{}, false
		}
	}
	if k > maxNesting || !w.declares(k) {
		return declaration{}, false
	}
	b := w.blocks[k]
	d := declaration{first: w.start(b), last: b.last, kind: KindFunction, name: w.nameOf(b.line), head: Lines{b.line, b.line}}
	if b.kind == shape {
		d.kind = KindType
	}
	return d, true
}
