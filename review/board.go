package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// mostKept is how many findings a document can have, shown or not. A reply
// with more is not a review.
const mostKept = 1000

// View says which findings of a board are shown.
type View struct {
	MinConfidence float64
	MaxFindings   int // the most severe are kept; 0: all
}

// Board keeps what stands in the open documents. It is safe for use by several
// goroutines, and nothing in it waits for anything but its own short lock.
type Board struct {
	mu        sync.Mutex
	docs      map[string]*sheet
	dismissed map[string]bool // by id; for as long as the board lives
	passes    int             // numbers the answers, see Finding.pass
}

// sheet is what the board knows of one open document.
type sheet struct {
	doc      *text.Document // the newest version
	findings []Finding      // anchored in doc
	runs     map[*Run]bool  // reviews that are under way
	past     []step         // the latest steps that led to doc
	reviewed string         // the newest text that was reviewed whole
}

// step is one change notification.
type step struct {
	version int32 // that it led to
	edits   []text.Edit
}

// mostPast is how many notifications a snapshot may be behind when its review
// begins. It begins within a moment of the snapshot, so few are needed.
const mostPast = 64

// NewBoard is a board with nothing on it.
func NewBoard() *Board {
	return &Board{docs: map[string]*sheet{}, dismissed: map[string]bool{}}
}

// Open starts a document, or starts it afresh.
func (b *Board) Open(doc *text.Document) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.docs[doc.URI()] = &sheet{doc: doc, runs: map[*Run]bool{}}
}

// Close forgets a document and all that stood in it.
func (b *Board) Close(uri string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.docs, uri)
}

// Edited carries everything to doc, the next version, which edits led to.
// Findings whose own lines were edited are gone for good. It tells whether the
// document has or had findings, so that they need to be shown anew.
func (b *Board) Edited(doc *text.Document, edits []text.Edit) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.docs[doc.URI()]
	if s == nil {
		return false
	}
	had := len(s.findings) > 0
	if doc.Version() <= s.doc.Version() {
		s.past = nil // numbers that do not rise tell nothing of the order
	}
	s.doc = doc
	s.past = append(s.past, step{doc.Version(), edits})
	if len(s.past) > mostPast {
		s.past = slices.Delete(s.past, 0, len(s.past)-mostPast)
	}
	for run := range s.runs {
		run.edits = append(run.edits, edits...)
	}
	standing := s.findings[:0]
	for _, f := range s.findings {
		if carried, stands := f.Anchor.Carry(edits, doc); stands {
			f.Anchor = carried
			standing = append(standing, f)
		}
	}
	if len(standing) < len(s.findings) {
		s.forget() // an undo leads back to the text, not to what was found in it
	}
	clear(s.findings[len(standing):])
	s.findings = standing
	return had
}

// Findings gives the newest version of a document and what is shown in it, in
// the order of the text. The two belong together.
func (b *Board) Findings(uri string, view View) (*text.Document, []Finding) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.docs[uri]
	if s == nil {
		return nil, nil
	}
	var shown []Finding
	for _, f := range s.findings {
		if f.Confidence >= view.MinConfidence && !b.dismissed[f.ID] {
			shown = append(shown, f)
		}
	}
	most := view.MaxFindings
	if most <= 0 {
		most = len(shown)
	}
	return s.doc, strongest(shown, most)
}

// Finding gives the finding with an id, if it still stands, and the document
// that it stands in.
func (b *Board) Finding(uri, id string) (*text.Document, Finding, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.docs[uri]; s != nil {
		for _, f := range s.findings {
			if f.ID == id {
				return s.doc, f, !b.dismissed[f.ID]
			}
		}
	}
	return nil, Finding{}, false
}

// Dismiss takes a finding away, and with it what any later review says in its
// place, in this or another document. It is false when there is no such
// finding.
func (b *Board) Dismiss(uri, id string) bool {
	_, f, stands := b.Finding(uri, id)
	if !stands {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dismissed[f.ID] = true
	return true
}

// Reviewed says that exactly this text was reviewed whole before.
func (b *Board) Reviewed(doc *text.Document) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.docs[doc.URI()]
	return s != nil && s.reviewed != "" && s.reviewed == doc.Text()
}

// Unreviewed forgets which texts were reviewed whole, so that each is asked
// about again when it is saved.
func (b *Board) Unreviewed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.docs {
		s.forget()
	}
}

