package handlers

import (
	"context"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/server/lsp"
)

// DidChangeConfiguration handles workspace/didChangeConfiguration. Editors that
// can be asked often send nothing with it.
func (h *Handlers) DidChangeConfiguration(_ *glsp.Context, params *lsp.DidChangeConfigurationParams) (any, error) {
	h.problems(h.deps.Settings.SetEditor(params.Settings))
	h.background(h.askConfiguration)
	return nil, nil
}

// DidChangeWorkspaceFolders handles workspace/didChangeWorkspaceFolders.
func (h *Handlers) DidChangeWorkspaceFolders(_ *glsp.Context, params *lsp.DidChangeWorkspaceFoldersParams) (any, error) {
	h.roots.change(params.Event.Added, params.Event.Removed)
	h.problems(h.deps.Settings.SetWorkspace(h.roots.paths()))
	return nil, nil
}

// DidChangeWatchedFiles handles workspace/didChangeWatchedFiles: a settings
// file in the workspace was written.
func (h *Handlers) DidChangeWatchedFiles(*glsp.Context, *struct{}) (any, error) {
	h.background(h.reloadSettings)
	return nil, nil
}

// reloadSettings reads settings files that have changed. Looking costs little,
// so it is done before each review, for editors that do not watch files.
func (h *Handlers) reloadSettings(context.Context) {
	_, found := h.deps.Settings.Reload()
	h.problems(found)
}

// settingsChanged shows what the new settings let through, and lets automatic
// calls run again that stopped at a fault which the settings may have mended.
func (h *Handlers) settingsChanged(before, now *settings.Settings) {
	if before.Provider.BaseURL != now.Provider.BaseURL || before.Provider.Model != now.Provider.Model ||
		before.Provider.Kind != now.Provider.Kind {
		h.health.reset()
	}
	for _, uri := range h.board.URIs() {
		h.publisher.now(uri)
	}
}
