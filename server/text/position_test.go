package text_test

import (
	"math"
	"testing"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/server/text"
)

var encodings = []text.Encoding{text.UTF8, text.UTF16, text.UTF32, ""}

// units is how many units the character at the start of s counts, and how many
// bytes it has.
func units(s string, enc text.Encoding) (n, size int) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case enc == text.UTF8:
		return size, size
	case enc != text.UTF32 && r >= 0x10000:
		return 2, size
	}
	return 1, size
}

// checkPositions walks through d character by character and compares every
// place, and every place inside a character, with the functions under test.
func checkPositions(t *testing.T, d *text.Document, enc text.Encoding) {
	t.Helper()
	offset := func(line, char, want int) {
		t.Helper()
		p := text.Position{Line: uint32(line), Character: uint32(char)}
		if got := d.Offset(p, enc); got != want {
			t.Fatalf("%q %s: %v is at %d, want %d", d.Text(), enc, p, got, want)
		}
	}
	position := func(at, line, char int) {
		t.Helper()
		want := text.Position{Line: uint32(line), Character: uint32(char)}
		if got := d.Position(at, enc); got != want {
			t.Fatalf("%q %s: %d is at %v, want %v", d.Text(), enc, at, got, want)
		}
	}
	at := 0
	ends := terminator.FindAllStringIndex(d.Text(), -1)
	for line, rest := range terminator.Split(d.Text(), -1) {
		char := 0
		for rest != "" {
			n, size := units(rest, enc)
			for i := range n {
				offset(line, char+i, at)
			}
			for i := range size {
				position(at+i, line, char)
			}
			rest, at, char = rest[size:], at+size, char+n
		}
		offset(line, char, at)
		offset(line, char+1, at)
		offset(line, math.MaxUint32, at)
		position(at, line, char)
		if line < len(ends) {
			for ; at < ends[line][1]; at++ {
				position(at, line, char)
			}
		} else {
			position(at+1, line, char)
			offset(line+1, 0, at)
			offset(math.MaxUint32, 3, at)
		}
	}
	position(-1, 0, 0)
}

func TestPositionsAgreeWithASlowWalk(t *testing.T) {
	for _, s := range odd {
		for _, enc := range encodings {
			checkPositions(t, open(s), enc)
		}
	}
}

func TestOffset(t *testing.T) {
	const s = "abc\ndéf😀x\r\nend"
	for _, tc := range []struct {
		name       string
		line, char uint32
		enc        text.Encoding
		want       int
	}{
		{"past the end of a line is its end", 0, 99, text.UTF16, 3},
		{"past the end of a line is before the whole terminator", 1, 99, text.UTF16, 13},
		{"past the last line is the end of the text", 9, 0, text.UTF16, len(s)},
		{"behind a surrogate pair", 1, 5, text.UTF16, 12},
		{"inside a surrogate pair is its start", 1, 4, text.UTF16, 8},
		{"inside a UTF-8 sequence is its start", 1, 2, text.UTF8, 5},
		{"the last byte of a UTF-8 sequence is inside", 1, 7, text.UTF8, 8},
		{"a code point beyond U+FFFF counts one", 1, 4, text.UTF32, 12},
		{"no agreement means UTF-16", 1, 5, "", 12},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := text.Position{Line: tc.line, Character: tc.char}
			if got := open(s).Offset(p, tc.enc); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestRangesThatRunBackwardsAreTurned(t *testing.T) {
	d := open("ab\ncd")
	r := text.Range{Start: text.Position{Line: 1, Character: 1}, End: text.Position{Line: 0, Character: 1}}
	if got := d.Span(r, text.UTF16); got != (text.Span{Start: 1, End: 4}) {
		t.Errorf("the span is %v", got)
	}
	want := text.Range{Start: r.End, End: r.Start}
	if got := d.Range(text.Span{Start: 4, End: 1}, text.UTF16); got != want {
		t.Errorf("the range is %v", got)
	}
}

func FuzzOffsets(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 2000)] // the slow walk is slow
		d := open(s)
		checkLines(t, d)
		for _, enc := range encodings {
			checkPositions(t, d, enc)
		}
	})
}
