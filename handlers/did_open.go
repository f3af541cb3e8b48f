package handlers

import (
	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// DidOpen handles textDocument/didOpen.
func (h *Handlers) DidOpen(_ *glsp.Context, params *protocol.DidOpenTextDocumentParams) (any, error) {
	item := params.TextDocument
	doc := text.New(item.URI, item.LanguageID, item.Version, item.Text)
	if old, open := h.docs.Document(item.URI); open && old.Text() == item.Text && old.Language() == item.LanguageID {
		// Opened twice: what is known of the text, or is being asked, stays.
		doc, edits := old.Apply(item.Version, nil, h.client.Encoding)
		h.docs.Open(doc)
		h.board.Edited(doc, edits)
		return nil, nil
	}
	h.docs.Open(doc)
	h.board.Open(doc)
	h.publisher.now(doc.URI())
	h.recall(doc)
	h.reviewByItself(doc, func(on settings.Trigger) bool { return on == settings.OnOpen })
	return nil, nil
}
