package handlers

import "github.com/tliron/glsp"

// Shutdown handles shutdown.
func (h *Handlers) Shutdown(ctx *glsp.Context, _ *struct{}) (any, error) {
	h.Close(ctx.Context)
	return nil, nil
}
