package text_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// streams is how many editing sessions are played. Each is made from its number
// alone, so that -run 'TestRandom.*/4711' plays one again.
var streams = flag.Int("streams", 10_000, "how many random edit streams to play")

// mark is one character of a text, with an identity that it keeps for as long
// as it is there.
type mark struct {
	r  rune
	id int
}

// oracle is a text as marks, and edits done the plain way. It shares nothing
// with the package but the encodings' names.
type oracle struct {
	random *rand.Rand
	marks  []mark
	last   int // identity
	words  int
	enc    text.Encoding
}

// row is a line of the oracle: where its characters are, without what ends it.
type row struct{ start, end int }

func (o *oracle) rows() []row {
	var rows []row
	start := 0
	for i := 0; i < len(o.marks); i++ {
		switch o.marks[i].r {
		case '\r':
			if i+1 < len(o.marks) && o.marks[i+1].r == '\n' {
				rows = append(rows, row{start, i})
				i++
				start = i + 1
				continue
			}
			rows = append(rows, row{start, i})
			start = i + 1
		case '\n':
			rows = append(rows, row{start, i})
			start = i + 1
		}
	}
	return append(rows, row{start, len(o.marks)})
}

func (o *oracle) string(from, to int) string {
	var b strings.Builder
	for _, m := range o.marks[from:to] {
		b.WriteRune(m.r)
	}
	return b.String()
}

// position is the wire form of a place between characters, which is not inside
// of a line end.
func (o *oracle) position(at int) text.Position {
	rows := o.rows()
	n := 0
	for n+1 < len(rows) && rows[n+1].start <= at {
		n++
	}
	var units uint32
	for _, m := range o.marks[rows[n].start:at] {
		units += o.units(m.r)
	}
	return text.Position{Line: uint32(n), Character: units}
}

func (o *oracle) units(r rune) uint32 {
	switch {
	case o.enc == text.UTF8:
		return uint32(utf8.RuneLen(r))
	case o.enc == text.UTF16 && r > 0xFFFF:
		return 2
	}
	return 1
}

// replace puts new characters in the place of some.
func (o *oracle) replace(from, to int, s string) {
	var fresh []mark
	for _, r := range s {
		o.last++
		fresh = append(fresh, mark{r, o.last})
	}
	o.marks = slices.Concat(o.marks[:from], fresh, o.marks[to:])
}

// word is text that was never there before, so that what was deleted can not be
// written again by chance.
func (o *oracle) word() string {
	o.words++
	pick := []string{"x", "é", "日本", "😀", "e\u0301", "👩‍👧", "\t", " "}[o.random.IntN(8)]
	return fmt.Sprintf("%s%d%s", pick, o.words, []string{";", "{", "𝒳", ""}[o.random.IntN(4)])
}

var lineEnds = []string{"\n", "\n", "\n", "\r\n", "\r\n", "\r"}

// line is a new line with its end. Some lines there are many of.
func (o *oracle) line(end string) string {
	indent := strings.Repeat("\t", o.random.IntN(3))
	switch o.random.IntN(6) {
	case 0:
		return indent + "}" + end
	case 1:
		return end
	}
	return indent + "l" + o.word() + " " + o.word() + strings.Repeat(" ", o.random.IntN(2)) + end
}
