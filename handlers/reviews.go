package handlers

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

type running struct{ cancel context.CancelFunc }

func newReviews() *reviews { return &reviews{running: map[string]*running{}} }

// begin replaces the review of a document. The second result ends it.
func (r *reviews) begin(ctx context.Context, uri string) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	mine := &running{cancel}
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.running[uri]; old != nil {
		old.cancel()
	}
	r.running[uri] = mine
	return ctx, func() {
		cancel()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.running[uri] == mine {
			delete(r.running, uri)
		}
	}
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
	ctx, done := h.reviews.begin(h.ctx, uri)
	h.background(func(context.Context) {
		defer done()
		h.reloadSettings(ctx)
		if !wanted(h.deps.Settings.Now().Review.On) {
			return
		}
		if reason := h.refusal(doc); reason != "" {
			if h.once.first("skip " + uri + reason) {
				h.tell(messageInfo, fmt.Sprintf("ai-lsp: %s is not reviewed: %s.", nameOf(uri), reason))
			}
			return
		}
		if h.board.Reviewed(doc) || h.health.refusal(false) != "" {
			return
		}
		// Failures were told by health, and nobody waits for more.
		_, _ = h.review(ctx, review.Ask{Doc: doc, First: 0, Last: doc.LineCount() - 1}, pause)
	})
}

// review asks about lines, shows progress after a while, and publishes each
// finding when it is told.
func (h *Handlers) review(ctx context.Context, ask review.Ask, after time.Duration) (review.Result, error) {
	uri := ask.Doc.URI()
	name := nameOf(uri)
	ctx, shown := h.progress.start(ctx, "AI review", after, reportGap, " · ")
	defer shown.finish(name + ": failed") // unless it ended in better order
	shown.report(name + ": 0 of 1 units")
	ask.Found = func(f review.Finding) {
		h.publisher.soon(uri)
		shown.report(fmt.Sprintf("%s:%d %s: %s", name, f.Anchor.First()+1, f.Type, f.Message))
	}
	result, err := h.reviewer.Review(ctx, ask)
	h.publisher.now(uri)
	h.health.after(err)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
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
