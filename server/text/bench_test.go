package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// source is a text of n bytes or a little more that looks like code.
func source(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "func f%d(s string) int {\n\treturn len(s) + %d // é😀\n}\n\n", i, i)
	}
	return b.String()
}

func BenchmarkApply(b *testing.B) {
	const size = 400 << 10
	d := text.New("file:///a.go", "go", 1, source(size))
	middle := uint32(d.LineCount() / 2)
	at := func(line, char uint32) *text.Range {
		p := text.Position{Line: line, Character: char}
		return &text.Range{Start: p, End: p}
	}
	run := func(name string, changes []text.Change) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Apply(2, changes, text.UTF16)
			}
		})
	}
	run("a keystroke in the middle", []text.Change{{Range: at(middle, 3), Text: "x"}})
	run("a keystroke at the start", []text.Change{{Range: at(0, 0), Text: "x"}})
	run("a line break", []text.Change{{Range: at(middle, 0), Text: "\n\t"}})

	var cursors []text.Change
	for i := range uint32(100) {
		cursors = append(cursors, text.Change{Range: at(middle+100-i, 0), Text: "x"})
	}
	run("a hundred cursors", cursors)

	typed := d.Text()[:size/2] + "x" + d.Text()[size/2:]
	run("the whole text after a keystroke", []text.Change{{Text: typed}})
	formatted := strings.ReplaceAll(d.Text(), "len(s) + ", "len(s)+")
	run("the whole text after a formatter", []text.Change{{Text: formatted}})
	crlf := strings.ReplaceAll(d.Text(), "\n", "\r\n")
	run("the whole text with other line ends", []text.Change{{Text: crlf}})
}

func BenchmarkOffset(b *testing.B) {
	d := text.New("file:///a.go", "go", 1, source(400<<10))
	p := text.Position{Line: uint32(d.LineCount()/2)/4*4 + 1, Character: 28}
	for _, enc := range []text.Encoding{text.UTF8, text.UTF16, text.UTF32} {
		b.Run(string(enc), func(b *testing.B) {
			for b.Loop() {
				d.Offset(p, enc)
			}
		})
	}
}

func BenchmarkCarry(b *testing.B) {
	d := text.New("file:///a.go", "go", 1, source(400<<10))
	a := d.Anchor(4000, 4002)
	now, edits := d.Apply(2, []text.Change{{Range: &text.Range{}, Text: "x"}}, text.UTF16)
	b.ReportAllocs()
	for b.Loop() {
		a.Carry(edits, now)
	}
}

func BenchmarkStore(b *testing.B) {
	s := text.NewStore()
	for i := range 1000 {
		s.Open(text.New(fmt.Sprintf("file:///%d.go", i), "go", 1, source(4<<10)))
	}
	changes := []text.Change{{Range: &text.Range{}, Text: "x"}, {Range: &text.Range{End: text.Position{Character: 1}}}}
	b.ReportAllocs()
	for b.Loop() {
		s.Change("file:///500.go", 2, changes, text.UTF16)
	}
}
