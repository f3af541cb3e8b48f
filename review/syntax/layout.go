package syntax

import (
	"slices"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// layout is what a splitter found in a text. The one that goes by a grammar and
// the plain one fill the same.
type layout struct {
	scale
	doc     *text.Document
	marks   []mark
	ranks   []int     // of each line as a border; negative where none may be
	imports []binding // in order
	places  []Lines   // the declarations, whole, at any depth
	unsure  []Lines   // what the grammar made no sense of
	groups  int       // how many types were met that are split
}

// mark is where a declaration or a statement begins that may stand alone. It
// reaches to the next one.
type mark struct {
	line   int // with the comments and decorators above it
	last   int // the last line of its own
	kind   Kind
	name   string
	head   Lines // the declaration up to its body; only of what has a name
	around       // what it is inside of
	opens  int   // the group that it is the head of; 0 if it is none
	until  int   // where what it is the head of ends; 0 if it is none
	again  bool  // it adds to a type that is declared elsewhere
	field  bool  // it is fields of a type
}

// around is what a declaration is inside of.
type around struct {
	home   string  // the qualified name of the type or namespace; empty at the top
	owners []Lines // the heads, outermost first
	group  int     // one number for each type; 0 at the top
	inType bool    // a function here is a method
}

// qualify is the name that something has here.
func (a around) qualify(name string) string {
	if a.home == "" || name == "" {
		return name
	}
	return a.home + "." + name
}

func newLayout(doc *text.Document) *layout {
	l := &layout{doc: doc, scale: newScale(doc), ranks: make([]int, doc.LineCount())}
	for i := range l.ranks {
		l.ranks[i] = -1
	}
	return l
}

// code is what stands on a line, as far as it is looked at.
func (l *layout) code(line int) (depth int, code string) { return measure(clip(l.doc.Line(line))) }

func (l *layout) isBlank(line int) bool { return l.of(Lines{line, line}) == 0 }

// run marks statements, which in a type are its fields.
func (l *layout) run(lines Lines, kind Kind, a around) {
	m := mark{line: lines.First, last: lines.Last, kind: kind, around: a}
	if a.inType {
		m.kind, m.name, m.head, m.field = KindType, a.home, a.owners[len(a.owners)-1], true
	}
	l.marks = append(l.marks, m)
}

// item is a mark with all the lines up to the next.
type item struct {
	Lines
	mark
	packs int // the group that it may be packed with: a head with its members
}

// items cover the text. Of marks that share a line only the first counts: two
// declarations on one line are one.
func (l *layout) items() []item {
	slices.SortStableFunc(l.marks, func(a, b mark) int { return a.line - b.line })
	var kept []mark
	for _, m := range l.marks {
		if n := len(kept); n > 0 && m.line <= kept[n-1].last {
			kept[n-1].join(m)
			continue
		}
		kept = append(kept, m)
	}
	if len(kept) == 0 {
		kept = []mark{{kind: KindBlock}}
	}
	items := make([]item, len(kept))
	for i, m := range kept {
		items[i] = item{Lines: Lines{m.line, l.doc.LineCount() - 1}, mark: m, packs: m.group}
		if m.opens != 0 {
			items[i].packs = m.opens
		}
		if i > 0 {
			items[i-1].Last = m.line - 1
		}
	}
	items[0].First = 0
	return l.withoutBareHeads(joinFields(items))
}

// join takes a mark into the one whose last line it begins on.
func (m *mark) join(next mark) {
	m.last = max(m.last, next.last)
	if m.name == "" && next.name != "" {
		m.kind, m.name, m.head, m.opens, m.until = next.kind, next.name, next.head, next.opens, next.until
	}
}

// joinFields makes one item of the head of a type and the fields behind it, and
// one of all fields between two methods.
func joinFields(items []item) []item {
	kept := items[:1]
	for _, it := range items[1:] {
		if last := &kept[len(kept)-1]; it.field && last.packs == it.packs && (last.field || last.opens != 0) {
			last.Last = it.Last
			last.field = true
			continue
		}
		kept = append(kept, it)
	}
	return kept
}

// bareHead is the weight up to which the head of a type or a section says
// nothing by itself.
const bareHead = 2

// withoutBareHeads gives such heads to what comes first behind them.
func (l *layout) withoutBareHeads(items []item) []item {
	kept := items[:0]
	for i, it := range items {
		if i+1 < len(items) && items[i+1].line <= it.until && l.of(it.Lines) <= bareHead {
			next := &items[i+1]
			next.First = it.First
			if next.name == "" {
				next.kind, next.name, next.head = it.kind, it.name, it.head
			}
			continue
		}
		kept = append(kept, it)
	}
	return kept
}

// borders are the places to cut at, of all lines.
func (l *layout) borders() []border {
	var borders []border
	for line, rank := range l.ranks {
		if rank >= 0 {
			borders = append(borders, l.border(line, rank))
		}
	}
	return borders
}

// everyLine makes a border of each line with text.
func (l *layout) everyLine(in Lines) []border {
	var borders []border
	for line := in.First; line <= in.Last; line++ {
		if !l.isBlank(line) {
			borders = append(borders, l.border(line, 0))
		}
	}
	return borders
}

// border goes by the line's text, without its indentation. Where that says next
// to nothing, such as a brace, the line below it counts too; no more than that,
// so that a border depends on little. Short lines are worse: most are much
// repeated, and of equal ones none is the best.
func (l *layout) border(line, rank int) border {
	_, code := l.code(line)
	letters := 0
	for i := range len(code) {
		if isWordByte(code[i]) {
			letters++
		}
	}
	if letters == 0 && line+1 < l.doc.LineCount() {
		_, below := l.code(line + 1)
		code += "\n" + below
	}
	rank *= 2
	if letters < tellingLetters {
		rank++
	}
	return border{line: line, rank: rank, hash: hashOf(code)}
}

// tellingLetters is from how many letters on a line is taken for one of its kind.
const tellingLetters = 10
