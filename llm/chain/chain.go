package chain

import (
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/guard"
)

// Options are settings, read anew at each call so that they may change.
type Options struct {
	Retry       func() guard.RetryOptions // nil means the defaults
	Concurrency func() int                // calls of this process at once; nil means 4
}

// Chain is the way to one model.
type Chain struct {
	llm.Model                // the first link: what reviews ask
	Queue     *guard.Limiter // for the status: who runs, who waits
}

// New puts the links around provider, from the inside out. The whole order,
// from the outside, is
//
//	audit → redact → cache → budget → retry → queue → breaker → provider
//
// What leaves is recorded as it leaves, secrets are gone before a cache could
// keep them, a cached answer costs nothing, and each attempt waits its turn,
// asks the breaker and counts. A link that is not named below does not exist yet.
func New(provider llm.Model, o Options) Chain {
	o = o.withDefaults()
	queue := guard.Limit(provider, o.Concurrency)
	retry := guard.Retry(queue, o.Retry)
	return Chain{Model: retry, Queue: queue}
}

func (o Options) withDefaults() Options {
	if o.Retry == nil {
		o.Retry = func() guard.RetryOptions { return guard.RetryOptions{} }
	}
	if o.Concurrency == nil {
		o.Concurrency = func() int { return 4 }
	}
	return o
}
