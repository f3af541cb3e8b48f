package text

import (
	"maps"
	"sync/atomic"
)

// Store is the open documents. Open, Change and Close belong to one goroutine,
// the one that takes the editor's notifications in order; everything else may
// be called from anywhere.
type Store struct {
	open atomic.Pointer[map[string]*Document] // the map is never written to
}

// NewStore is a store with nothing open.
func NewStore() *Store {
	s := new(Store)
	s.open.Store(&map[string]*Document{})
	return s
}

// Open adds d. A document with the same URI is replaced.
func (s *Store) Open(d *Document) {
	next := maps.Clone(*s.open.Load())
	next[d.URI()] = d
	s.open.Store(&next)
}

// Change applies the changes of one notification to the document at uri and
// gives its next version and what was edited. It is false when nothing is open
// there.
func (s *Store) Change(uri string, version int32, changes []Change, enc Encoding) (*Document, []Edit, bool) {
	d, ok := s.Document(uri)
	if !ok {
		return nil, nil, false
	}
	next, edits := d.Apply(version, changes, enc)
	s.Open(next)
	return next, edits, true
}

// Close forgets the document at uri and tells whether it was open.
func (s *Store) Close(uri string) bool {
	if _, ok := s.Document(uri); !ok {
		return false
	}
	next := maps.Clone(*s.open.Load())
	delete(next, uri)
	s.open.Store(&next)
	return true
}

// Document is the newest version of the document at uri; false: it is not open.
func (s *Store) Document(uri string) (*Document, bool) {
	return s.Snapshot().Document(uri)
}

// Snapshot is what is open now. It never changes.
func (s *Store) Snapshot() Snapshot {
	return Snapshot{*s.open.Load()}
}

// Snapshot is the documents that were open at one moment.
type Snapshot struct{ open map[string]*Document }

// Document is the version of the document at uri in this snapshot.
func (s Snapshot) Document(uri string) (*Document, bool) {
	d, ok := s.open[uri]
	return d, ok
}

// Len is the number of documents.
func (s Snapshot) Len() int { return len(s.open) }