// forget makes neither the text that was reviewed nor those under review count
// as reviewed whole.
func (s *sheet) forget() {
	s.reviewed = ""
	for run := range s.runs {
		run.lost = true
	}
}

// Run is one review under way: what it finds is anchored in the document that
// it began with, and carried to the newest one on arrival.
type Run struct {
	board *Board
	doc   *text.Document
	first int // of the lines that are asked about
	last  int

	// Guarded by the board's lock.
	edits      []text.Edit // from doc to the newest version
	supersedes map[string]bool
	pass       int
	lost       bool // something that it found is gone, so the text's findings are not all there
}

// Begin starts a review of lines first to last of doc. It is false when the
// document is not open, or has left doc too far behind.
func (b *Board) Begin(doc *text.Document, first, last int) (*Run, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.docs[doc.URI()]
	if s == nil {
		return nil, false
	}
	run := &Run{board: b, doc: doc, first: first, last: last, supersedes: map[string]bool{}}
	if s.doc != doc && s.doc.Text() != doc.Text() {
		at := slices.IndexFunc(s.past, func(st step) bool { return st.version > doc.Version() })
		if at < 0 || at == 0 && len(s.past) == mostPast {
			return nil, false
		}
		for _, st := range s.past[at:] {
			run.edits = append(run.edits, st.edits...)
		}
	}
	region, whole := doc.Anchor(first, last), first == 0 && last >= doc.LineCount()-1
	if carried, stands := region.Carry(run.edits, s.doc); stands {
		region = carried
	}
	for _, f := range s.findings {
		if whole || f.Anchor.First() >= region.First() && f.Anchor.Last() <= region.Last() {
			run.supersedes[f.ID] = true
		}
	}
	s.runs[run] = true
	b.passes++
	run.pass = b.passes
	return run, true
}

// Restart says that the answer begins again. What was found so far stays, and
// what the new answer says about the same code takes its place.
func (r *Run) Restart() {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	r.board.passes++
	r.pass = r.board.passes
}

// Add puts a finding, anchored in the run's document, on the board. It gives
// the finding as it stands now, and false when it does not: its lines were
// edited meanwhile, it was dismissed, it says again what stands already, or
// the document is closed.
func (r *Run) Add(f Finding) (Finding, bool) {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	s := r.board.docs[r.doc.URI()]
	if s == nil || !s.runs[r] || len(s.findings) >= mostKept {
		return Finding{}, false
	}
	carried, stands := f.Anchor.Carry(r.edits, s.doc)
	if !stands {
		r.lost = true
		return Finding{}, false
	}
	f.Anchor, f.pass = carried, r.pass
	if !s.put(&f, r) {
		return Finding{}, false
	}
	return f, !r.board.dismissed[f.ID]
}

// put stores f, in the place of what an earlier answer said about the same code.
// It is false when this answer has said so already.
func (s *sheet) put(f *Finding, r *Run) bool {
	place, likeness := -1, -1
	for i, old := range s.findings {
		if old.identity != f.identity {
			continue
		}
		// The same code may stand in several places, and have several problems.
		like := 0
		if old.Anchor.First() == f.Anchor.First() {
			like++
		}
		if strings.EqualFold(old.Message, f.Message) {
			like += 2
		}
		switch {
		case old.pass == r.pass && like == 3:
			return false
		case old.pass != r.pass && like > likeness:
			place, likeness = i, like
		}
	}
	if place >= 0 {
		f.ID = s.findings[place].ID
		s.findings[place] = *f
		delete(r.supersedes, f.ID)
		return true
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

// End ends the run. After a whole answer, what stood in the lines that were
// asked about and was not said again is gone; after a cut one it stays, since
// nobody knows. It tells whether something was taken away.
func (r *Run) End(whole bool) bool {
	r.board.mu.Lock()
	defer r.board.mu.Unlock()
	s := r.board.docs[r.doc.URI()]
	if s == nil || !s.runs[r] {
		return false
	}
	delete(s.runs, r)
	if !whole {
		return false
	}
	if !r.lost && r.first == 0 && r.last >= r.doc.LineCount()-1 {
		s.reviewed = r.doc.Text()
	}
	before := len(s.findings)
	s.findings = slices.DeleteFunc(s.findings, func(f Finding) bool { return r.supersedes[f.ID] })
	return len(s.findings) < before
}

// URIs are the open documents.
func (b *Board) URIs() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.docs))
}
