package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Run is one review under way: what it finds is anchored in the document that
// it began with, and carried to the newest one on arrival.
type Run struct {
	board *Board
	doc   *text.Document
	edits []text.Edit // from doc to the newest version; guarded by the board's lock
}

// Part is a piece of the text that a run tells about. What stands in it and is
// not told again goes when the part ends whole.
type Part struct {
	run *Run

	// Guarded by the board's lock.
	supersedes map[string]bool // ids
	pass       int
}

// Begin starts a review of doc. It must be closed. It is false when the
// document is not open, or has left doc too far behind.
func (b *Board) Begin(doc *text.Document) (*Run, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.docs[doc.URI()]
	if s == nil {
		return nil, false
	}
	run := &Run{board: b, doc: doc}
	if s.doc != doc && s.doc.Text() != doc.Text() {
		at := slices.IndexFunc(s.past, func(st step) bool { return st.version > doc.Version() })
		if at < 0 || at == 0 && len(s.past) == mostPast {
			return nil, false
		}
		for _, st := range s.past[at:] {
			run.edits = append(run.edits, st.edits...)
		}
	}
	s.runs[run] = true
	return run, true
}

// Close ends the run. What it has found stays; nothing more is taken in.
func (r *Run) Close() {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	if s := r.sheet(); s != nil {
		delete(s.runs, r)
	}
}

// sheet is the document's, as long as the run counts. The lock must be held.
func (r *Run) sheet() *sheet {
	if s := r.board.docs[r.doc.URI()]; s != nil && s.runs[r] {
		return s
	}
	return nil
}

// Part begins to tell about lines of the run's document. A finding that stands
// already belongs to the part that holds its first line.
func (r *Run) Part(lines syntax.Lines) *Part {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	p := &Part{run: r, supersedes: map[string]bool{}}
	p.again()
	s := r.sheet()
	if s == nil {
		return p
	}
	span := follow(text.Span{Start: r.doc.LineSpan(lines.First).Start, End: r.doc.LineSpan(lines.Last).End}, r.edits)
	first, last := s.doc.LineAt(span.Start), s.doc.LineAt(span.End)
	for _, f := range s.findings {
		if at := f.Anchor.First(); at >= first && at <= last {
			p.supersedes[f.ID] = true
		}
	}
	return p
}

// follow moves the borders of a span through edits.
func follow(s text.Span, edits []text.Edit) text.Span {
	at := func(offset int, e text.Edit) int {
		switch {
		case offset <= e.Start:
			return offset
		case offset >= e.End:
			return offset + e.Len - (e.End - e.Start)
		}
		return e.Start
	}
	for _, e := range edits {
		s.Start, s.End = at(s.Start, e), at(s.End, e)
	}
	return s
}

// again numbers the answer anew. The lock must be held.
func (p *Part) again() {
	p.run.board.passes++
	p.pass = p.run.board.passes
}

// Restart says that the answer begins again. What was found so far stays, and
// what the new answer says about the same code takes its place.
func (p *Part) Restart() {
	p.run.board.mu.Lock()
	defer p.run.board.mu.Unlock()
	p.again()
}

// Add puts a finding, anchored in the run's document, on the board. With there,
// only one that stands already is told again. It gives the finding as it stands
// now, and false when it is not shown: its lines were edited meanwhile, it is
// hidden, it says again what stands already, or the document is closed.
func (p *Part) Add(f Finding, there bool) (Finding, bool) {
	b := p.run.board
	b.mu.Lock()
	defer b.mu.Unlock()
	s := p.run.sheet()
	if s == nil || len(s.findings) >= mostKept {
		return Finding{}, false
	}
	carried, stands := f.Anchor.Carry(p.run.edits, s.doc)
	if !stands {
		return Finding{}, false
	}
	f.Anchor, f.pass = carried, p.pass
	if !s.put(&f, p, there) {
		return Finding{}, false
	}
	return f, !b.hides(s, f)
}

// put stores f, in the place of what an earlier answer said about the same code.
// It is false when this answer has said so already, or when f is not there and
// has to be.
func (s *sheet) put(f *Finding, p *Part, there bool) bool {
	place, likeness := -1, -1
	for i, old := range s.findings {
		inPlace := old.Anchor.First() == f.Anchor.First()
		if old.identity != f.identity || !inPlace && !p.supersedes[old.ID] {
			continue
		}
		// The same code may stand in several places, and have several problems.
		like := 0
		if inPlace {
			like++
		}
		if strings.EqualFold(old.Message, f.Message) {
			like += 2
		}
		switch {
		case old.pass == p.pass && like == 3:
			return false
		case old.pass != p.pass && like > likeness:
			place, likeness = i, like
		}
	}
	if place >= 0 {
		f.ID = s.findings[place].ID
		s.findings[place] = *f
		delete(p.supersedes, f.ID)
		return true
	}
	if there {
		return false
	}
	f.ID = f.identity
	for n := 2; s.has(f.ID); n++ {
		f.ID = fmt.Sprintf("%s-%d", f.identity, n)
	}
	s.findings = append(s.findings, *f)
	return true
}

func (s *sheet) has(id string) bool {
	return slices.ContainsFunc(s.findings, func(f Finding) bool { return f.ID == id })
}

// Reject hides a finding that the model itself has taken back. It is false when
// the finding does not stand any more.
func (r *Run) Reject(id, reason string) bool {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	s := r.sheet()
	if s == nil {
		return false
	}
	for i := range s.findings {
		if s.findings[i].ID == id {
			s.findings[i].Rejected = reason
			return true
		}
	}
	return false
}

// End ends the part. After a whole answer, what stood in its lines and was not
// told again is gone; after a cut one it stays, since nobody knows. It tells
// whether something was taken away.
func (p *Part) End(whole bool) bool {
	p.run.board.mu.Lock()
	defer p.run.board.mu.Unlock()
	s := p.run.sheet()
	if s == nil || !whole {
		return false
	}
	before := len(s.findings)
	s.findings = slices.DeleteFunc(s.findings, func(f Finding) bool { return p.supersedes[f.ID] })
	return len(s.findings) < before
}
