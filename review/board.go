package review

import (
	"maps"
	"slices"
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
	dismissals *Dismissals

	mu     sync.Mutex
	docs   map[string]*sheet
	passes int // numbers the answers, see Finding.pass
}

// sheet is what the board knows of one open document.
type sheet struct {
	doc      *text.Document // the newest version
	findings []Finding      // anchored in doc
	runs     map[*Run]bool  // reviews that are under way
	past     []step         // the latest steps that led to doc
}

// step is one change notification.
type step struct {
	version int32 // that it led to
	edits   []text.Edit
}

// mostPast is how many notifications a snapshot may be behind when its review
// begins. It begins within a moment of the snapshot, so few are needed.
const mostPast = 64

// NewBoard is a board with nothing on it. What dismissals say holds at once.
func NewBoard(dismissals *Dismissals) *Board {
	return &Board{docs: map[string]*sheet{}, dismissals: dismissals}
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
		if f.Confidence >= view.MinConfidence && !b.hides(s, f) {
			shown = append(shown, f)
		}
	}
	most := view.MaxFindings
	if most <= 0 {
		most = len(shown)
	}
	return s.doc, strongest(shown, most)
}

// hides says that a finding of a sheet is not shown: the model took it back, a
// person dismissed it, or a comment in the code says so.
func (b *Board) hides(s *sheet, f Finding) bool {
	return f.Rejected != "" || b.dismissals.Dismissed(f.About, f.sole) && !b.isBeside(s, f) ||
		Suppressed(s.doc, f.Anchor.First(), f.Anchor.Last(), f.Type)
}

// isBeside says that a finding is not the one that was dismissed, but another
// problem of the same lines: the dismissed one stands beside it, in its very
// words.
func (b *Board) isBeside(s *sheet, f Finding) bool {
	var others []string
	for _, other := range s.findings {
		if other.identity == f.identity && other.ID != f.ID {
			others = append(others, other.Message)
		}
	}
	if len(others) == 0 {
		return false
	}
	words := b.dismissals.words(f.About, f.sole)
	return !slices.Contains(words, f.Message) && slices.ContainsFunc(others, func(m string) bool { return slices.Contains(words, m) })
}

// Finding gives the finding with an id, if it still stands and is not hidden,
// and the document that it stands in.
func (b *Board) Finding(uri, id string) (*text.Document, Finding, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.docs[uri]; s != nil {
		for _, f := range s.findings {
			if f.ID == id {
				return s.doc, f, !b.hides(s, f)
			}
		}
	}
	return nil, Finding{}, false
}

// standing is a document and all that stands in it, shown or not.
func (b *Board) standing(uri string) (*text.Document, []Finding) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.docs[uri]; s != nil {
		return s.doc, slices.Clone(s.findings)
	}
	return nil, nil
}

// URIs are the open documents.
func (b *Board) URIs() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.docs))
}
