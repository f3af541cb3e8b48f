package handlers

import (
	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/server/lsp"
)

// DidChangeWorkspaceFolders handles workspace/didChangeWorkspaceFolders.
func (h *Handlers) DidChangeWorkspaceFolders(_ *glsp.Context, params *lsp.DidChangeWorkspaceFoldersParams) (any, error) {
	h.roots.change(params.Event.Added, params.Event.Removed)
	h.problems(h.deps.Settings.SetWorkspace(h.roots.paths()))
	return nil, nil
}
