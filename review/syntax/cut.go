package syntax

import "slices"

// border is a line before which a text may be cut.
type border struct {
	line int
	rank int    // the lower, the better a place it is
	hash uint64 // of what stands there
}

// before says that a is the better border. Among equals the content decides:
// so the choice goes with the text when lines are added elsewhere.
func (a border) before(b border) bool {
	if a.rank != b.rank {
		return a.rank < b.rank
	}
	return a.hash < b.hash
}

// cutter cuts runs of lines into pieces of bounded weight.
//
// The cuts must not depend on anything far away, because the text of a piece is
// what its answer is remembered by. Nothing is counted from the top: a run that
// is too heavy is cut at its best border, and both halves again. Where an edit
// brings in a better border, or takes one away, that cuts one piece in two or
// joins two, and leaves the rest as they are. The borders that stand too close
// to a better one are left out before, which depends on nothing but their
// surroundings.
type cutter struct {
	scale
	most  int // what a piece may weigh
	apart int // no two cuts are closer than this
}

// cut gives the pieces of l. The borders are in order; those outside of l are
// left alone.
func (c cutter) cut(l Lines, borders []border) []Lines {
	if c.of(l) <= c.most {
		return []Lines{l}
	}
	var pieces []Lines
	first := l.First
	for _, line := range c.chosen(l, c.sieve(l, borders)) {
		pieces = append(pieces, Lines{first, line - 1})
		first = line
	}
	pieces = append(pieces, Lines{first, l.Last})
	return c.finer(pieces, borders)
}

// sieve keeps the borders that are the best of their surroundings and not too
// close to either end.
func (c cutter) sieve(l Lines, borders []border) []border {
	borders = within(borders, l)
	var kept []border
	for i, b := range borders {
		if c.between(l.First, b.line) < c.apart || c.between(b.line, l.Last+1) < c.apart {
			continue
		}
		if c.isBest(borders, i) {
			kept = append(kept, b)
		}
	}
	return kept
}

func (c cutter) isBest(borders []border, i int) bool {
	b := borders[i]
	for k := i - 1; k >= 0 && c.between(borders[k].line, b.line) < c.apart; k-- {
		if !b.before(borders[k]) {
			return false
		}
	}
	for k := i + 1; k < len(borders) && c.between(b.line, borders[k].line) < c.apart; k++ {
		if borders[k].before(b) {
			return false
		}
	}
	return true
}

// within is the borders inside of l. The first line of l is none.
func within(borders []border, l Lines) []border {
	at := func(line int) int {
		i, _ := slices.BinarySearchFunc(borders, line, func(b border, line int) int { return b.line - line })
		return i
	}
	return borders[at(l.First+1):at(l.Last+1)]
}

// chosen is the lines to cut l at, in order.
func (c cutter) chosen(l Lines, borders []border) []int {
	root, left, right := byPriority(borders)
	var cuts []int
	type region struct {
		Lines
		best int
	}
	for open := []region{{l, root}}; len(open) > 0; {
		r := open[len(open)-1]
		open = open[:len(open)-1]
		if r.best < 0 || c.of(r.Lines) <= c.most {
			continue
		}
		at := borders[r.best].line
		cuts = append(cuts, at)
		open = append(open, region{Lines{r.First, at - 1}, left[r.best]}, region{Lines{at, r.Last}, right[r.best]})
	}
	slices.Sort(cuts)
	return cuts
}

// byPriority makes a binary tree of the borders: in order from left to right,
// the best one on top, and so in each branch. -1 stands for none.
func byPriority(borders []border) (root int, left, right []int) {
	left, right = make([]int, len(borders)), make([]int, len(borders))
	var spine []int // from the root down to the right
	for i, b := range borders {
		left[i], right[i] = -1, -1
		for len(spine) > 0 && b.before(borders[spine[len(spine)-1]]) {
			left[i] = spine[len(spine)-1]
			spine = spine[:len(spine)-1]
		}
		if len(spine) > 0 {
			right[spine[len(spine)-1]] = i
		}
		spine = append(spine, i)
	}
	if len(spine) == 0 {
		return -1, nil, nil
	}
	return spine[0], left, right
}

// finer cuts what is still far too heavy between borders that are closer to each
// other, and at last by counting: then all lines are alike, and it hardly
// matters where.
func (c cutter) finer(pieces []Lines, borders []border) []Lines {
	var all []Lines
	for _, p := range pieces {
		switch {
		case c.of(p) <= 2*c.most:
			all = append(all, p)
		case c.apart > 3:
			closer := cutter{scale: c.scale, most: c.most, apart: c.apart / 3}
			all = append(all, closer.cut(p, borders)...)
		default:
			all = append(all, c.counted(p)...)
		}
	}
	return all
}

// counted cuts wherever a piece has become too heavy, be it a border or not.
func (c cutter) counted(l Lines) (pieces []Lines) {
	for line := l.First + 1; line <= l.Last; line++ {
		if c.between(l.First, line) >= c.most {
			pieces = append(pieces, Lines{l.First, line - 1})
			l.First = line
		}
	}
	return append(pieces, l)
}

// hashOf makes a number of a line that is the same in every process.
func hashOf(code string) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(code) {
		h = (h ^ uint64(code[i])) * 1099511628211
	}
	// Its high bits hardly differ between short lines; mix them.
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
