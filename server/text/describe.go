package text

import (
	"strings"
	"unicode/utf8"
)

// diffLimit is how many bytes, old and new together, are compared line by line.
// Beyond it the comparison costs more than the anchors in between are worth.
const diffLimit = 2 << 20

// describe tells the replacement of the bytes of s by text as edits that leave
// out what stays. Editors that send the whole text, formatters and clients that
// compare texts themselves would otherwise wipe out every anchor.
func describe(d *Document, s Span, text string) []Edit {
	old := d.text[s.Start:s.End]
	if old == "" || text == "" {
		return one(d, s, text)
	}
	head, tail := common(old, text)
	if lineHead, lineTail := wholeLines(old, head, tail); hasBreak(old) || hasBreak(text) {
		inner := Span{s.Start + lineHead, s.End - lineTail}
		changed := text[lineHead : len(text)-lineTail]
		if inner.Start == inner.End || changed == "" {
			return one(d, inner, changed)
		}
		if inner.End-inner.Start+len(changed) <= diffLimit {
			return describeLines(inner.Start, d.text[inner.Start:inner.End], changed)
		}
	}
	return one(d, Span{s.Start + head, s.End - tail}, text[head:len(text)-tail])
}

// one is the replacement of the bytes of s by text as one edit, if it is any.
func one(d *Document, s Span, text string) []Edit {
	if s.Start == s.End && text == "" {
		return nil
	}
	return []Edit{align(d, s, text)}
}

// wholeLines cuts what old shares with another text at its front and at its
// back down to whole lines.
func wholeLines(old string, head, tail int) (lineHead, lineTail int) {
	lineHead = strings.LastIndexByte(old[:head], '\n') + 1
	if i := strings.IndexByte(old[len(old)-tail:], '\n'); i >= 0 {
		lineTail = tail - i - 1
	}
	return lineHead, lineTail
}

// describeLines tells how old became text, line by line; old begins at the
// offset at.
func describeLines(at int, old, text string) []Edit {
	var edits []Edit
	edit := func(old, text string) {
		head, tail := common(old, text)
		if head+tail < len(old) || head+tail < len(text) {
			edits = append(edits, Edit{at + head, at + len(old) - tail, len(text) - head - tail})
		}
		// Everything before this place is new text already.
		at += len(text)
	}

	a, b := split(old), split(text)
	i, j := 0, 0
	for _, hunk := range append(diff(a.keys, b.keys), hunk{len(a.keys), len(a.keys), len(b.keys), len(b.keys)}) {
		for ; i < hunk.start; i, j = i+1, j+1 {
			edit(a.line(i, i+1), b.line(j, j+1)) // same key: at most blanks and the terminator differ
		}
		edit(a.line(hunk.start, hunk.end), b.line(hunk.newStart, hunk.newEnd))
		i, j = hunk.end, hunk.newEnd
	}
	return edits
}

// align moves an insertion or a deletion of line breaks that begins inside a
// line to the border of that line, if there is exactly one way to do so that
// leads to the same text. A client that compares texts character by character
// says of "abc\nabd" that "c\nab" went when the first line was deleted; the
// second line is as it was, and so must be what stands on it.
func align(d *Document, s Span, text string) Edit {
	given := Edit{s.Start, s.End, len(text)}
	moved := text // what is inserted or deleted
	if text == "" {
		moved = d.text[s.Start:s.End]
	} else if s.Start != s.End {
		return given
	}
	ink := d.inked(d.LineAt(s.Start))
	if s.Start <= ink.Start || s.Start >= ink.End || !hasBreak(moved) {
		return given
	}

	// To the left, what stands between the line's start and the place must end
	// the moved text too, behind a break; then the rest is whole lines.
	line := d.LineSpan(d.LineAt(s.Start))
	rest, left := strings.CutSuffix(moved, d.text[line.Start:s.Start])
	left = left && rest != "" && isBreak(rest[len(rest)-1])
	// To the right likewise, with what stands between the place and the line's
	// end. A deletion leaves the end of another line there.
	end := line.End
	if text == "" {
		end = d.LineSpan(d.LineAt(s.End)).End
	}
	after := d.text[s.End:end]
	rest, right := strings.CutPrefix(moved, after)
	right = right && rest != "" && isBreak(rest[0])

	switch {
	case left && !right:
		by := s.Start - line.Start
		return Edit{s.Start - by, s.End - by, len(text)}
	case right && !left:
		return Edit{s.Start + len(after), s.End + len(after), len(text)}
	default:
		return given // both: it can not be known which of two like lines is the new one
	}
}

// common is how many bytes a and b share at the front and at the back. The two
// do not overlap and do not split a character.
func common(a, b string) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for head > 0 && (inside(a, head) || inside(b, head)) {
		head--
	}
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for tail > 0 && (inside(a, len(a)-tail) || inside(b, len(b)-tail)) {
		tail--
	}
	return head, tail
}

// inside tells whether at is in the midst of a valid UTF-8 sequence.
func inside(s string, at int) bool {
	return at < len(s) && !utf8.RuneStart(s[at]) && runeStart(s, at) != at
}

func hasBreak(s string) bool { return strings.ContainsAny(s, "\r\n") }

func isBreak(c byte) bool { return c == '\n' || c == '\r' }
