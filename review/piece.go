package review

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// piece is a part of a text that is asked about, answered and kept by itself.
// Its lines begin and end with text.
type piece struct {
	syntax.Unit

	home   syntax.Lines // the unit that it is, or is a part of
	isPart bool
	key    string // its fingerprint
}

// Fingerprint names what a model is told about a unit: its text and the gist of
// what goes with it, under a salt that stands for everything else. Where the
// unit stands does not count, nor do line ends, blanks at the end of lines, and
// blank lines around it. Nothing else is folded: code that is merely alike is
// other code.
func Fingerprint(doc *text.Document, unit syntax.Unit, salt string) string {
	context := unit.Gist
	if context == "" {
		context = contextText(doc, unit.Context)
	}
	return keyOf(salt, unitText(doc, inked(doc, unit.Lines)), context)
}

// contextText is all context of a piece, however its lines stand together.
func contextText(doc *text.Document, context []syntax.Lines) string {
	var b strings.Builder
	for _, lines := range context {
		for row := range strings.Lines(unitText(doc, lines)) {
			if row != "\n" {
				b.WriteString(row)
			}
		}
	}
	return b.String()
}

// keyOf is a key for what follows from parts: 64 hexadecimal digits.
func keyOf(parts ...string) string {
	sum := sha256.New()
	for _, part := range parts {
		var size [8]byte // so that no two lists of parts look the same
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		sum.Write(size[:])
		sum.Write([]byte(part))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func unitText(doc *text.Document, lines syntax.Lines) string {
	var b strings.Builder
	for n := lines.First; n <= lines.Last; n++ {
		b.WriteString(trimmed(strings.TrimPrefix(doc.Line(n), byteOrderMark)))
		b.WriteByte('\n')
	}
	return b.String()
}

// inked is the run without the blank lines at its ends; Last is before First
// when there are no others.
func inked(doc *text.Document, lines syntax.Lines) syntax.Lines {
	blank := func(n int) bool { return fold(doc.Line(n)) == "" }
	for lines.First <= lines.Last && blank(lines.First) {
		lines.First++
	}
	for lines.Last > lines.First && blank(lines.Last) {
		lines.Last--
	}
	return lines
}

// whole are the pieces of a text that touch the wanted lines; nil: all of it.
func whole(doc *text.Document, outline *syntax.Outline, wanted []syntax.Lines, salt string) []piece {
	var pieces []piece
	for _, unit := range outline.Units() {
		home := unit.Lines
		unit.Lines = inked(doc, unit.Lines)
		if unit.Last < unit.First || wanted != nil && !touches(home, wanted) {
			continue
		}
		pieces = append(pieces, piece{Unit: unit, home: home, key: Fingerprint(doc, unit, salt)})
	}
	return pieces
}

// exact is the pieces that just the wanted lines are: units, and where they begin
// or end inside of one, a part of it, with the rest of it as context.
func exact(doc *text.Document, outline *syntax.Outline, wanted syntax.Lines, salt string) []piece {
	wanted = inked(doc, wanted)
	pieces := whole(doc, outline, []syntax.Lines{wanted}, salt)
	var parts []piece
	for _, p := range pieces {
		own := inked(doc, syntax.Lines{First: max(p.First, wanted.First), Last: min(p.Last, wanted.Last)})
		switch {
		case own.Last < own.First:
			continue
		case own != p.Lines:
			p.Context = without(append(slices.Clip(p.Context), p.Lines), []syntax.Lines{own})
			p.Lines, p.Gist, p.isPart = own, "", true
			p.key = Fingerprint(doc, p.Unit, salt)
		}
		parts = append(parts, p)
	}
	return parts
}

func touches(lines syntax.Lines, others []syntax.Lines) bool {
	return slices.ContainsFunc(others, func(o syntax.Lines) bool { return lines.First <= o.Last && lines.Last >= o.First })
}

// without is the union of lines, in order, without others.
func without(lines, others []syntax.Lines) []syntax.Lines {
	out := map[int]bool{}
	for _, o := range others {
		for n := o.First; n <= o.Last; n++ {
			out[n] = true
		}
	}
	var left []int
	for _, l := range lines {
		for n := l.First; n <= l.Last; n++ {
			if !out[n] {
				out[n] = true
				left = append(left, n)
			}
		}
	}
	slices.Sort(left)
	var runs []syntax.Lines
	for _, n := range left {
		if last := len(runs) - 1; last >= 0 && runs[last].Last == n-1 {
			runs[last].Last = n
			continue
		}
		runs = append(runs, syntax.Lines{First: n, Last: n})
	}
	return runs
}

// maxRequest is how many bytes of code go into one request: about ten thousand
// tokens, beyond which models overlook more of what stands in the middle.
const maxRequest = 32 << 10

// pack puts pieces into as few requests as their size allows, in order.
func pack(doc *text.Document, pieces []piece) [][]piece {
	var batches [][]piece
	room := 0
	for _, p := range pieces {
		size := sizeOf(doc, p.Lines)
		for _, lines := range p.Context {
			size += sizeOf(doc, lines)
		}
		if len(batches) == 0 || size > room {
			batches, room = append(batches, nil), maxRequest
		}
		last := len(batches) - 1
		batches[last] = append(batches[last], p)
		room -= size
	}
	return batches
}

func sizeOf(doc *text.Document, lines syntax.Lines) int {
	const number = 8 // of each line, with its bar
	return doc.LineSpan(lines.Last).End - doc.LineSpan(lines.First).Start + number*(lines.Last-lines.First+1)
}

// outlines remembers how the texts that were looked at last are built.
type outlines struct {
	mu   sync.Mutex
	seen []outlined // the newest last
}

type outlined struct {
	doc     *text.Document
	outline *syntax.Outline
}

// mostOutlines is how many texts are remembered: a save needs the one of a
// moment ago, a command as well.
const mostOutlines = 8

func (o *outlines) of(ctx context.Context, doc *text.Document) *syntax.Outline {
	o.mu.Lock()
	for _, known := range o.seen {
		if known.doc.Text() == doc.Text() && known.doc.Language() == doc.Language() {
			o.mu.Unlock()
			return known.outline
		}
	}
	o.mu.Unlock()
	outline := syntax.Parse(ctx, doc)
	if ctx.Err() != nil {
		return outline // it was given up, and may be a rough one
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, outlined{doc, outline})
	if len(o.seen) > mostOutlines {
		o.seen = slices.Delete(o.seen, 0, len(o.seen)-mostOutlines)
	}
	return outline
}
