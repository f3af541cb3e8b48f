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

// Part is a piece of the text that a run tells about. What stood in it before
// and is not told again goes when the part ends whole.
type Part struct {
	run  *Run
	span text.Span // in the run's document

	// Guarded by the board's lock. Answers are numbered by passes.
	since int          // the first pass that is not before this part
	pass  int          // of the answer that is told
	void  map[int]bool // of answers that began anew
	known bool         // the answer is not a new one
}

// passRemembered is the pass of findings that were found again in code that has
// changed: any answer about that code stands over them.
const passRemembered = 0

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
// already belongs to the part that holds its first line. known says that the
// answer is one that was kept.
func (r *Run) Part(lines syntax.Lines, known bool) *Part {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	p := &Part{run: r, known: known, void: map[int]bool{}}
	p.span = text.Span{Start: r.doc.LineSpan(lines.First).Start, End: r.doc.LineSpan(lines.Last).End}
	r.board.passes++
	p.since, p.pass = r.board.passes, r.board.passes
	return p
}

// Remembered is a part for findings that were found again anywhere.
func (r *Run) Remembered() *Part { return &Part{run: r, pass: passRemembered, void: map[int]bool{}} }

// isBefore says that a finding was told before this part began, or by an answer
// of it that is void.
func (p *Part) isBefore(f Finding) bool { return f.pass < p.since || p.void[f.pass] }

// lines are those of the part in the newest version.
func (p *Part) lines(s *sheet) syntax.Lines {
	span := follow(p.span, p.run.edits)
	return syntax.Lines{First: s.doc.LineAt(span.Start), Last: s.doc.LineAt(span.End)}
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

// Restart says that the answer begins again. What was found so far stays until
// the new answer has ended whole without it.
func (p *Part) Restart() {
	b := p.run.board
	b.mu.Lock()
	defer b.mu.Unlock()
	p.void[p.pass] = true
	b.passes++
	p.pass = b.passes
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
	if s == nil {
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
	place, likeness, own := -1, -1, p.lines(s)
	for i, old := range s.findings {
		inPlace := old.Anchor.First() == f.Anchor.First()
		if p.pass == passRemembered && isSame(old, *f) {
			return false // it has stayed; lines beside it may have changed since
		}
		if old.identity != f.identity && !isSame(old, *f) || !inPlace && (!p.isBefore(old) || !own.Holds(old.Anchor.First())) {
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
		case p.pass == passRemembered: // what stands is newer, and another problem
		case old.pass != p.pass && like > likeness:
			place, likeness = i, like
		}
	}
	if place >= 0 {
		f.ID = s.findings[place].ID
		s.findings[place] = *f
		return true
	}
	if there || len(s.findings) >= mostKept {
		return false
	}
	f.ID = f.identity
	for n := 2; s.has(f.ID); n++ {
		f.ID = fmt.Sprintf("%s-%d", f.identity, n)
	}
	s.findings = append(s.findings, *f)
	return true
}

// isSame says that a finding tells what another one told of the same line, whose
// neighbours may have changed since.
func isSame(a, b Finding) bool {
	return a.Anchor.First() == b.Anchor.First() && a.Type == b.Type && strings.EqualFold(a.Message, b.Message)
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

// End ends the part. After a whole answer, what stood in its lines before and was
// not told again is gone; after a cut one it stays, since nobody knows. An answer
// that was kept takes nothing away that a part of its lines was asked about
// since. It gives the ids of what is gone.
func (p *Part) End(whole bool) (gone []string) {
	p.run.board.mu.Lock()
	defer p.run.board.mu.Unlock()
	s := p.run.sheet()
	if s == nil || !whole {
		return nil
	}
	own := p.lines(s)
	s.findings = slices.DeleteFunc(s.findings, func(f Finding) bool {
		if !own.Holds(f.Anchor.First()) || !p.isBefore(f) || p.known && f.ofPart {
			return false
		}
		gone = append(gone, f.ID)
		return true
	})
	return gone
}
