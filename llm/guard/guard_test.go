package guard_test

import (
	"context"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/llm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model is a model made of a function, which is told the number of the call.
type model struct {
	mu     sync.Mutex
	calls  int // guarded by mu
	answer func(ctx context.Context, n int, req llm.Request, sink llm.Sink) (llm.Reply, error)
}

func (m *model) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	m.mu.Lock()
	m.calls++
	n := m.calls
	m.mu.Unlock()
	return m.answer(ctx, n, req, sink)
}

// step is how one attempt goes: some text, then an error or none.
type step struct {
	text   string
	err    error
	finish string
}

// script answers one call after the other; the last step repeats.
func script(steps ...step) *model {
	return &model{answer: func(_ context.Context, n int, _ llm.Request, sink llm.Sink) (llm.Reply, error) {
		s := steps[min(n, len(steps))-1]
		if s.text != "" {
			sink(llm.Event{Text: s.text})
		}
		return llm.Reply{Text: s.text, Finish: s.finish}, s.err
	}}
}

func failure(c llm.Class) *llm.Error { return &llm.Error{Class: c, Say: "It failed."} }
