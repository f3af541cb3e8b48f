package handlers

import (
	"context"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// commandRestore shows again what was dismissed under an id of
// ai-lsp.dismissed.
func (h *Handlers) commandRestore(arg argument) (any, error) {
	if arg.Dismissal == "" {
		return nil, rpc.Errorf(rpc.InvalidParams, "the argument has no dismissal")
	}
	return Later(func(ctx context.Context) (any, error) {
		h.deps.Dismissals.SetRoots(h.roots.paths())
		restored, err := h.deps.Dismissals.Restore(ctx, arg.Dismissal)
		h.publishAll()
		h.dismissalNotes()
		if err != nil {
			return nil, rpc.Errorf(rpc.RequestFailed, "%v", err)
		}
		return map[string]bool{"restored": restored}, nil
	}), nil
}
