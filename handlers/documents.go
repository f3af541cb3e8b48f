package handlers

import (
	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// DidOpen handles textDocument/didOpen.
func (h *Handlers) DidOpen(_ *glsp.Context, params *protocol.DidOpenTextDocumentParams) (any, error) {
	item := params.TextDocument
	doc := text.New(item.URI, item.LanguageID, item.Version, item.Text)
	h.docs.Open(doc)
	h.board.Open(doc)
	h.publisher.now(doc.URI())
	h.reviewByItself(doc, func(on settings.Trigger) bool { return on == settings.OnOpen })
	return nil, nil
}

// DidChange handles textDocument/didChange: findings move or are gone before
// anything else happens.
func (h *Handlers) DidChange(_ *glsp.Context, params *lsp.DidChangeTextDocumentParams) (any, error) {
	uri, version := params.TextDocument.URI, params.TextDocument.Version
	if old, open := h.docs.Document(uri); open && version < old.Version() {
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
	doc, edits, open := h.docs.Change(uri, version, changes, h.client.Encoding)
	if !open {
		h.deps.Log("a change to a document that is not open")
		return nil, nil
	}
	if h.board.Edited(doc, edits) {
		h.publisher.now(uri)
	}
	return nil, nil
}

// DidSave handles textDocument/didSave.
func (h *Handlers) DidSave(_ *glsp.Context, params *protocol.DidSaveTextDocumentParams) (any, error) {
	if doc, open := h.docs.Document(params.TextDocument.URI); open {
		h.reviewByItself(doc, func(on settings.Trigger) bool { return on != settings.OnManual })
	}
	return nil, nil
}

// DidClose handles textDocument/didClose: what was shown is taken back.
func (h *Handlers) DidClose(_ *glsp.Context, params *protocol.DidCloseTextDocumentParams) (any, error) {
	uri := params.TextDocument.URI
	h.docs.Close(uri)
	h.board.Close(uri)
	h.reviews.cancel(uri)
	h.publisher.forget(uri)
	return nil, nil
}
