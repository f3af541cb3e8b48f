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
	byPerson bool // a save does not replace it
	cancel   context.CancelCauseFunc
	wanted   []func(settings.Trigger) bool // guarded by the lock; what started it
	ended    chan struct{}
	result   review.Result
	whole    bool // the model was asked, and answered whole
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

func (r *reviews) close(mine *running) {
	mine.cancel(nil)
	close(mine.ended)
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

// ask makes a review of a whole text the one that runs. One of an older text
// that no person has asked for ends. The result is the review of the same text
// that runs already; then this one does not.
func (r *reviews) ask(mine *running) *running {
	r.mu.Lock()
	defer r.mu.Unlock()
	uri := mine.doc.URI()
	old := r.asking[uri]
	if old.isOf(mine.doc) {
		return old
	}
	if old != nil && !old.byPerson {
		old.cancel(context.Canceled)
	}
	r.asking[uri] = mine
	return nil
}

// isOf says that a review is about just the text of doc.
func (r *running) isOf(doc *text.Document) bool {
	return r != nil && r.doc.Text() == doc.Text()
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
		if !h.reviews.turn(mine, h.deps.Settings.Now().Review.On) {
			return
		}
		last := doc.LineCount() - 1
		if reason := h.refusal(doc, 0, last); reason != "" {
			if h.once.first("skip " + doc.URI() + reason) {
				h.tell(messageInfo, fmt.Sprintf("ai-lsp: %s is not reviewed: %s.", labelOf(doc.URI()), reason))
			}
			return
		}
		if h.board.Reviewed(doc) || h.health.refusal(false) != "" || h.reviews.ask(mine) != nil {
			return
		}
		_ = h.review(ctx, mine, review.Ask{Doc: doc, Last: last}, pause) // failures were told by health
	})
}

// reviewForPerson reviews what a person asked for. If the same text is under
// review, that is waited for instead, so that it is paid for once.
func (h *Handlers) reviewForPerson(ctx context.Context, ask review.Ask) (review.Result, error) {
	ctx, mine := h.reviews.open(ctx, ask.Doc, true)
	defer h.reviews.close(mine)
	if whole := ask.First == 0 && ask.Last == ask.Doc.LineCount()-1; whole {
		if other := h.reviews.ask(mine); other != nil {
			if err := h.waitFor(ctx, other); err != nil || other.whole {
				return other.result, err
			}
			h.reviews.ask(mine)
		}
	}
	err := h.review(ctx, mine, ask, 0)
	return mine.result, err
}

// waitFor shows that a review is under way until it has ended. Who cancels the
// waiting means the review, unless another person's command waits for it too.
func (h *Handlers) waitFor(ctx context.Context, other *running) error {
	name := labelOf(other.doc.URI())
	ctx, shown := h.progress.start(ctx, "AI review", 0, reportGap, " · ")
	defer shown.finish(name + ": done")
	shown.report(name + ": the review that was started before goes on")
	select {
	case <-other.ended:
		return nil
	case <-ctx.Done():
		if !other.byPerson {
			other.cancel(context.Cause(ctx))
			<-other.ended
		}
		return context.Cause(ctx)
	}
}

// review asks about lines, shows progress after a while, and publishes each
// finding when it is told.
func (h *Handlers) review(ctx context.Context, mine *running, ask review.Ask, after time.Duration) error {
	uri, name := ask.Doc.URI(), labelOf(ask.Doc.URI())
	view := h.view()
	ctx, shown := h.progress.start(ctx, "AI review", after, reportGap, " · ")
	defer shown.finish(name + ": failed") // unless it ended in better order
	shown.open(name + ": 0 of 1 unit")
	ask.MinConfidence = view.MinConfidence
	ask.Found = func(f review.Finding) {
		h.publisher.soon(uri)
		shown.report(fmt.Sprintf("%s: 0 of 1 unit, line %d: %s", name, f.Anchor.First()+1, f.Message))
	}
	result, err := h.reviewer.Review(ctx, ask)
	h.publisher.now(uri)
	fault, _ := errors.AsType[*llm.Error](err)
	switch {
	case fault != nil && fault.Class == llm.ClassTooLong: // says something of this text alone
		if h.once.first("too long " + uri) {
			h.tell(messageInfo, fmt.Sprintf("ai-lsp: %s: %s", name, fault.Say))
		}
	case err != nil || result.Calls > 0:
		h.health.after(err)
	}
	if ctx.Err() != nil {
		err, result.Partial = context.Cause(ctx), true
	}
	if err == nil && !result.Partial {
		shown.report(name + ": 1 of 1 unit")
	}
	mine.result, mine.whole = result, err == nil && !result.Partial
	shown.finish(lastWord(name, result, view.MaxFindings, err))
	return err
}

// lastWord says how a review ended, in the words of a person.
func lastWord(name string, result review.Result, most int, err error) string {
	found := plural(result.Findings, "finding")
	switch {
	case errors.Is(err, errStopped), errors.Is(err, errClosed), errors.Is(err, context.Canceled):
		return fmt.Sprintf("%s: cancelled, %s so far", name, found)
	case err != nil || result.Partial:
		return fmt.Sprintf("%s: cut short, %s so far", name, found)
	case result.Findings > most:
		return fmt.Sprintf("%s: %s, the %d most severe are shown", name, found, most)
	}
	return fmt.Sprintf("%s: %s", name, found)
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
