package guard

import (
	"context"
	"slices"
	"sync"

	"github.com/ai-lsp/ai-lsp/llm"
)

// Limiter lets a bounded number of calls run at once. A person's calls go
// before the others; within each kind the first to come is the first served.
type Limiter struct {
	next llm.Model
	size func() int

	mu      sync.Mutex
	running int            // guarded by mu
	waiting [2][]chan bool // guarded by mu; a person's, then the others; closed by who gives a place
}

var _ llm.Model = (*Limiter)(nil)

// Limit wraps next. size is read each time a call comes or ends, so that it
// may change, and must not call back; below 1 it counts as 1. After a raise,
// [Limiter.Resized] lets the waiting in at once.
func Limit(next llm.Model, size func() int) *Limiter {
	return &Limiter{next: next, size: size}
}

// Complete waits for its turn and asks. A context that ends while it waits is
// an [*llm.Error] of ClassCancelled.
func (l *Limiter) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	if err := l.enter(ctx, req.Interactive); err != nil {
		return llm.Reply{}, err
	}
	defer l.leave()
	return l.next.Complete(ctx, req, sink)
}

// Running is the number of calls that are under way.
func (l *Limiter) Running() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// Waiting is the number of calls that wait for their turn.
func (l *Limiter) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting[0]) + len(l.waiting[1])
}

// Resized lets in whom the size of now has room for.
func (l *Limiter) Resized() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.admit()
}

func (l *Limiter) enter(ctx context.Context, interactive bool) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	line := 1
	if interactive {
		line = 0
	}
	turn := make(chan bool)
	l.mu.Lock()
	l.waiting[line] = append(l.waiting[line], turn)
	l.admit()
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting[line], turn); i >= 0 {
		l.waiting[line] = slices.Delete(l.waiting[line], i, i+1)
		return ended(ctx)
	}
	l.running-- // the turn came in the same moment: pass it on
	l.admit()
	return ended(ctx)
}

func (l *Limiter) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	l.admit()
}

// admit gives free places away. The caller holds mu.
func (l *Limiter) admit() {
	size := max(l.size(), 1)
	for i := range l.waiting {
		for l.running < size && len(l.waiting[i]) > 0 {
			close(l.waiting[i][0])
			l.waiting[i] = slices.Delete(l.waiting[i], 0, 1)
			l.running++
		}
	}
}

func ended(ctx context.Context) *llm.Error {
	return &llm.Error{Class: llm.ClassCancelled, Err: context.Cause(ctx), Say: "Cancelled."}
}
