package handlers

import (
	"context"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// dismissResult is what ai-lsp.dismiss answers.
type dismissResult struct {
	Dismissed bool `json:"dismissed"`
	Kept      bool `json:"kept"` // false: for as long as this window is open
}

// commandDismiss takes a finding away: at once, and then for good.
func (h *Handlers) commandDismiss(arg argument) (any, error) {
	_, f, stands := h.board.Finding(arg.URI, arg.Finding)
	if !stands {
		return nil, rpc.Errorf(rpc.ContentModified, "this finding is not there any more")
	}
	h.deps.Dismissals.SetRoots(h.roots.paths())
	keep, err := h.deps.Dismissals.Hide(review.Dismissal{
		Identity: f.About, Message: f.Message, Reason: arg.Reason, File: pathOf(arg.URI),
	})
	if err != nil {
		return nil, rpc.Errorf(rpc.RequestFailed, "%v", err)
	}
	h.publishAll()
	return Later(func(ctx context.Context) (any, error) {
		err := keep(ctx)
		if err != nil {
			h.show(messageWarning, "ai-lsp: the finding is dismissed for as long as this window is open. It could not be written down: "+err.Error())
		}
		h.dismissalNotes()
		return dismissResult{Dismissed: true, Kept: err == nil}, nil
	}), nil
}

// publishAll shows the findings of every document anew: the same code may stand
// in several.
func (h *Handlers) publishAll() {
	for _, uri := range h.board.URIs() {
		h.publisher.now(uri)
	}
}

// dismissedElsewhere takes in what other windows and the team have dismissed or
// restored.
func (h *Handlers) dismissedElsewhere(ctx context.Context) {
	h.deps.Dismissals.SetRoots(h.roots.paths())
	changed, err := h.deps.Dismissals.Refresh(ctx)
	if err != nil && ctx.Err() == nil {
		h.deps.Log("refresh dismissals: %v", err)
	}
	if changed {
		h.publishAll()
	}
	h.dismissalNotes()
}

// dismissalNotes passes on what there is to say of the files that hold
// dismissals.
func (h *Handlers) dismissalNotes() {
	for _, note := range h.deps.Dismissals.Notes() {
		h.tell(messageInfo, "ai-lsp: "+note)
	}
}
