package stream

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// Mode says what kind of text a [Boundary] cuts.
type Mode int

// The modes.
const (
	Auto  Mode = iota // markdown: prose, and code between ``` or ~~~ fences
	Prose             // sentences
	Code              // statements and blocks
)

const (
	// Hold is the longest that text waits for its boundary.
	Hold = 250 * time.Millisecond
	// enough is how many characters are held before the next word's end will do.
	enough = 50
	// endless is how many bytes without any boundary are no word any more, but
	// base64 or minified code; they are cut between any two characters.
	endless = 1024
)

// Boundary holds text back until it can be shown without tearing anything
// apart. What it hands out ends
//
//   - in prose, after a '.', '!', '?' or newline that white space follows;
//   - in code, after a newline, ';', '{' or '}';
//   - before an unfinished word, when more than 50 characters are held;
//   - when the oldest character has waited for 250 ms, before an unfinished
//     word; and once the word itself has waited as long, after what there is of
//     it. This, and a word of more than 1024 bytes, are the only cuts in words.
//
// It never ends inside a UTF-8 sequence or an escape: \n, \x41, \101, \u00e9,
// \u{e9}, both halves of \ud83d\ude00, a terminal's colour codes. The rest of
// one is waited for however long it takes. A word is what stands between white
// space; each Han, Hiragana or Katakana character is one of its own.
//
// All that comes out, joined, is what went in, byte for byte, also where that is
// not valid UTF-8. A Boundary has no goroutine and no timer: its owner asks
// [Boundary.Due] when to call [Boundary.Tick]. It is not safe for concurrent
// use.
type Boundary struct {
	mode Mode

	held     []byte
	arrivals []arrival // of the bytes in held, oldest first

	// Places in held; 0 means none.
	scanned int // what was read so far; behind it is one unfinished character or escape
	strong  int // the last end of a sentence or statement; never kept past a Write
	word    int // the last start of a word
	whole   int // the last end of a character that is not inside an escape

	chars int  // characters in held[:scanned]
	prev  rune // the character before scanned, or the start of an escape there
	fence fence
}

// arrival says when the bytes of held before end came, as far as no earlier
// arrival has them.
type arrival struct {
	end int
	at  time.Time
}

// NewBoundary makes a boundary buffer for text of the given kind.
func NewBoundary(mode Mode) *Boundary {
	return &Boundary{mode: mode}
}

// Write takes the next piece, cut anywhere, and returns what may be shown now;
// often nothing.
func (b *Boundary) Write(p string) (ready string) {
	if p == "" {
		return ""
	}
	b.held = append(b.held, p...)
	b.arrivals = append(b.arrivals, arrival{len(b.held), time.Now()})
	b.scan()
	cut := b.strong
	if b.word > cut && b.chars-utf8.RuneCount(b.held[:cut]) > enough {
		cut = b.word
	}
	if b.word <= cut && b.whole-cut > endless {
		cut = b.whole
	}
	return b.take(cut)
}

// Due is when [Boundary.Tick] should be called next. It is false while nothing
// is held that time alone could set free.
func (b *Boundary) Due() (time.Time, bool) {
	if b.word == 0 && b.whole == 0 {
		return time.Time{}, false
	}
	return b.arrivals[0].at.Add(Hold), true
}

// Tick returns what has waited long enough at the given time.
func (b *Boundary) Tick(now time.Time) (ready string) {
	if b.isDue(now) {
		ready = b.take(b.word)
	}
	if b.isDue(now) { // then it is the unfinished word that has waited
		ready += b.take(b.whole)
	}
	return ready
}

func (b *Boundary) isDue(now time.Time) bool {
	at, ok := b.Due()
	return ok && !now.Before(at)
}

// Close returns all that is held, finished or not. The boundary can be used for
// another text afterwards.
func (b *Boundary) Close() (rest string) {
	rest = string(b.held)
	b.Reset()
	return rest
}

// Reset drops what is held, as if nothing had ever been written.
func (b *Boundary) Reset() {
	*b = Boundary{mode: b.mode, held: b.held[:0], arrivals: b.arrivals[:0]}
}

// take cuts the first n bytes off.
func (b *Boundary) take(n int) string {
	if n == 0 {
		return ""
	}
	ready := string(b.held[:n])
	b.chars -= utf8.RuneCount(b.held[:n])
	b.held = b.held[:copy(b.held, b.held[n:])]
	b.scanned -= n
	b.strong, b.word, b.whole = max(b.strong-n, 0), max(b.word-n, 0), max(b.whole-n, 0)

	gone := 0
	for gone < len(b.arrivals) && b.arrivals[gone].end <= n {
		gone++
	}
	b.arrivals = b.arrivals[:copy(b.arrivals, b.arrivals[gone:])]
	for i := range b.arrivals {
		b.arrivals[i].end -= n
	}
	return ready
}

// scan reads what is new in held, one character or escape at a time, as far as
// these are there whole.
func (b *Boundary) scan() {
	for b.scanned < len(b.held) {
		rest := b.held[b.scanned:]
		switch r := rune(rest[0]); {
		case r == '\\' || r == '\x1b':
			n, ok := escapeLen(rest)
			if !ok {
				return
			}
			b.read(r, n, true)
			if rest[n-1] == '\n' {
				b.fence.next('\n')
			}
		case r < utf8.RuneSelf:
			b.read(r, 1, false)
		case !utf8.FullRune(rest):
			return
		default:
			r, n := utf8.DecodeRune(rest)
			b.read(r, n, false)
		}
	}
}

// read takes a character, or an escape that begins with r, of n bytes. Whether
// the place before it is a boundary may depend on both sides and is known now.
func (b *Boundary) read(r rune, n int, escape bool) {
	code := b.mode == Code || b.mode == Auto && b.fence.open
	b.fence.next(r)
	code = code || b.mode == Auto && b.fence.open // the end of the line that opens a fence
	if b.scanned > 0 {
		b.between(r, code)
	}
	if b.chars++; escape {
		b.chars += utf8.RuneCount(b.held[b.scanned:b.scanned+n]) - 1
	}
	b.scanned += n
	b.whole = b.scanned
	b.prev = r
	if escape {
		return
	}
	if code && (r == '\n' || r == ';' || r == '{' || r == '}') {
		b.strong = b.scanned
	}
	if unicode.IsSpace(r) {
		b.word = b.scanned
	}
}

// between judges the place before r.
func (b *Boundary) between(r rune, code bool) {
	switch b.prev {
	case '.', '!', '?', '\n':
		if !code && unicode.IsSpace(r) {
			b.strong = b.scanned
		}
	}
	if (isWide(b.prev) || isWide(r)) && wordsMeet(b.prev, r) {
		b.word = b.scanned
	}
}

// isWide tells whether r belongs to a script that writes words without spaces
// and can be broken between any two characters.
func isWide(r rune) bool {
	return r > 0x2E7F && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// wordsMeet tells whether one word ends and another begins between a and b, of
// which at least one is wide. Marks, lengthening signs and closing punctuation
// stay with what they follow, opening punctuation with what it precedes.
func wordsMeet(a, b rune) bool {
	if isWide(b) {
		return unicode.In(a, unicode.L, unicode.N, unicode.M) ||
			a > unicode.MaxASCII && unicode.In(a, unicode.Pe, unicode.Pf, unicode.Po)
	}
	return unicode.IsNumber(b) || unicode.IsLetter(b) && !unicode.Is(unicode.Lm, b)
}
