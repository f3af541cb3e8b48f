package handlers

import "github.com/ai-lsp/ai-lsp/server/rpc"

// commandDismiss takes a finding away.
func (h *Handlers) commandDismiss(arg argument) (any, error) {
	dismissed := h.board.Dismiss(arg.URI, arg.Finding)
	if !dismissed {
		return nil, rpc.Errorf(rpc.ContentModified, "this finding is not there any more")
	}
	for _, uri := range h.board.URIs() {
		h.publisher.now(uri) // the same code may stand in other documents
	}
	return map[string]bool{"dismissed": true}, nil
}
