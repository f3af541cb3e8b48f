package handlers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// reviews holds the reviews that no person started: one for each document, the
// newest.
type reviews struct {
	mu      sync.Mutex
	running map[string]*running
}

// running is one of them. What came of it is set before ended is closed.
type running struct {
	cancel context.CancelFunc
	doc    *text.Document
	asking atomic.Bool // the model is asked, or about to be
	ended  chan struct{}
	result review.Result
	whole  bool // the model was asked, and answered whole
}

func newReviews() *reviews { return &reviews{running: map[string]*running{}} }

// begin replaces the review of a document. It must be ended.
func (r *reviews) begin(ctx context.Context, doc *text.Document) (context.Context, *running) {
	ctx, cancel := context.WithCancel(ctx)
	mine := &running{cancel: cancel, doc: doc, ended: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.running[doc.URI()]; old != nil {
		old.cancel()
	}
	r.running[doc.URI()] = mine
	return ctx, mine
}

func (r *reviews) end(mine *running) {
	mine.cancel()
	close(mine.ended)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[mine.doc.URI()] == mine {
		delete(r.running, mine.doc.URI())
	}
}

// of is the review of exactly this text that is under way; nil: there is none.
func (r *reviews) of(doc *text.Document) *running {
	r.mu.Lock()
	defer r.mu.Unlock()
	if it := r.running[doc.URI()]; it != nil && it.asking.Load() && it.doc.Text() == doc.Text() {
		return it
	}
	return nil
}

func (r *reviews) cancel(uri string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.running[uri]; old != nil {
		old.cancel()
	}
}

// reviewByItself reviews a document that was opened or saved. What is not done
// is said in the log, once.
func (h *Handlers) reviewByItself(doc *text.Document, wanted func(settings.Trigger) bool) {
	uri := doc.URI()
	if pathOf(uri) == "" {
		return // not a file: editors open such documents by themselves, to compare or to preview
	}
	ctx, mine := h.reviews.begin(h.ctx, doc)
	h.background(func(context.Context) {
		defer h.reviews.end(mine)
		h.settle(ctx)
		if !wanted(h.deps.Settings.Now().Review.On) {
			return
		}
		if reason := h.refusal(doc, 0, doc.LineCount()-1); reason != "" {
			if h.once.first("skip " + uri + reason) {
				h.tell(messageInfo, fmt.Sprintf("ai-lsp: %s is not reviewed: %s.", nameOf(uri), reason))
			}
			return
		}
		if h.board.Reviewed(doc) || h.health.refusal(false) != "" {
			return
		}
		mine.asking.Store(true)
		// Failures were told by health.
		result, err := h.review(ctx, review.Ask{Doc: doc, First: 0, Last: doc.LineCount() - 1}, pause)
		mine.result, mine.whole = result, err == nil && !result.Partial
	})
}

// reviewForPerson reviews what a person asked for. A review of the same text
// that a save has started is waited for instead, so that it is paid for once.
func (h *Handlers) reviewForPerson(ctx context.Context, ask review.Ask) (review.Result, error) {
	if whole := ask.First == 0 && ask.Last == ask.Doc.LineCount()-1; whole {
		if other := h.reviews.of(ask.Doc); other != nil {
			if err := h.waitFor(ctx, other); err != nil || other.whole {
				return other.result, err
			}
		}
	}
	return h.review(ctx, ask, 0)
}

// waitFor shows that a review is under way until it has ended. Who cancels the
// waiting means the review.
func (h *Handlers) waitFor(ctx context.Context, other *running) error {
	name := nameOf(other.doc.URI())
	ctx, shown := h.progress.start(ctx, "AI review", 0, reportGap, " · ")
	defer shown.finish(name + ": done")
	shown.report(name + ": the review that the save has started goes on")
	select {
	case <-other.ended:
		return nil
	case <-ctx.Done():
		other.cancel()
		<-other.ended
		return context.Cause(ctx)
	}
}

// review asks about lines, shows progress after a while, and publishes each
// finding when it is told.
func (h *Handlers) review(ctx context.Context, ask review.Ask, after time.Duration) (review.Result, error) {
	uri := ask.Doc.URI()
	name := nameOf(uri)
	ctx, shown := h.progress.start(ctx, "AI review", after, reportGap, " · ")
	defer shown.finish(name + ": failed") // unless it ended in better order
	shown.open(name + ": 0 of 1 unit")
	ask.Found = func(f review.Finding) {
		h.publisher.soon(uri)
		shown.report(fmt.Sprintf("%s: 0 of 1 unit, line %d: %s", name, f.Anchor.First()+1, f.Message))
	}
	result, err := h.reviewer.Review(ctx, ask)
	h.publisher.now(uri)
	h.health.after(err)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err == nil && !result.Partial {
		shown.report(name + ": 1 of 1 unit")
	}
	shown.finish(lastWord(name, result, err))
	return result, err
}

// lastWord says how a review ended, in the words of a person.
func lastWord(name string, result review.Result, err error) string {
	found := plural(result.Findings, "finding")
	if errors.Is(err, errStopped) || errors.Is(err, context.Canceled) {
		return fmt.Sprintf("%s: cancelled, %s so far", name, found)
	}
	if err != nil || result.Partial {
		return fmt.Sprintf("%s: cut short, %s so far", name, found)
	}
	return fmt.Sprintf("%s: %s", name, found)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
