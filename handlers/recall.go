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
	turn   chan struct{} // held by the one that is looked up
}

func newRecalls() *recalls {
	return &recalls{timers: map[string]*time.Timer{}, turn: make(chan struct{}, 1)}
}

// later runs do when nothing has been asked for a document for a while.
func (r *recalls) later(uri string, do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if timer := r.timers[uri]; timer != nil {
		timer.Stop()
	}
	r.timers[uri] = time.AfterFunc(recallPause, do)
}

// forget is for a document that was closed.
func (r *recalls) forget(uri string) {
	r.mu.Lock()
	defer r.mu.Unlock()
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
	h.background(func(ctx context.Context) {
		h.settle(ctx)
		if h.refusal(doc, 0, doc.LineCount()-1) != "" {
			return // what is not sent is not spoken of either
		}
		// An editor that starts may open a thousand files; the rest of what it asks
		// must not wait for them all to be parsed.
		select {
		case h.recalls.turn <- struct{}{}:
			defer func() { <-h.recalls.turn }()
		case <-ctx.Done():
			return
		}
		doc, open := h.docs.Document(doc.URI())
		if !open {
			return // it was closed while it waited
		}
		h.dismissedElsewhere(ctx)
		h.reviewer.Recall(ctx, doc)
		h.publisher.now(doc.URI())
		h.told()
	})
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
