package handlers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// errClosed is the cause of a context whose document was closed.
var errClosed = errors.New("the document was closed")

// reviews holds what is under way: for each document the review that waits to
// begin, the review of the whole text that runs, and every call that has to end
// when the document is closed. A text is never reviewed twice at a time.
type reviews struct {
	mu      sync.Mutex
	waiting map[string]*running
	asking  map[string]*running
	calls   map[string]map[*running]bool
}

// running is one review or other call. What came of it is set before ended is
// closed.
type running struct {
	doc      *text.Document
	scope    string // what of the document is asked about
	byPerson bool   // a save does not replace it
	waiters  int    // guarded by the lock; persons' commands that wait for it
	cancel   context.CancelCauseFunc
	wanted   []func(settings.Trigger) bool // guarded by the lock; what started it
	ended    chan struct{}
	result   review.Result
	whole    bool // what was asked about is known now
}

func newReviews() *reviews {
	return &reviews{
		waiting: map[string]*running{}, asking: map[string]*running{}, calls: map[string]map[*running]bool{},
	}
}

// open registers a call about a document. It must be closed.
func (r *reviews) open(ctx context.Context, doc *text.Document, byPerson bool) (context.Context, *running) {
	ctx, cancel := context.WithCancelCause(ctx)
	mine := &running{doc: doc, byPerson: byPerson, cancel: cancel, ended: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls[doc.URI()] == nil {
		r.calls[doc.URI()] = map[*running]bool{}
	}
	r.calls[doc.URI()][mine] = true
	return ctx, mine
}

// close ends a call. Its place is free before anyone hears of the end.
func (r *reviews) close(mine *running) {
	mine.cancel(nil)
	defer close(mine.ended)
	uri := mine.doc.URI()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, slot := range []map[string]*running{r.waiting, r.asking} {
		if slot[uri] == mine {
			delete(slot, uri)
		}
	}
	delete(r.calls[uri], mine)
	if len(r.calls[uri]) == 0 {
		delete(r.calls, uri)
	}
}

// closeAll ends everything about a document.
func (r *reviews) closeAll(uri string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for call := range r.calls[uri] {
		call.cancel(errClosed)
	}
	// Should it be opened again before they have ended, they are not waited for.
	delete(r.waiting, uri)
	delete(r.asking, uri)
}

// wait makes a review the next one of its document. It is false when one of
// the same text waits or runs already.
func (r *reviews) wait(doc *text.Document, mine *running, wanted func(settings.Trigger) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asking[doc.URI()].isOf(doc) {
		return false
	}
	if next := r.waiting[doc.URI()]; next.isOf(doc) {
		next.wanted = append(next.wanted, wanted)
		return false
	}
	mine.wanted = append(mine.wanted, wanted)
	r.waiting[doc.URI()] = mine
	return true
}

// turn takes the turn of a review that waited. It is false when a newer one
// has taken its place, or nothing that started it counts any more.
func (r *reviews) turn(mine *running, on settings.Trigger) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	uri := mine.doc.URI()
	if r.waiting[uri] != mine {
		return false
	}
	delete(r.waiting, uri)
	for _, wanted := range mine.wanted {
		if wanted(on) {
			return true
		}
	}
	return false
}

// ask makes a review of a whole text the one that runs. One of another text
// ends, unless a person has asked for it or waits for it. The result is the
// review of the same text that runs already: then this one does not, and a
// person's waits for that one, until [reviews.leave].
func (r *reviews) ask(mine *running) *running {
	r.mu.Lock()
	defer r.mu.Unlock()
	uri := mine.doc.URI()
	old := r.asking[uri]
	switch {
	case old.isOf(mine.doc):
		if mine.byPerson {
			old.waiters++
		}
		return old
	case old != nil && mine.byPerson && old.doc.Version() > mine.doc.Version():
		return nil // the newer text keeps the place
	case old != nil && !old.byPerson && old.waiters == 0:
		old.cancel(context.Canceled)
	}
	r.asking[uri] = mine
	return nil
}

// leave ends the waiting for a review. Whoever gives it up means the review,
// unless another person has asked for it or waits for it too.
func (r *reviews) leave(other *running, givenUp bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	other.waiters--
	if givenUp && other.waiters == 0 && !other.byPerson {
		other.cancel(context.Canceled)
	}
}

// isOf says that a review is about just the text of doc.
func (r *running) isOf(doc *text.Document) bool {
	return r != nil && r.doc.Text() == doc.Text() && r.doc.Language() == doc.Language()
}

// reviewByItself reviews a document that was opened or saved. What is not done
// is said in the log, once.
func (h *Handlers) reviewByItself(doc *text.Document, wanted func(settings.Trigger) bool) {
	if pathOf(doc.URI()) == "" {
		return // not a file: editors open such documents by themselves, to compare or to preview
	}
	ctx, mine := h.reviews.open(h.ctx, doc, false)
	if !h.reviews.wait(doc, mine, wanted) {
		h.reviews.close(mine)
		return
	}
	h.background(func(context.Context) {
		defer h.reviews.close(mine)
		h.settle(ctx)
		now := h.deps.Settings.Now().Review
		if !h.reviews.turn(mine, now.On) {
			return
		}
		if reason := h.refusal(doc, 0, doc.LineCount()-1); reason != "" {
			h.skipped(doc, reason)
			return
		}
		ask := review.Ask{Doc: doc, Verify: now.Verify == settings.VerifyAlways}
		if mine.scope = scopeFile; now.Scope == settings.ScopeChanged {
			mine.scope = scopeChanged
			if h.onlyChanged(ctx, &ask); len(ask.Wanted) == 0 {
				return // just as it was committed
			}
		}
		if ask.Refused = h.health.refusal(false); h.reviews.ask(mine) != nil {
			return
		}
		// What a person can do something about was told by health.
		if err := h.review(ctx, mine, ask, pause); errors.Is(err, review.ErrNotOpen) {
			h.deps.Log("a review was not begun: %v", err)
		}
	})
}

