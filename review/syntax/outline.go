package syntax

import (
	"context"
	"slices"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// Outline is what is known of one version of a text. It never changes, and any
// goroutine may read it.
type Outline struct {
	doc    *text.Document
	parsed bool
	units  []Unit
	places []Lines // by first line, then the longer first
	unsure []Lines
}

var parsing = make(chan struct{}, 2)

// Parse reads a text. It never fails: what has no grammar, is too large, takes
// too long or is cancelled gets the plain splitter, and so does a stretch that
// the grammar makes no sense of. A parse takes a second at most.
func Parse(ctx context.Context, doc *text.Document) *Outline {
	// A parse takes many times the memory of its text: two at once are enough.
	select {
	case parsing <- struct{}{}:
		defer func() { <-parsing }()
	case <-ctx.Done():
	}
	l, parsed := layOut(ctx, doc)
	if !parsed {
		l = newLayout(doc)
		l.plain(Language(doc.Language()), Lines{0, doc.LineCount() - 1}, around{})
	}
	o := &Outline{doc: doc, parsed: parsed, unsure: l.unsure, places: l.places}
	slices.SortFunc(o.places, func(a, b Lines) int {
		if a.First != b.First {
			return a.First - b.First
		}
		return b.Last - a.Last
	})
	o.units = l.units()
	return o
}

// Units are the pieces of the text, in order; every line is in exactly one.
// Blank lines between two belong to the first.
func (o *Outline) Units() []Unit { return slices.Clone(o.units) }

// Parsed says that a grammar was used.
func (o *Outline) Parsed() bool { return o.parsed }

// Function is the smallest function, method or type around a line, with its doc
// comment and decorators. It is false where the line is in none.
func (o *Outline) Function(line int) (Lines, bool) {
	if !o.parsed || slices.ContainsFunc(o.unsure, func(l Lines) bool { return l.Holds(line) }) {
		first, last, found := Enclosing(o.doc.LineCount(), o.doc.Line, line)
		return Lines{first, last}, found
	}
	var smallest Lines
	found := false
	for _, p := range o.places {
		if p.First > line {
			break
		}
		if p.Holds(line) && (!found || p.Last-p.First <= smallest.Last-smallest.First) {
			smallest, found = p, true
		}
	}
	return smallest, found
}
