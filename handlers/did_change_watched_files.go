package handlers

import (
	"context"

	"github.com/tliron/glsp"
)

// DidChangeWatchedFiles handles workspace/didChangeWatchedFiles: a settings
// file in the workspace was written, or what a team has dismissed.
func (h *Handlers) DidChangeWatchedFiles(*glsp.Context, *struct{}) (any, error) {
	h.background(h.reloadSettings)
	h.background(h.dismissedElsewhere)
	return nil, nil
}

// reloadSettings reads settings files that have changed. Looking costs little,
// so it is done before each review, for editors that do not watch files.
func (h *Handlers) reloadSettings(context.Context) {
	_, found := h.deps.Settings.Reload()
	h.problems(found)
}
