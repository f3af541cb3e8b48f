package handlers

import (
	"encoding/json"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// CodeActionResolve handles codeAction/resolve: it makes the edit of a fix, for
// the text as it is now. Editors resolve other actions too; those go back as
// they came.
func (h *Handlers) CodeActionResolve(ctx *glsp.Context, action *lsp.CodeAction) (any, error) {
	data := readActionData(action.Data)
	if data.Finding == "" {
		return ctx.Params, nil
	}
	edit, err := h.editOf(data)
	if err != nil {
		return nil, err
	}
	action.Edit = edit
	return action, nil
}

// readActionData gives nothing for what is not of our making.
func readActionData(raw json.RawMessage) (data actionData) {
	if json.Unmarshal(raw, &data) != nil {
		return actionData{}
	}
	return data
}

// editOf makes the edit for a finding, or says why there is none.
func (h *Handlers) editOf(data actionData) (*lsp.WorkspaceEdit, error) {
	doc, f, stands := h.board.Finding(data.URI, data.Finding)
	if !stands {
		return nil, rpc.Errorf(rpc.ContentModified, "the code of this finding has changed, so its fix no longer fits")
	}
	edit, err := h.fixEdit(doc, f)
	if err != nil {
		return nil, rpc.Errorf(rpc.RequestFailed, "%v", err)
	}
	return edit, nil
}
