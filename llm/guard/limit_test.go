package guard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/guard"
)

// second is a model whose answers take a second; it writes down who was asked
// and how many were at once.
type second struct {
	mu      sync.Mutex
	order   []string // guarded by mu
	running int      // guarded by mu
	most    int      // guarded by mu
}

func (s *second) Complete(ctx context.Context, req llm.Request, _ llm.Sink) (llm.Reply, error) {
	s.mu.Lock()
	s.running++
	s.most = max(s.most, s.running)
	s.order = append(s.order, req.Task)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
		return llm.Reply{}, nil
	case <-ctx.Done():
		return llm.Reply{}, ctx.Err()
	}
}

func (s *second) served() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

// call starts one call and waits until it runs or waits in line.
func call(ctx context.Context, l *guard.Limiter, name string, interactive bool) <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := l.Complete(ctx, llm.Request{Task: name, Interactive: interactive}, nil)
		ended <- err
	}()
	synctest.Wait()
	return ended
}

func checkCounts(t *testing.T, l *guard.Limiter, running, waiting int) {
	t.Helper()
	synctest.Wait()
	if r, w := l.Running(), l.Waiting(); r != running || w != waiting {
		t.Errorf("%d running, %d waiting; want %d and %d", r, w, running, waiting)
	}
}

func TestLimitServesPeopleFirstAndEachKindInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &second{}
		l := guard.Limit(m, func() int { return 1 })
		for i := range 3 {
			call(t.Context(), l, fmt.Sprint("background ", i), false)
		}
		call(t.Context(), l, "person 0", true)
		call(t.Context(), l, "person 1", true)
		checkCounts(t, l, 1, 4)
		time.Sleep(10 * time.Second)
		want := []string{"background 0", "person 0", "person 1", "background 1", "background 2"}
		if !slices.Equal(m.served(), want) {
			t.Errorf("served %q, want %q", m.served(), want)
		}
		checkCounts(t, l, 0, 0)
	})
}

func TestLimitIsNeverPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &second{}
		l := guard.Limit(m, func() int { return 4 })
		start := time.Now()
		var ends []<-chan error
		for i := range 20 {
			ends = append(ends, call(t.Context(), l, "x", i%3 == 0))
		}
		for _, end := range ends {
			if err := <-end; err != nil {
				t.Error(err)
			}
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		// Seven are a person's and go first; the others have three places of the four.
		if m.most != 4 || time.Since(start) != 6*time.Second {
			t.Errorf("%d at once, done after %v", m.most, time.Since(start))
		}
	})
}

func TestLimitWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &second{}
		l := guard.Limit(m, func() int { return 1 })
		call(t.Context(), l, "first", false)
		why := errors.New("a newer version")
		ctx, cancel := context.WithCancelCause(t.Context())
		given := call(ctx, l, "given up", true)
		call(t.Context(), l, "next", false)
		checkCounts(t, l, 1, 2)
		cancel(why)
		if err := <-given; llm.ClassOf(err) != llm.ClassCancelled || !errors.Is(err, why) {
			t.Errorf("error = %v", err)
		}
		checkCounts(t, l, 1, 1)
		time.Sleep(3 * time.Second)
		if got, want := m.served(), []string{"first", "next"}; !slices.Equal(got, want) {
			t.Errorf("served %q, want %q", got, want)
		}
		if err := <-call(ctx, l, "too late", true); llm.ClassOf(err) != llm.ClassCancelled {
			t.Errorf("error = %v", err)
		}
		checkCounts(t, l, 0, 0)
	})
}

func TestLimitKeepsAPlaceForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &second{}
		l := guard.Limit(m, func() int { return 4 })
		for i := range 5 {
			call(t.Context(), l, fmt.Sprint("background ", i), false)
		}
		checkCounts(t, l, 3, 2)
		call(t.Context(), l, "person", true)
		checkCounts(t, l, 4, 2)
		want := []string{"background 0", "background 1", "background 2", "person"}
		if !slices.Equal(m.served(), want) {
			t.Errorf("served %q, want %q", m.served(), want)
		}
		time.Sleep(3 * time.Second)
		checkCounts(t, l, 0, 0)
	})
}

// ending is a context that has ended when a place is given, before the waiting
// call has seen its channel closed.
type ending struct {
	context.Context
	over atomic.Bool
}

func (e *ending) Err() error {
	if e.over.Load() {
		return context.Canceled
	}
	return e.Context.Err()
}

func TestLimitNeverAsksForACallThatEndedWhileItWaited(t *testing.T) {
	for _, interactive := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := &second{}
			l := guard.Limit(m, func() int { return 1 })
			call(t.Context(), l, "first", interactive)
			ctx := &ending{Context: t.Context()}
			given := call(ctx, l, "given up", interactive)
			call(t.Context(), l, "next", interactive)
			ctx.over.Store(true)
			if err := <-given; llm.ClassOf(err) != llm.ClassCancelled {
				t.Errorf("error = %v", err)
			}
			time.Sleep(2 * time.Second)
			if got, want := m.served(), []string{"first", "next"}; !slices.Equal(got, want) {
				t.Errorf("served %q, want %q", got, want)
			}
			checkCounts(t, l, 0, 0)
		})
	}
}

func TestLimitKeepsItsPlacesWhateverIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := guard.Limit(&second{}, func() int { return 2 })
		for i := range 200 {
			// Half of these end in the very moment in which a place is given.
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+i%4)*500*time.Millisecond)
			defer cancel()
			call(ctx, l, "x", i%2 == 0)
		}
		time.Sleep(time.Minute)
		checkCounts(t, l, 0, 0)
		end := call(t.Context(), l, "after", false)
		checkCounts(t, l, 1, 0)
		if err := <-end; err != nil {
			t.Error(err)
		}
	})
}

func TestLimitMayChangeWhileCallsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var size atomic.Int32 // 0 counts as 1
		l := guard.Limit(&second{}, func() int { return int(size.Load()) })
		for range 6 {
			call(t.Context(), l, "x", true)
		}
		checkCounts(t, l, 1, 5)
		size.Store(4)
		l.Resized()
		checkCounts(t, l, 4, 2)
		size.Store(1)
		time.Sleep(time.Second)
		checkCounts(t, l, 1, 1)
		time.Sleep(2 * time.Second)
		checkCounts(t, l, 0, 0)
	})
}

func BenchmarkLimit(b *testing.B) {
	l := guard.Limit(script(step{text: "a"}), func() int { return 4 })
	for b.Loop() {
		_, _ = l.Complete(b.Context(), llm.Request{}, func(llm.Event) {})
	}
}
