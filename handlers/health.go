package handlers

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
)

// The states that ai-lsp.status tells.
const (
	stateReady        = "ready"
	stateDegraded     = "degraded"
	stateOffline      = "offline"
	stateUnconfigured = "unconfigured"
)

// CodeUnconfigured marks the failure of a call for which no model is set up.
const CodeUnconfigured = "unconfigured"

// retryFatal is how long a person's command waits after a fault that needs a
// person. Commands that no person started do not try again at all.
const retryFatal = time.Minute

// health is what is known of the model's side. It tells the person once that
// something is wrong, and the log once that it is over.
type health struct {
	handlers *Handlers

	mu     sync.Mutex
	state  string
	detail string    // the sentence for the person; empty while ready
	retry  time.Time // when a person's command may try again; zero: at any time
	fatal  bool      // calls that nobody started stay away

	toldFatal bool // in this outage a person was told that one is needed
}

func newHealth(h *Handlers) *health { return &health{handlers: h, state: stateReady} }

// after takes the outcome of a call.
func (h *health) after(err error) {
	if err == nil {
		h.recovered()
		return
	}
	fault, known := errors.AsType[*llm.Error](err)
	if !known || fault.Class == llm.ClassCancelled || fault.Class == llm.ClassTooLong || errors.Is(err, context.Canceled) {
		return // says nothing of the model
	}
	h.mu.Lock()
	needsPerson := fault.Class == llm.ClassFatal
	told := h.detail != "" && (h.toldFatal || !needsPerson)
	h.toldFatal = h.toldFatal || needsPerson
	h.state, h.detail = stateOf(fault), fault.Say
	if h.detail == "" {
		h.detail = "The model could not be asked."
	}
	h.fatal, h.retry = needsPerson, time.Time{}
	switch {
	case h.fatal:
		h.retry = time.Now().Add(retryFatal)
	case fault.RetryAfter > 0:
		h.retry = time.Now().Add(fault.RetryAfter)
	}
	detail := h.detail
	h.mu.Unlock()
	h.handlers.deps.Log("model call failed: %v", err)
	if !told {
		h.handlers.show(messageWarning, "ai-lsp: "+detail)
	}
}

func stateOf(fault *llm.Error) string {
	switch {
	case fault.Code == CodeUnconfigured:
		return stateUnconfigured
	case fault.Class == llm.ClassRetry:
		return stateOffline
	}
	return stateDegraded
}

func (h *health) recovered() {
	h.mu.Lock()
	was := h.detail
	h.clear()
	h.mu.Unlock()
	if was != "" {
		h.handlers.tell(messageInfo, "ai-lsp: The model answers again.")
	}
}

// reset forgets a fault that new settings may have mended. Should it be there
// still, it is told again.
func (h *health) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clear()
}

// clear must be called with the lock held.
func (h *health) clear() {
	h.state, h.detail, h.fatal, h.retry, h.toldFatal = stateReady, "", false, time.Time{}, false
}

// refusal says why a call must not be tried now; empty: it may.
func (h *health) refusal(byPerson bool) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	early := time.Now().Before(h.retry)
	switch {
	case h.fatal && (early || !byPerson):
	case early && !byPerson: // the upstream has said when to come back
	default:
		return ""
	}
	return ended(h.detail) + " A command tries again from " + h.retry.Format("15:04:05") + " on."
}

// ended is a sentence with its full stop.
func ended(sentence string) string {
	if strings.HasSuffix(sentence, ".") {
		return sentence
	}
	return sentence + "."
}

// now gives the state, its sentence and when it will be tried again.
func (h *health) now() (state, detail string, retry time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state, h.detail, h.retry
}
