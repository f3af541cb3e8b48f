package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// actionData goes to the editor and comes back with codeAction/resolve.
type actionData struct {
	URI     string `json:"uri"`
	Finding string `json:"finding,omitempty"`
	All     bool   `json:"all,omitempty"` // every finding that is shown
}

// fixAction offers the fix of a finding.
func (h *Handlers) fixAction(doc *text.Document, f review.Finding, own []json.RawMessage) offer {
	action := lsp.CodeAction{
		Title: "Fix: " + f.Message, Kind: lsp.KindQuickFix, Diagnostics: own, IsPreferred: h.client.ActionPreferred,
	}
	return h.editing(action, actionData{URI: doc.URI(), Finding: f.ID}, func(ctx context.Context) (*lsp.WorkspaceEdit, error) {
		edits, err := f.SafeEdits(ctx, doc)
		if err != nil {
			return nil, err
		}
		return h.workspaceEdit(doc, edits), nil
	})
}

// refusedFix says why there is no fix although the model suggested one.
func refusedFix(f review.Finding, own []json.RawMessage) offer {
	reason := fmt.Errorf("%w: %s", review.ErrUnsafe, f.FixRefused())
	return offer{CodeAction: lsp.CodeAction{
		Title: "Fix: " + f.Message, Kind: lsp.KindQuickFix, Diagnostics: own,
		Disabled: &lsp.Disabled{Reason: sentenceOf(reason.Error())},
	}}
}

// fixAllAction offers the fixes of all findings at once.
func (h *Handlers) fixAllAction(doc *text.Document, findings []review.Finding) offer {
	action := lsp.CodeAction{Title: "Fix all safe findings in this file", Kind: lsp.KindFixAll}
	all := h.editing(action, actionData{URI: doc.URI(), All: true}, func(ctx context.Context) (*lsp.WorkspaceEdit, error) {
		edits, fixed := review.SafeEditsOfAll(ctx, doc, findings)
		if len(fixed) == 0 {
			return nil, errNothingSafe
		}
		return h.workspaceEdit(doc, edits), nil
	})
	h.tag(&all)
	return all
}

// editing completes an action in the way that the client can use: with the edit
// left to be resolved, with the edit in it, or as a command.
func (h *Handlers) editing(action lsp.CodeAction, data actionData, edit func(context.Context) (*lsp.WorkspaceEdit, error)) offer {
	switch {
	case !h.client.ActionLiterals:
		action.Command = &lsp.Command{Title: action.Title, Command: commandFix, Arguments: []any{data}}
	case h.client.ActionResolve:
		action.Data, _ = json.Marshal(data) // two strings and a flag can not fail
	default:
		return offer{CodeAction: action, edit: edit}
	}
	return offer{CodeAction: action}
}

// wantsFixAll says that fixing all is to be offered. Editors run what is of the
// kind source.fixAll when a file is saved, and what a model suggests is nobody's
// to apply unseen: then only someone who named our own kind gets it.
func wantsFixAll(params *lsp.CodeActionParams, fixes int) bool {
	only := params.Context.Only
	switch {
	case slices.Contains(only, lsp.KindFixAll):
		return fixes > 0
	case params.Context.TriggerKind == lsp.CodeActionTriggerAutomatic:
		return false
	case slices.Contains(only, fixAllOfAnyone):
		return fixes > 0
	}
	return fixes > 1 && wanted(lsp.KindFixAll, only)
}

const fixAllOfAnyone = "source.fixAll"

func countFixes(findings []review.Finding) int {
	n := 0
	for _, f := range findings {
		if f.HasFix() {
			n++
		}
	}
	return n
}

// workspaceEdit is edits of a document in the form that the client takes.
func (h *Handlers) workspaceEdit(doc *text.Document, edits []review.Edit) *lsp.WorkspaceEdit {
	wire := make([]lsp.TextEdit, len(edits))
	for i, e := range edits {
		wire[i] = lsp.TextEdit{Range: h.toRange(doc, e.Span), NewText: e.Text}
	}
	return h.client.Edit(doc.URI(), doc.Version(), wire)
}

// sentenceOf begins an error's text as a sentence does, for people.
func sentenceOf(phrase string) string {
	first, size := utf8.DecodeRuneInString(phrase)
	return strings.TrimSuffix(string(unicode.ToUpper(first))+phrase[size:], ".")
}
