package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// resolveTime is how long it may take to see whether fixes parse when a person
// has chosen to apply them.
const resolveTime = 5 * time.Second

var errNothingSafe = errors.New("no finding that is shown has a fix that is safe to apply")

// CodeActionResolve handles codeAction/resolve: it makes the edit of a fix, for
// the text as it is now. Editors resolve other actions too; those go back as
// they came.
func (h *Handlers) CodeActionResolve(ctx *glsp.Context, action *lsp.CodeAction) (any, error) {
	data := readActionData(action.Data)
	if data.Finding == "" && !data.All {
		return ctx.Params, nil
	}
	return Later(func(ctx context.Context) (any, error) {
		edit, err := h.editOf(ctx, data)
		if err != nil {
			return nil, err
		}
		action.Edit = edit
		return action, nil
	}), nil
}

// readActionData gives nothing for what is not of our making.
func readActionData(raw json.RawMessage) (data actionData) {
	if json.Unmarshal(raw, &data) != nil {
		return actionData{}
	}
	return data
}

// editOf makes the edit for a finding, or for all of them, or says why there is
// none. While it looks whether the text would parse a person may type on; then
// it looks again.
func (h *Handlers) editOf(ctx context.Context, data actionData) (*lsp.WorkspaceEdit, error) {
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	for range 5 {
		doc, edits, err := h.safeEdits(ctx, data)
		if err != nil {
			return nil, err
		}
		if now, open := h.docs.Document(data.URI); open && now == doc {
			return h.workspaceEdit(doc, edits), nil
		}
	}
	return nil, rpc.Errorf(rpc.ContentModified, "the text changes too fast to see whether the fix is safe")
}

// safeEdits is the edits with the document that they are for.
func (h *Handlers) safeEdits(ctx context.Context, data actionData) (*text.Document, []review.Edit, error) {
	if data.All {
		doc, findings := h.board.Findings(data.URI, h.view())
		if doc == nil {
			return nil, nil, rpc.Errorf(rpc.ContentModified, "the document is closed")
		}
		edits, fixed := review.SafeEditsOfAll(ctx, doc, findings)
		if len(fixed) == 0 {
			return nil, nil, rpc.Errorf(rpc.RequestFailed, "%v", errNothingSafe)
		}
		return doc, edits, nil
	}
	doc, f, stands := h.board.Finding(data.URI, data.Finding)
	if !stands {
		return nil, nil, rpc.Errorf(rpc.ContentModified, "the code of this finding has changed, so its fix no longer fits")
	}
	edits, err := f.SafeEdits(ctx, doc)
	if err != nil {
		return nil, nil, rpc.Errorf(rpc.RequestFailed, "%v", err)
	}
	return doc, edits, nil
}
