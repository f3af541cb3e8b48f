package syntax

// Enclosing finds the smallest declaration around line at: the indexes of its
// first and last line, both included and counted from 0. A declaration is a
// function, a method or a type; calls, conditions, loops and namespaces are
// none. The n lines are asked for one by one, in any order, and without their
// terminators.
//
// Decorators, attributes and comments that stand directly above a declaration
// belong to it: who reviews or explains a function wants what was promised
// about it too. A blank line ends that.
//
// It is false where no declaration is around the line, such as on a blank line
// between two functions. Its cost is linear in the lines up to the end of what
// it finds; of each line no more than a thousand bytes are looked at.
func Enclosing(n int, line func(int) string, at int) (first, last int, found bool) {
	if at < 0 || at >= n {
		return 0, 0, false
	}
	w := walk{source: source{n: n, line: line}, at: at, remark: remark{from: -1}}
	for i := 0; i < n && !w.found && (i <= at || w.mayHold()); {
		i = w.step(i)
	}
	w.popFrom(0)
	return w.first, w.last, w.found
}

// walk goes down the lines and keeps the blocks that are open, outermost first.
// The answer is the first block that ends with the asked line inside of it and
// is a declaration: inner blocks end before outer ones.
type walk struct {
	source

	at     int
	blocks []block
	remark remark
	quotes quotes

	ends func(k int) // told of each block that ends, if set

	first, last int
	found       bool
}

// block is a line of code with what is indented below it, up to its closing
// line. Most are single statements.
type block struct {
	line   int
	depth  int
	first  int  // where it begins with the comments and decorators above it
	above  int  // first of the line above, which may be the type in front of a name; else line
	last   int  // the last line known to belong to it
	braced bool // a brace opened it, so that only a brace ends it
	closed bool // its closing line was met
	kind   kind // once judged
	judged bool
}

// remark is a run of comment lines, one below the other at the same depth.
type remark struct{ from, to, depth int }

// mayHold says that the asked line may still turn out to be inside of a block.
func (w *walk) mayHold() bool {
	if w.remark.from >= 0 && w.remark.from <= w.at && w.remark.to >= w.at {
		return true
	}
	return len(w.blocks) > 0 && w.blocks[0].above <= w.at
}

// step takes the line i, with the lines of a text or comment that begins on
// it, and gives the line to go on with.
func (w *walk) step(i int) int {
	depth, code := measure(w.text(i))
	class := classOf(code)
	end := i
	if class == coded || class == commented {
		end = w.quotes.end(w.source, i, code, class)
	}
	switch class {
	case blank:
		w.remark.from = -1
	case ignored:
	case commented:
		w.comment(i, end, depth)
	case coded:
		w.code(i, end, depth, code)
	}
	return end + 1
}

// comment takes comment lines. They end no block, however they are indented.
func (w *walk) comment(from, to, depth int) {
	if w.remark.from < 0 || w.remark.depth != depth || w.remark.to != from-1 {
		w.remark = remark{from: from, depth: depth}
	}
	w.remark.to = to
	for k := len(w.blocks) - 1; k >= 0; k-- {
		if b := &w.blocks[k]; b.depth < depth {
			b.reach(to)
			return
		}
	}
}

// code takes a line of code that reaches to the line end, because a text of
// several lines begins on it.
func (w *walk) code(i, end, depth int, code string) {
	w.popDeeper(depth)
	if w.carriesOn(end, depth, code) {
		return
	}
	b := block{line: i, depth: depth, first: i, above: i, last: end, braced: opensBrace(code)}
	if w.remark.from >= 0 && w.remark.to == i-1 && w.remark.depth == depth {
		b.first = w.remark.from
	}
	b.above = b.first
	w.remark.from = -1
	if k := len(w.blocks) - 1; k >= 0 && w.blocks[k].depth == depth && !w.blocks[k].holds(code) {
		if above := w.blocks[k]; above.last == b.first-1 {
			if leads(w.text(above.line)) {
				b.first = above.first
			}
			b.above = above.first
		}
		w.popFrom(w.siblings(k, code))
	}
	w.blocks = append(w.blocks, b)
}

// siblings is the lowest block at the depth of the block k that ends where
// this code begins at the same depth.
func (w *walk) siblings(k int, code string) int {
	for k > 0 && w.blocks[k-1].depth == w.blocks[k].depth && !w.blocks[k-1].holds(code) {
		k--
	}
	return k
}

// carriesOn takes a line that belongs to a block at its own depth: the end of a
// signature over several lines, a brace on a line of its own, a closing line.
func (w *walk) carriesOn(end, depth int, code string) bool {
	if !continues(code) {
		return false
	}
	k := w.open(depth, closes(code))
	if k < 0 {
		if !isClosing(code[0]) {
			return false
		}
		w.popFrom(len(w.blocks) - w.level(depth))
		if len(w.blocks) > 0 {
			w.blocks[len(w.blocks)-1].reach(end)
		}
		return true
	}
	w.popFrom(k + 1)
	b := &w.blocks[k]
	b.reach(end)
	b.braced = b.braced || opensBrace(code)
	b.closed = closes(code)
	w.remark.from = -1
	return true
}

// open is the innermost block at a depth that is not closed; of those that a
// closing line may end, one in braces goes first. It is -1 where there is none.
func (w *walk) open(depth int, closing bool) int {
	top := len(w.blocks) - 1
	for k := top; closing && k >= 0 && w.blocks[k].depth == depth; k-- {
		if w.blocks[k].braced && !w.blocks[k].closed {
			return k
		}
	}
	if top >= 0 && w.blocks[top].depth == depth && !w.blocks[top].closed {
		return top
	}
	return -1
}

// level counts the blocks on top that stand at a depth.
func (w *walk) level(depth int) int {
	count := 0
	for k := len(w.blocks) - 1; k >= 0 && w.blocks[k].depth == depth; k-- {
		count++
	}
	return count
}

// popDeeper ends the blocks that are indented deeper than a line of code.
func (w *walk) popDeeper(depth int) {
	k := len(w.blocks)
	for k > 0 && w.blocks[k-1].depth > depth {
		k--
	}
	w.popFrom(k)
}

// popFrom ends the blocks from the index k on, the innermost first.
func (w *walk) popFrom(k int) {
	for top := len(w.blocks) - 1; top >= k && !w.found; top-- {
		b := w.blocks[top]
		if b.above <= w.at && b.last >= w.at {
			w.consider(top)
		}
		if w.ends != nil {
			w.ends(top)
		}
		w.blocks = w.blocks[:top]
		if top > 0 {
			w.blocks[top-1].reach(b.last)
		}
	}
}

// consider answers with the block k if it is a declaration.
func (w *walk) consider(k int) {
	b := w.blocks[k]
	first := w.start(b)
	if first > w.at || !w.declares(k) {
		return
	}
	w.first, w.last, w.found = first, b.last, true
}

// reach says that a line belongs to the block, unless it was closed before.
func (b *block) reach(line int) {
	if !b.closed {
		b.last = max(b.last, line)
	}
}

// holds says that a line of code at the depth of the block is inside of it: a
// block in braces ends with its brace, or where a word at its own depth opens
// another declaration.
func (b *block) holds(code string) bool {
	return b.braced && !b.closed && !opensByWord(code) && (b.depth > 0 || !defines(code))
}
