package guard

import (
	"context"
	"slices"
	"sync"

	"github.com/ai-lsp/ai-lsp/llm"
)

// Limiter lets a bounded number of calls run at once. A person's calls go
// before the others; within each kind the first to come is the first served.
// Where there is more than one place, one is kept for a person: background
// calls that hang never shut a person out.
type Limiter struct {
	next llm.Model
	size func() int

	mu      sync.Mutex
	running [2]int         // guarded by mu; by kind
	waiting [2][]chan bool // guarded by mu; by kind; closed by who gives a place
}

// kind tells the calls for which a person waits from the others.
type kind int

const (
	person kind = iota
	background
)

func kindOf(req llm.Request) kind {
	if req.Interactive {
		return person
	}
	return background
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
	if err := l.enter(ctx, kindOf(req)); err != nil {
		return llm.Reply{}, err
	}
	defer l.leave(kindOf(req))
	return l.next.Complete(ctx, req, sink)
}

// Running is the number of calls that are under way.
func (l *Limiter) Running() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running[person] + l.running[background]
}

// Waiting is the number of calls that wait for their turn.
func (l *Limiter) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting[person]) + len(l.waiting[background])
}

// Resized lets in whom the size of now has room for.
func (l *Limiter) Resized() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.admit()
}

func (l *Limiter) enter(ctx context.Context, k kind) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	turn := make(chan bool)
	l.mu.Lock()
	l.waiting[k] = append(l.waiting[k], turn)
	l.admit()
	l.mu.Unlock()
	select {
	case <-turn:
		if ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting[k], turn); i >= 0 {
		l.waiting[k] = slices.Delete(l.waiting[k], i, i+1)
		return ended(ctx)
	}
	l.running[k]-- // the turn came in the same moment: pass it on
	l.admit()
	return ended(ctx)
}

func (l *Limiter) leave(k kind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running[k]--
	l.admit()
}

// admit gives free places away. The caller holds mu.
func (l *Limiter) admit() {
	size := max(l.size(), 1)
	most := [...]int{person: size, background: max(size-1, 1)}
	for k := range l.waiting {
		for l.running[person]+l.running[background] < size && l.running[k] < most[k] && len(l.waiting[k]) > 0 {
			close(l.waiting[k][0])
			l.waiting[k] = slices.Delete(l.waiting[k], 0, 1)
			l.running[k]++
		}
	}
}

func ended(ctx context.Context) *llm.Error {
	return &llm.Error{Class: llm.ClassCancelled, Err: context.Cause(ctx), Say: "Cancelled."}
}