// skipped says in the editor's log, once, that a document is not reviewed.
func (h *Handlers) skipped(doc *text.Document, reason string) {
	if h.once.first("skip " + doc.URI() + reason) {
		h.tell(messageInfo, fmt.Sprintf("ai-lsp: %s is not reviewed: %s.", labelOf(doc.URI()), reason))
	}
}

// onlyChanged narrows what is asked about to what differs from the last commit;
// of a document that is in no commit, that is all.
func (h *Handlers) onlyChanged(ctx context.Context, ask *review.Ask) {
	ask.Near = true
	if path := pathOf(ask.Doc.URI()); path != "" && h.deps.Changed != nil {
		change := h.deps.Changed(ctx, path, ask.Doc)
		ask.Wanted, ask.Base = change.Lines, change.Base
		return
	}
	ask.Wanted = []syntax.Lines{{First: 0, Last: ask.Doc.LineCount() - 1}}
}

// reviewForPerson reviews what a person asked for. If the same text is under
// review, that is waited for first, so that nothing is paid for twice.
func (h *Handlers) reviewForPerson(ctx context.Context, ask review.Ask, scope string) (review.Result, error) {
	ctx, mine := h.reviews.open(ctx, ask.Doc, true)
	defer h.reviews.close(mine)
	if mine.scope = scope; scope == scopeFile || scope == scopeChanged {
		for other := h.reviews.ask(mine); other != nil; other = h.reviews.ask(mine) {
			if err := h.waitFor(ctx, other); err != nil {
				return review.Result{}, err
			}
			if other.whole && (other.scope == scope || other.scope == scopeFile) {
				return other.result, nil
			}
		}
	}
	err := h.review(ctx, mine, ask, 0)
	return mine.result, err
}

// waitFor shows that a review is under way until it has ended.
func (h *Handlers) waitFor(ctx context.Context, other *running) error {
	name := labelOf(other.doc.URI())
	ctx, shown := h.progress.start(ctx, "AI review", 0, reportGap, " · ")
	shown.report(name + ": the review that was started before goes on")
	select {
	case <-other.ended:
		h.reviews.leave(other, false)
		shown.finish(name + ": done")
		return nil
	case <-ctx.Done():
		h.reviews.leave(other, true)
		err := context.Cause(ctx)
		shown.finish(name + ": cancelled")
		return err
	}
}

// review asks about pieces of a document, shows progress after a while, and
// publishes each finding when it is told.
func (h *Handlers) review(ctx context.Context, mine *running, ask review.Ask, after time.Duration) error {
	uri, name := ask.Doc.URI(), labelOf(ask.Doc.URI())
	view := h.view()
	h.recallDue(ctx, uri)
	h.dismissedElsewhere(ctx)
	ctx, shown := h.progress.start(ctx, "AI review", after, reportGap, " · ")
	defer shown.finish(name + ": failed") // unless it ended in better order
	done, units := 0, 0                   // guarded by the review
	state := func() string { return fmt.Sprintf("%s: %d of %s", name, done, plural(units, "unit")) }
	shown.open(name)
	ask.MinConfidence = view.MinConfidence
	ask.Done = func(d, of int) {
		if done, units = d, of; done == 0 {
			shown.open(state())
		} else {
			shown.report(state())
		}
	}
	ask.Found = func(f review.Finding) {
		h.publisher.soon(uri)
		shown.report(fmt.Sprintf("%s, line %d: %s", state(), f.Anchor.First()+1, f.Message))
	}
	result, err := h.reviewer.Review(ctx, ask)
	h.publisher.now(uri)
	h.told()
	refused, _ := errors.AsType[*review.RefusedError](err)
	if refused == nil && (err != nil || result.Calls > 0) {
		h.health.after(err)
	}
	if result.Unverified != nil {
		h.deps.Log("findings have not got their second look: %v", result.Unverified)
	}
	if llm.ClassOf(err) == llm.ClassTooLong && h.once.first("too long "+uri) {
		h.tell(messageInfo, fmt.Sprintf("ai-lsp: %s: %v", name, h.commandError(err)))
	}
	if result.Dropped > 0 {
		h.deps.Log("%d issues of a reply could not be read or stand nowhere in the text", result.Dropped)
	}
	cancelled := ctx.Err() != nil
	if cancelled {
		err, result.Partial = context.Cause(ctx), true
	}
	mine.result, mine.whole = result, err == nil && !result.Partial
	shown.finish(name + ": " + lastWord(result, view.MaxFindings, err, cancelled))
	return err
}

// lastWord says how a review ended, in the words of a person.
func lastWord(result review.Result, most int, err error, cancelled bool) string {
	found := plural(result.Findings, "finding")
	if result.Rejected > 0 {
		found += fmt.Sprintf(", %d more not confirmed by a second look", result.Rejected)
	}
	switch {
	case errors.As(err, new(*review.RefusedError)):
		return found + "; the rest waits until the model can be asked"
	case cancelled:
		return fmt.Sprintf("cancelled, %s so far", found)
	case err != nil || result.Partial:
		return fmt.Sprintf("cut short, %s so far", found)
	case result.Findings > most:
		return fmt.Sprintf("%s, the %d most severe are shown", found, most)
	}
	return found
}

// labelOf is the name of a document where people read it. Names come with the
// code, and editors make links of what looks like one.
func labelOf(uri string) string { return review.PlainLine(nameOf(uri)) }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
