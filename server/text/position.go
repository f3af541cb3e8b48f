package text

import "unicode/utf8"

// Encoding says what a [Position] counts on its line.
type Encoding string

// The encodings, by their names in the protocol. Anything else, and so the zero
// value, counts as UTF16: what a client speaks that has agreed on nothing.
const (
	UTF8  Encoding = "utf-8"  // bytes
	UTF16 Encoding = "utf-16" // 16-bit units: a character beyond U+FFFF counts two
	UTF32 Encoding = "utf-32" // code points
)

// Position is a place between two characters: a line and a count of units from
// its start, both from zero.
type Position struct{ Line, Character uint32 }

// Range is the text from Start up to End.
type Range struct{ Start, End Position }

// Offset is the byte offset of p. It never fails: past the end of its line a
// position is the line's end, past the last line the text's end, and inside a
// character (the second half of a surrogate pair, the rest of a UTF-8
// sequence) the character's start.
//
// A byte that is not part of valid UTF-8 counts one unit in every encoding, as
// the U+FFFD that an editor shows for it counts in UTF-16 and UTF-32.
func (d *Document) Offset(p Position, enc Encoding) int {
	if uint64(p.Line) >= uint64(len(d.starts)) {
		return len(d.text)
	}
	s := d.LineSpan(int(p.Line))
	return s.Start + bytesOf(d.text[s.Start:s.End], uint64(p.Character), enc)
}

// Position is where the byte at offset stands. An offset outside the text is
// moved to its border, one inside a character to the character's start, one
// inside a terminator to the end of the line.
func (d *Document) Position(offset int, enc Encoding) Position {
	offset = min(max(offset, 0), len(d.text))
	line := d.LineAt(offset)
	s := d.LineSpan(line)
	before := d.text[s.Start:s.End]
	if offset < s.End {
		before = before[:runeStart(before, offset-s.Start)]
	}
	return Position{uint32(line), uint32(unitsOf(before, enc))}
}

// Range is where the bytes of s stand; a span that runs backwards is turned.
func (d *Document) Range(s Span, enc Encoding) Range {
	return Range{
		Start: d.Position(min(s.Start, s.End), enc),
		End:   d.Position(max(s.Start, s.End), enc),
	}
}

// Span is the bytes of r; a range that runs backwards is turned.
func (d *Document) Span(r Range, enc Encoding) Span {
	a, b := d.Offset(r.Start, enc), d.Offset(r.End, enc)
	return Span{min(a, b), max(a, b)}
}

// bytesOf is how many bytes of line the first units of it take.
func bytesOf(line string, units uint64, enc Encoding) int {
	if enc == UTF8 {
		return runeStart(line, int(min(units, uint64(len(line)))))
	}
	var seen uint64
	for i, r := range line {
		seen += width(r, enc)
		if seen > units {
			return i
		}
	}
	return len(line)
}

// unitsOf is the length of line in units.
func unitsOf(line string, enc Encoding) uint64 {
	if enc == UTF8 {
		return uint64(len(line))
	}
	var units uint64
	for _, r := range line {
		units += width(r, enc)
	}
	return units
}

func width(r rune, enc Encoding) uint64 {
	if r > 0xFFFF && enc != UTF32 {
		return 2
	}
	return 1
}

// runeStart is at, or the start of the valid UTF-8 sequence that at is inside of.
func runeStart(s string, at int) int {
	if at >= len(s) || utf8.RuneStart(s[at]) {
		return at
	}
	for start := at - 1; start >= 0 && at-start < utf8.UTFMax; start-- {
		if utf8.RuneStart(s[start]) {
			if _, size := utf8.DecodeRuneInString(s[start:]); start+size > at {
				return start
			}
			break
		}
	}
	return at
}
