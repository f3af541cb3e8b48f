package handlers

import (
	"context"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// commandFix applies the fix of a finding, or of all that are shown.
func (h *Handlers) commandFix(arg argument) (any, error) {
	return Later(func(ctx context.Context) (any, error) {
		edit, err := h.editOf(ctx, actionData{URI: arg.URI, Finding: arg.Finding, All: arg.All})
		if err != nil {
			return nil, err
		}
		if !h.client.ApplyEdit {
			return nil, rpc.Errorf(rpc.RequestFailed, "this editor does not let a server apply edits")
		}
		var answer struct {
			Applied       bool   `json:"applied"`
			FailureReason string `json:"failureReason,omitempty"`
		}
		params := map[string]any{"label": "ai-lsp fix", "edit": edit}
		if err := h.deps.Client.Call(ctx, "workspace/applyEdit", params, &answer); err != nil {
			return nil, err
		}
		return answer, nil
	}), nil
}
