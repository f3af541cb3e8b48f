package handlers

import (
	"context"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// recallPause is how long a text must rest before it is looked up again what is
// known of it.
const recallPause = 300 * time.Millisecond

// recalls are the documents that changed beside the keyboard, and have not been
// looked up yet.
type recalls struct {
	mu     sync.Mutex
	timers map[string]*time.Timer
	isDue  map[string]bool
	turn   chan struct{} // held by the one that is looked up
}

func newRecalls() *recalls {
	return &recalls{timers: map[string]*time.Timer{}, isDue: map[string]bool{}, turn: make(chan struct{}, 1)}
}

// later runs do when nothing has been asked for a document for a while.
func (r *recalls) later(uri string, do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if timer := r.timers[uri]; timer != nil {
		timer.Stop()
	}
	r.timers[uri] = time.AfterFunc(recallPause, func() {
		r.mu.Lock()
		delete(r.timers, uri)
		r.mu.Unlock()
		do()
	})
}

// due says that a document is to be looked up.
func (r *recalls) due(uri string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isDue[uri] = true
}

// claim takes it upon the caller. It is false when that is not due any more.
func (r *recalls) claim(uri string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	due := r.isDue[uri]
	delete(r.isDue, uri)
	return due
}

// forget is for a document that was closed.
func (r *recalls) forget(uri string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.isDue, uri)
	if timer := r.timers[uri]; timer != nil {
		timer.Stop()
		delete(r.timers, uri)
	}
}

func (r *recalls) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, timer := range r.timers {
		timer.Stop()
	}
}

// recall shows what is known of a document, at no cost.
func (h *Handlers) recall(doc *text.Document) {
	h.recalls.due(doc.URI())
	h.background(func(ctx context.Context) {
		h.settle(ctx)
		// An editor that starts may open a thousand files; the rest of what it asks
		// must not wait for them all to be parsed.
		select {
		case h.recalls.turn <- struct{}{}:
			defer func() { <-h.recalls.turn }()
		case <-ctx.Done():
			return
		}
		h.recallDue(ctx, doc.URI())
	})
}

// recallDue looks a document up, if that is due. A review does so before it
// asks anything: what it stores must not come back as known before.
func (h *Handlers) recallDue(ctx context.Context, uri string) {
	doc, open := h.docs.Document(uri)
	if !h.recalls.claim(uri) || !open || h.refusal(doc, 0, doc.LineCount()-1) != "" {
		return // what is not sent is not spoken of either
	}
	h.dismissedElsewhere(ctx)
	h.reviewer.Recall(ctx, doc)
	h.publisher.now(uri)
	h.told()
}

// recallLater looks a document up again after a change that nobody has typed,
// such as a branch that was switched: what it led back to may be known.
func (h *Handlers) recallLater(uri string) {
	h.recalls.later(uri, func() {
		if doc, open := h.docs.Document(uri); open {
			h.recall(doc)
		}
	})
}

// isTyped says that edits are small enough to have been made by hand.
func isTyped(old *text.Document, edits []text.Edit, doc *text.Document) bool {
	const most = 10 // lines, or places at once
	lines := old.LineCount() - doc.LineCount()
	return len(edits) <= most && lines < most && lines > -most
}
