package handlers

import (
	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// DidChange handles textDocument/didChange: findings move or are gone before
// anything else happens.
func (h *Handlers) DidChange(_ *glsp.Context, params *lsp.DidChangeTextDocumentParams) (any, error) {
	uri := params.TextDocument.URI
	old, open := h.docs.Document(uri)
	if !open {
		h.deps.Log("a change to a document that is not open")
		return nil, nil
	}
	version := old.Version() + 1
	if params.TextDocument.Version != nil {
		version = *params.TextDocument.Version
	}
	if version < old.Version() {
		h.deps.Log("a change to version %d came after version %d", version, old.Version())
		return nil, nil
	}
	changes := make([]text.Change, len(params.ContentChanges))
	for i, c := range params.ContentChanges {
		changes[i].Text = c.Text
		if c.Range != nil {
			r := fromRange(*c.Range)
			changes[i].Range = &r
		}
	}
	doc, edits, _ := h.docs.Change(uri, version, changes, h.client.Encoding)
	if h.board.Edited(doc, edits) {
		h.publisher.now(uri)
	}
	if !isTyped(old, edits, doc) {
		h.recallLater(uri)
	}
	return nil, nil
}
