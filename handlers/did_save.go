package handlers

import (
	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// DidSave handles textDocument/didSave.
func (h *Handlers) DidSave(_ *glsp.Context, params *protocol.DidSaveTextDocumentParams) (any, error) {
	if doc, open := h.docs.Document(params.TextDocument.URI); open {
		h.background(h.dismissedElsewhere)
		h.reviewByItself(doc, func(on settings.Trigger) bool { return on != settings.OnManual })
	}
	return nil, nil
}
