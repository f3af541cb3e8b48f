package syntax

import "iter"

// led gives the nodes directly inside of one, each with the line that it begins
// on when the comments and attributes directly above it are counted to it. Those
// that stand alone are given to the function alone.
func (r *reader) led(of int, alone func(Lines)) iter.Seq2[int, int] {
	return func(yield func(c, first int) bool) {
		var lead leading
		for c := range r.children(of) {
			n := r.nodes[c]
			if r.rules.leads[n.kind] {
				lead.add(r.lines(c), alone)
				continue
			}
			if !yield(c, lead.before(r.lines(c), alone)) {
				return
			}
		}
		if lead.open {
			alone(lead.Lines)
		}
	}
}

// leading is a run of comments and attributes that nothing has followed yet.
type leading struct {
	Lines
	open bool
	code int // the line behind the last line of code
}

// add takes one more.
func (l *leading) add(more Lines, alone func(Lines)) {
	switch {
	case more.First < l.code: // behind code on its line
	case l.open && more.First <= l.Last+1:
		l.Last = max(l.Last, more.Last)
	default:
		if l.open {
			alone(l.Lines)
		}
		l.Lines, l.open = more, true
	}
}

// before is the first line of some code with what leads it.
func (l *leading) before(code Lines, alone func(Lines)) (first int) {
	first = code.First
	if l.open && l.Last+1 >= code.First {
		first = l.First
	} else if l.open {
		alone(l.Lines)
	}
	l.open, l.code = false, code.Last+1
	return first
}
