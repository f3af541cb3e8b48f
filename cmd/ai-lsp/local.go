package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// finder looks for a server on this machine, and remembers what it found.
type finder struct {
	turn  sync.Mutex // held while looking, so that calls at the same time look once
	found atomic.Pointer[local]
}

// local is the outcome of looking for a server on this machine.
type local struct {
	at             time.Time
	baseURL, model string // empty: none
}

// lookAgain is how long it is believed that there is no server on this machine.
const lookAgain = 15 * time.Second

// find looks, unless it is known. A server that was found is kept.
func (f *finder) find(ctx context.Context) local {
	f.turn.Lock()
	defer f.turn.Unlock()
	if last := f.last(); last.baseURL != "" || time.Since(last.at) < lookAgain {
		return last
	}
	found := local{at: time.Now()}
	found.baseURL, found.model, _ = openai.Discover(ctx, nil)
	if found.baseURL != "" || ctx.Err() == nil { // a look that was cut short says nothing
		f.found.Store(&found)
	}
	return found
}

// last is what is known without looking.
func (f *finder) last() local {
	if found := f.found.Load(); found != nil {
		return *found
	}
	return local{}
}
