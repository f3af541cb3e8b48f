package handlers

import (
	"reflect"

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

// settingsChanged shows what the new settings let through, and lets automatic
// calls run again that stopped at a fault which the settings may have mended.
func (h *Handlers) settingsChanged(before, now *settings.Settings) {
	if !reflect.DeepEqual(before.Provider, now.Provider) {
		h.health.reset()
	}
	for _, uri := range h.board.URIs() {
		h.publisher.now(uri)
	}
}
