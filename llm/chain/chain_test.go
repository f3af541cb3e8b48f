package chain_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/chain"
	"github.com/ai-lsp/ai-lsp/llm/guard"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

var (
	_ llm.Model = chain.Chain{}
	_ llm.Model = (*openai.Client)(nil)
)

type provider func() error

func (p provider) Complete(context.Context, llm.Request, llm.Sink) (llm.Reply, error) {
	return llm.Reply{Text: "all"}, p()
}

func TestAnAttemptHoldsItsPlaceAndAPauseDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c chain.Chain
		attempts := 0
		c = chain.New(provider(func() error {
			if attempts++; c.Queue.Running() != 1 {
				t.Errorf("%d running during attempt %d", c.Queue.Running(), attempts)
			}
			if attempts == 1 {
				return &llm.Error{Class: llm.ClassWait, RetryAfter: time.Minute, Say: "Wait."}
			}
			return nil
		}), chain.Options{Retry: func() guard.RetryOptions {
			return guard.RetryOptions{OnRetry: func(int, error, time.Duration) {
				if n := c.Queue.Running(); n != 0 {
					t.Errorf("%d running during a pause", n)
				}
			}}
		}, Concurrency: func() int { return 1 }})
		reply, err := c.Complete(t.Context(), llm.Request{Restartable: true}, nil)
		if err != nil || reply.Text != "all" || attempts != 2 {
			t.Errorf("%q after %d attempts, %v", reply.Text, attempts, err)
		}
	})
}

func TestTheDefaultsAskAndAnswer(t *testing.T) {
	reply, err := chain.New(provider(func() error { return nil }), chain.Options{}).Complete(t.Context(), llm.Request{}, nil)
	if err != nil || reply.Text != "all" {
		t.Errorf("%q, %v", reply.Text, err)
	}
}
