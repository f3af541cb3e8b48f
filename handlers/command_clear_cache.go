package handlers

import (
	"context"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// commandClear forgets every answer that is kept; what is dismissed stays.
func (h *Handlers) commandClear(argument) (any, error) {
	return Later(func(ctx context.Context) (any, error) {
		if h.deps.Cache == nil {
			return map[string]int{"cleared": 0}, nil
		}
		n, err := h.deps.Cache.Clear(ctx)
		if err != nil {
			return nil, rpc.Errorf(rpc.RequestFailed, "the cache could not be cleared: %v", err)
		}
		return map[string]int{"cleared": n}, nil
	}), nil
}
