package text

import (
	"slices"
	"sort"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// hunk says that the old lines from start up to end became the new lines from
// newStart up to newEnd.
type hunk struct{ start, end, newStart, newEnd int }

// lines is a text cut into lines. A key is a line as an anchor sees it: without
// its terminator and without blanks at its end.
type lines struct {
	text   string
	starts []int // one more than keys: the last is the text's end
	keys   []string
}

func split(text string) lines {
	l := lines{text: text, starts: appendStarts([]int{0}, text, 1, len(text))}
	if l.starts[len(l.starts)-1] != len(text) {
		l.starts = append(l.starts, len(text))
	}
	l.keys = make([]string, len(l.starts)-1)
	for i := range l.keys {
		l.keys[i] = strings.TrimRight(l.line(i, i+1), blanks+"\r\n")
	}
	return l
}

// line is the text of the lines from i up to j, terminators included.
func (l lines) line(i, j int) string { return l.text[l.starts[i]:l.starts[j]] }

// diff says how the lines a became the lines b, in order and without overlap.
//
// Lines that occur once in each text are matched first, as far as they kept
// their order: such a line is certainly itself and not its twin, and a change
// all over a long file stays many small ones. The general algorithm, which
// gives up after some hundred differences, fills the gaps between them.
func diff(a, b []string) []hunk {
	head, tail := alike(a, b)
	aEnd, bEnd := len(a)-tail, len(b)-tail

	var hunks []hunk
	i, j := head, head
	for _, m := range append(unique(a, b, head, aEnd, bEnd), match{aEnd, bEnd}) {
		hunks = appendGap(hunks, a[i:m.old], b[j:m.new], i, j)
		i, j = m.old+1, m.new+1
	}
	return hunks
}

// alike is how many lines a and b share at the front and at the back, without
// overlap.
func alike(a, b []string) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// appendGap appends how a, which begins at line i, became b, which begins at j.
func appendGap(hunks []hunk, a, b []string, i, j int) (all []hunk) {
	head, tail := alike(a, b)
	a, b = a[head:len(a)-tail], b[head:len(b)-tail]
	i, j = i+head, j+head
	whole := hunk{i, i + len(a), j, j + len(b)}
	switch {
	case len(a) == 0 && len(b) == 0:
		return hunks
	case len(a) == 0 || len(b) == 0 || len(a)+len(b) == 2:
		return append(hunks, whole) // nothing to compare; the algorithm would reserve room first
	}
	// A notification has to be applied whatever happens: a fault in the
	// comparison may cost anchors, never the text.
	defer func() {
		if recover() != nil {
			all = append(hunks, whole)
		}
	}()
	all = hunks
	for _, g := range lcs.DiffLines(a, b) {
		all = append(all, hunk{i + g.Start, i + g.End, j + g.ReplStart, j + g.ReplEnd})
	}
	return all
}

// match is one line found in both texts.
type match struct{ old, new int }

// unique is the longest series, ascending in both texts, of lines that occur
// once in a[from:aEnd] and once in b[from:bEnd].
func unique(a, b []string, from, aEnd, bEnd int) []match {
	if from >= aEnd || from >= bEnd {
		return nil
	}
	const never, often = -1, -2
	type place struct{ old, new int }
	places := make(map[string]place, aEnd-from)
	for i := from; i < aEnd; i++ {
		if _, twice := places[a[i]]; twice {
			places[a[i]] = place{often, never}
		} else {
			places[a[i]] = place{i, never}
		}
	}
	for j := from; j < bEnd; j++ {
		if p, ok := places[b[j]]; ok && p.new == never {
			places[b[j]] = place{p.old, j}
		} else if ok {
			places[b[j]] = place{often, j}
		}
	}
	var both []match
	for i := from; i < aEnd; i++ {
		if p := places[a[i]]; p.old == i && p.new >= 0 {
			both = append(both, match{i, p.new})
		}
	}
	return ascending(both)
}

// ascending is the longest part of m, which ascends in old, that ascends in new
// as well.
func ascending(m []match) []match {
	var ends []int // ends[n] is the match with the least new that ends a series of n+1
	before := make([]int, len(m))
	for i := range m {
		n := sort.Search(len(ends), func(n int) bool { return m[ends[n]].new > m[i].new })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	series := make([]match, 0, len(ends))
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		series = append(series, m[i])
	}
	slices.Reverse(series)
	return series
}
