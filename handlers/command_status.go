package handlers

import (
	"time"
)

// statusResult is what ai-lsp.status answers.
type statusResult struct {
	State   string `json:"state"`
	Detail  string `json:"detail"`
	RetryAt string `json:"retryAt,omitempty"` // RFC 3339
	Model   string `json:"model"`
	Queue   int    `json:"queue"` // model calls that wait for their turn
	Running int    `json:"running"`
	// Of pieces of code and questions, since this window was opened.
	Cache cacheCounts `json:"cache"`
}

type cacheCounts struct {
	Hits   uint64 `json:"hits"`
	Misses uint64 `json:"misses"`
}

// commandStatus tells how the model's side is, from memory.
func (h *Handlers) commandStatus(arg argument) (any, error) {
	if arg.Retry {
		h.health.reset()
	}
	state, detail, retry := h.health.now()
	running, waiting := h.deps.Load()
	status := statusResult{
		State: state, Detail: detail, Model: h.deps.ModelName(), Queue: waiting, Running: running,
	}
	status.Cache.Hits, status.Cache.Misses = h.reviewer.Counts()
	if !retry.IsZero() {
		status.RetryAt = retry.UTC().Format(time.RFC3339)
	}
	return status, nil
}
