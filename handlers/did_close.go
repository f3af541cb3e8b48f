package handlers

import (
	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"
)

// DidClose handles textDocument/didClose: what was shown is taken back.
func (h *Handlers) DidClose(_ *glsp.Context, params *protocol.DidCloseTextDocumentParams) (any, error) {
	uri := params.TextDocument.URI
	h.docs.Close(uri)
	h.board.Close(uri)
	h.recalls.forget(uri)
	h.reviews.closeAll(uri)
	h.publisher.forget(uri)
	return nil, nil
}
