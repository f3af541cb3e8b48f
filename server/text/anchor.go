package text

import "strings"

// Anchor is a run of whole lines of one document that something stands on. It
// is a value: carrying it gives another.
type Anchor struct {
	first, last int
	span        Span
	own         string // the lines without trailing blanks, joined by "\n"
}

// Anchor is the run from line first to line last, both zero-based and both in
// it. Lines outside the text are moved to its border.
func (d *Document) Anchor(first, last int) Anchor {
	first = min(max(first, 0), len(d.starts)-1)
	last = min(max(last, first), len(d.starts)-1)
	a := Anchor{first: first, last: last}
	a.span = Span{d.inked(first).Start, d.inked(last).End}
	a.own = d.ownText(first, last)
	return a
}

// First is the run's first line.
func (a Anchor) First() int { return a.first }

// Last is the run's last line; it is in the run.
func (a Anchor) Last() int { return a.last }

// Span is the run from the first character that is not blank to the last.
func (a Anchor) Span() Span { return a.span }

// Carry finds the lines of a in now, the document that the edits led to. It is
// false when the lines no longer stand there as they were: then the anchor is to
// be dropped, for it must not come back when the edit is undone.
//
// The text of a line counts with its indentation, without blanks at its end, and
// whatever ends it. What is put before the first line or after the last one is
// no edit of theirs, be it a line break at the very border. Lines that were
// deleted are gone also where the same text stands in their place.
func (a Anchor) Carry(edits []Edit, now *Document) (Anchor, bool) {
	start, end := a.span.Start, a.span.End
	for _, e := range edits {
		by := e.Len - (e.End - e.Start)
		switch {
		case e.End <= start:
			start, end = start+by, end+by
		case e.Start >= end:
		case e.Start < start || e.End > end:
			return Anchor{}, false // a border went together with what is beside it
		default:
			end += by
		}
	}
	c := now.Anchor(now.LineAt(start), now.LineAt(end))
	// The text may be the same and yet be a neighbour's, in part or all of it.
	stands := c.own == a.own && now.isBlank(c.span.Start, start) && now.isBlank(c.span.End, end)
	return c, stands
}

const blanks = " \t"

// inked is where the text of line n stands without blanks around it; for a
// blank line it is empty and stands at the line's start.
func (d *Document) inked(n int) Span {
	s := d.LineSpan(n)
	line := strings.TrimRight(d.text[s.Start:s.End], blanks)
	indent := len(line) - len(strings.TrimLeft(line, blanks))
	return Span{s.Start + indent, s.Start + len(line)}
}

// isBlank tells whether there is nothing but blanks between the offsets a and b.
func (d *Document) isBlank(a, b int) bool {
	return strings.Trim(d.text[min(a, b):max(a, b)], blanks) == ""
}

// ownText is what has to stay the same for an anchor to stand.
func (d *Document) ownText(first, last int) string {
	var own strings.Builder
	for n := first; n <= last; n++ {
		if n > first {
			own.WriteByte('\n')
		}
		own.WriteString(strings.TrimRight(d.Line(n), blanks))
	}
	return own.String()
}
