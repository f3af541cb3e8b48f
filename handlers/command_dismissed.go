package handlers

import (
	"context"
	"time"

	"github.com/ai-lsp/ai-lsp/review"
)

// dismissedResult is what ai-lsp.dismissed answers.
type dismissedResult struct {
	Dismissed []dismissedFinding `json:"dismissed"`
}

type dismissedFinding struct {
	ID      string   `json:"id"` // for ai-lsp.restore
	Type    string   `json:"type"`
	Unit    string   `json:"unit"`
	Message string   `json:"message"`
	Reason  string   `json:"reason"`
	File    string   `json:"file"` // where it was dismissed, below its workspace folder
	At      string   `json:"at"`   // RFC 3339
	By      string   `json:"by"`
	Quote   []string `json:"quote"`
	Shared  bool     `json:"shared"` // with the team, in a file of the workspace
}

// commandDismissed lists what is dismissed, the oldest first; with a document,
// only what was dismissed in it.
func (h *Handlers) commandDismissed(arg argument) (any, error) {
	return Later(func(ctx context.Context) (any, error) {
		h.dismissedElsewhere(ctx)
		result := dismissedResult{Dismissed: []dismissedFinding{}}
		for _, d := range h.deps.Dismissals.List() {
			if arg.URI == "" || h.deps.Dismissals.IsIn(d, pathOf(arg.URI)) {
				result.Dismissed = append(result.Dismissed, toDismissed(d))
			}
		}
		return result, nil
	}), nil
}

func toDismissed(d review.Dismissal) dismissedFinding {
	found := dismissedFinding{
		ID: d.ID, Type: d.Type, Unit: d.Unit, Message: d.Message, Reason: d.Reason,
		File: d.File, By: d.By, Quote: d.Quote, Shared: d.Shared,
	}
	if !d.At.IsZero() {
		found.At = d.At.UTC().Format(time.RFC3339)
	}
	return found
}
