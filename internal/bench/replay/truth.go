package main

import (
	"slices"
	"strings"
	"unicode"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// fate is what became of a line.
type fate string

const (
	stayed   fate = "stayed"   // equal, in the order of the text
	moved    fate = "moved"    // equal, in a block that stands elsewhere now
	indented fate = "indented" // the same but for white space
	gone     fate = "gone"     // modified or deleted
	unsure   fate = "unsure"   // the texts do not tell
)

// verb completes "a line that …".
func (f fate) verb() string {
	return map[fate]string{
		stayed: "stayed", moved: "was moved", indented: "was indented anew", gone: "is gone", unsure: "may have stayed",
	}[f]
}

// destiny is what became of a line, and where it stands now. Equal lines side
// by side may leave two places open; either is right then.
type destiny struct {
	fate   fate
	places []int
}

// allows tells whether a line of this destiny may be shown at a place; at is
// [nowhere] if it is not shown.
func (d destiny) allows(at int) bool {
	return d.fate == unsure || len(d.places) == 0 && at == nowhere || slices.Contains(d.places, at)
}

// leastMoved is how many lines with words a block has that counts as moved.
// Fewer may well be written twice.
const leastMoved = 3

// comparison is one text before and after, line by line.
type comparison struct {
	old, new   []string // without blanks at the ends of lines
	oldF, newF []string // with white space folded
	lines      []destiny
	taken      []bool // lines of the new text that a line of the old one became
}

// compare tells what became of each line of old.
func compare(old, now *text.Document, oldUnits, newUnits []syntax.Unit) []destiny {
	c := &comparison{old: rows(old), new: rows(now)}
	c.oldF, c.newF = foldAll(c.old), foldAll(c.new)
	c.lines, c.taken = make([]destiny, len(c.old)), make([]bool, len(c.new))
	c.stay()
	c.moveBlocks(c.old, c.new, moved)
	c.moveUnits(oldUnits, newUnits)
	c.indent()
	c.moveBlocks(c.oldF, c.newF, indented)
	return c.lines
}

// changed are the lines of the new text that are not lines of the old one in
// their order, and the lines around a deletion.
func changed(old, now *text.Document) []syntax.Lines {
	a, b := rows(old), rows(now)
	kept := make([]bool, len(b))
	touched := make([]bool, len(b)+1)
	next := 0 // the line behind the last one that stayed
	wasDeleted := false
	for _, j := range align(a, b) {
		if j == nowhere {
			wasDeleted = true
			continue
		}
		kept[j] = true
		if wasDeleted && j == next { // nothing stands in its place
			touched[max(j-1, 0)], touched[j] = true, true
		}
		next, wasDeleted = j+1, false
	}
	if wasDeleted && next == len(b) {
		touched[max(next-1, 0)] = true
	}
	var runs []syntax.Lines
	for j := range b {
		if kept[j] && !touched[j] {
			continue
		}
		if n := len(runs); n > 0 && runs[n-1].Last == j-1 {
			runs[n-1].Last = j
		} else {
			runs = append(runs, syntax.Lines{First: j, Last: j})
		}
	}
	return runs
}

// stay pairs what kept its order.
func (c *comparison) stay() {
	forth, back := align(c.old, c.new), alignBackwards(c.old, c.new)
	times := map[string]int{}
	for _, line := range slices.Concat(c.old, c.new) {
		times[line]++
	}
	for i := range c.old {
		switch f, b := forth[i], back[i]; {
		case f == nowhere && b == nowhere:
			c.lines[i] = destiny{fate: gone}
		case f == nowhere || b == nowhere:
			c.take(i, unsure, max(f, b))
		case f != b:
			c.take(i, stayed, f)
			c.lines[i].places = []int{f, b} // the other one may yet be where a block was moved to
		case times[c.old[i]] > 2 && c.isAlone(forth, i):
			c.take(i, unsure, f) // a line such as "return nil" in code that was written anew
		default:
			c.take(i, stayed, f)
		}
	}
}

// isAlone tells whether the lines with text above and below line i both went
// elsewhere than next to it.
func (c *comparison) isAlone(to []int, i int) bool {
	same := func(step int) bool {
		a, b := i+step, to[i]+step
		for a >= 0 && a < len(c.old) && c.old[a] == "" {
			a += step
		}
		for b >= 0 && b < len(c.new) && c.new[b] == "" {
			b += step
		}
		if a < 0 || a >= len(c.old) {
			return b < 0 || b >= len(c.new)
		}
		return to[a] == b
	}
	return !same(-1) && !same(+1)
}

func (c *comparison) take(i int, f fate, places ...int) {
	c.lines[i] = destiny{f, places}
	for _, j := range places {
		c.taken[j] = true
	}
}

// moveBlocks pairs runs of lines that are gone with equal runs that are new.
func (c *comparison) moveBlocks(old, now []string, f fate) {
	index := map[string][]int{}
	for j, line := range now {
		if !c.taken[j] && isWordy(line) {
			index[line] = append(index[line], j)
		}
	}
	for i := 0; i < len(old); i++ {
		if c.lines[i].fate != gone || !isWordy(old[i]) {
			continue
		}
		var best []int // where the longest runs begin
		length, words := 0, 0
		for _, j := range index[old[i]] {
			n, w := c.run(old, now, i, j)
			if n > length {
				best, length, words = nil, n, w
			}
			if n == length {
				best = append(best, j)
			}
		}
		if words < leastMoved {
			continue
		}
		for k := range length {
			if len(best) == 1 {
				c.take(i+k, f, best[0]+k)
			} else {
				c.lines[i+k].fate = unsure
			}
		}
		i += length - 1
	}
}

// run is how many lines are equal from i in the old text and j in the new one,
// gone here and new there, and how many of them have words.
func (c *comparison) run(old, now []string, i, j int) (lines, words int) {
	for i+lines < len(old) && j+lines < len(now) && old[i+lines] == now[j+lines] &&
		c.lines[i+lines].fate == gone && !c.taken[j+lines] {
		if isWordy(old[i+lines]) {
			words++
		}
		lines++
	}
	return lines, words
}

// moveUnits pairs units that went as a whole, however short.
func (c *comparison) moveUnits(oldUnits, newUnits []syntax.Unit) {
	for _, u := range oldUnits {
		u.Lines = inked(c.old, u.Lines)
		var places []int
		for _, v := range newUnits {
			v.Lines = inked(c.new, v.Lines)
			length := u.Last - u.First + 1
			if length != v.Last-v.First+1 || length < 1 {
				continue
			}
			if n, words := c.run(c.old, c.new, u.First, v.First); n >= length && words > 0 {
				places = append(places, v.First)
			}
		}
		if len(places) != 1 {
			continue
		}
		for k := range u.Last - u.First + 1 {
			c.take(u.First+k, moved, places[0]+k)
		}
	}
}

// indent pairs lines that differ in white space, inside of each place where
// lines were replaced.
func (c *comparison) indent() {
	from, at := 0, 0
	for i := 0; i <= len(c.old); i++ {
		end := len(c.new)
		if i < len(c.old) {
			if c.lines[i].fate != stayed || len(c.lines[i].places) != 1 {
				continue
			}
			end = c.lines[i].places[0]
		}
		for k, j := range align(c.oldF[from:i], c.newF[min(at, end):end]) {
			if j != nowhere && c.lines[from+k].fate == gone && !c.taken[at+j] && isWordy(c.oldF[from+k]) {
				c.take(from+k, indented, at+j)
			}
		}
		from, at = i+1, end+1
	}
}

// rows is the lines of a text without blanks at their ends.
func rows(doc *text.Document) []string {
	all := make([]string, doc.LineCount())
	for n := range all {
		all[n] = strings.TrimRight(strings.TrimPrefix(doc.Line(n), "\uFEFF"), " \t")
	}
	return all
}

func foldAll(rows []string) []string {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = strings.Join(strings.Fields(row), " ")
	}
	return all
}

// inked is a run without the blank lines at its ends; Last is before First when
// there are no others.
func inked(rows []string, l syntax.Lines) syntax.Lines {
	for l.First <= l.Last && strings.TrimSpace(rows[l.First]) == "" {
		l.First++
	}
	for l.Last > l.First && strings.TrimSpace(rows[l.Last]) == "" {
		l.Last--
	}
	return l
}

// isWordy tells whether a line has at least three letters and digits. A model
// may well report on less, but seldom does.
func isWordy(line string) bool {
	n := 0
	for _, r := range line {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 3
}
