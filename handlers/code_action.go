package handlers

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// CodeAction handles textDocument/codeAction. Editors ask with every move of
// the cursor: everything here is from memory. The answer holds code actions,
// or plain commands for clients that know no others.
func (h *Handlers) CodeAction(_ *glsp.Context, params *lsp.CodeActionParams) ([]any, error) {
	uri := params.TextDocument.URI
	doc, findings := h.board.Findings(uri, h.view())
	if doc == nil {
		return []any{}, nil
	}
	asked := doc.Span(fromRange(params.Range), h.client.Encoding)
	var actions []lsp.CodeAction
	for _, f := range findings {
		if doc.LineAt(asked.Start) <= f.Anchor.Last() && doc.LineAt(asked.End) >= f.Anchor.First() {
			actions = append(actions, h.findingActions(doc, f, params.Context.Diagnostics)...)
		}
	}
	only := params.Context.Only
	forPlaces := wanted(lsp.KindReview, only) || wanted(lsp.KindSourceReview, only)
	if forPlaces && params.Context.TriggerKind != lsp.CodeActionTriggerAutomatic {
		actions = append(actions, h.placeActions(doc, asked, params)...)
	}
	answer := make([]any, 0, len(actions))
	for _, a := range actions {
		if !wanted(a.Kind, only) {
			continue
		}
		if h.client.ActionLiterals {
			answer = append(answer, a)
		} else if a.Command != nil {
			answer = append(answer, *a.Command)
		}
	}
	return answer, nil
}

// wanted says that a kind, or one above it, was asked for.
func wanted(kind string, only []string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
		return o == "" || kind == o || strings.HasPrefix(kind, o+".")
	})
}

// actionData goes to the editor and comes back with codeAction/resolve.
type actionData struct {
	URI     string `json:"uri"`
	Finding string `json:"finding"`
}

// findingActions are what can be done about one finding.
func (h *Handlers) findingActions(doc *text.Document, f review.Finding, shown []json.RawMessage) []lsp.CodeAction {
	own := ownDiagnostic(shown, f.ID)
	one := map[string]any{"uri": doc.URI(), "finding": f.ID}
	var actions []lsp.CodeAction
	if f.HasFix() {
		actions = append(actions, h.fixAction(doc, f, own))
	}
	if h.client.ShowsAnswers {
		there := map[string]any{"uri": doc.URI(), "range": h.toRange(doc, f.Anchor.Span())}
		explain := command("Explain: "+f.Message, lsp.KindQuickFix, commandExplain, there, own)
		actions = append(actions, h.disabled([]lsp.CodeAction{explain})...)
	}
	actions = append(actions, command("Dismiss: "+f.Message, lsp.KindQuickFix, commandDismiss, one, own))
	if h.client.ActionTagLLM {
		for i := range actions { // all or none: VS Code lists those with the tag after the others
			actions[i].Tags = []int{lsp.CodeActionTagLLMGenerated}
		}
	}
	return actions
}

// fixAction offers the fix in the way that the client can use: with the edit
// left to be resolved, with the edit in it, or as a command.
func (h *Handlers) fixAction(doc *text.Document, f review.Finding, own []json.RawMessage) lsp.CodeAction {
	action := lsp.CodeAction{
		Title: "Fix: " + f.Message, Kind: lsp.KindQuickFix, Diagnostics: own, IsPreferred: h.client.ActionPreferred,
	}
	data := actionData{URI: doc.URI(), Finding: f.ID}
	if !h.client.ActionLiterals {
		action.Command = &lsp.Command{Title: action.Title, Command: commandFix, Arguments: []any{data}}
		return action
	}
	if h.client.ActionResolve {
		action.Data, _ = json.Marshal(data) // two strings can not fail
		return action
	}
	if edit, err := h.fixEdit(doc, f); err == nil {
		action.Edit = edit
	}
	return action
}

// ownDiagnostic finds the diagnostic of a finding among those that the editor
// sent along, and gives it back as it came.
func ownDiagnostic(shown []json.RawMessage, id string) []json.RawMessage {
	for _, raw := range shown {
		var d lsp.Diagnostic
		if json.Unmarshal(raw, &d) == nil && d.Data != nil && d.Data.Finding == id {
			return []json.RawMessage{raw}
		}
	}
	return nil
}

// placeActions are what can be asked about a place, finding or not.
func (h *Handlers) placeActions(doc *text.Document, asked text.Span, params *lsp.CodeActionParams) []lsp.CodeAction {
	at := func(scope string) map[string]any {
		return map[string]any{"uri": doc.URI(), "range": params.Range, "scope": scope}
	}
	kind := lsp.KindReview
	if slices.ContainsFunc(params.Context.Only, func(o string) bool { return wanted(lsp.KindSourceReview, []string{o}) && o != "" }) {
		kind = lsp.KindSourceReview
	}
	var actions []lsp.CodeAction
	offer := func(title, name string, argument map[string]any) {
		if name != commandExplain || h.client.ShowsAnswers {
			actions = append(actions, command(title, kind, name, argument, nil))
		}
	}
	if first, last, found := enclosing(doc, doc.LineAt(asked.Start)); found {
		offer("Review this function", commandReview, at(scopeFunction))
		if asked.Start == asked.End {
			there := h.toRange(doc, text.Span{Start: doc.LineSpan(first).Start, End: doc.LineSpan(last).End})
			offer("Explain this function", commandExplain, map[string]any{"uri": doc.URI(), "range": there})
		}
	}
	if asked.Start != asked.End {
		offer("Review selection", commandReview, at(scopeSelection))
		offer("Explain selection", commandExplain, map[string]any{"uri": doc.URI(), "range": params.Range})
	}
	offer("Review file", commandReview, map[string]any{"uri": doc.URI(), "scope": scopeFile})
	return h.disabled(actions)
}

// disabled marks actions that need the model while it is known to be out of
// reach, with the reason. Editors that can not show one do not get them.
func (h *Handlers) disabled(actions []lsp.CodeAction) []lsp.CodeAction {
	reason := h.health.refusal(true)
	if reason == "" {
		return actions
	}
	if !h.client.ActionDisabled {
		return nil
	}
	for i := range actions {
		actions[i].Disabled, actions[i].Command = &lsp.Disabled{Reason: reason}, nil
	}
	return actions
}

func command(title, kind, name string, argument any, diagnostics []json.RawMessage) lsp.CodeAction {
	return lsp.CodeAction{
		Title: title, Kind: kind, Diagnostics: diagnostics,
		Command: &lsp.Command{Title: title, Command: name, Arguments: []any{argument}},
	}
}

// fixEdit is the fix of a finding as an edit of the document as it is.
func (h *Handlers) fixEdit(doc *text.Document, f review.Finding) (*lsp.WorkspaceEdit, error) {
	edits, err := f.Edits(doc)
	if err != nil {
		return nil, err
	}
	wire := make([]lsp.TextEdit, len(edits))
	for i, e := range edits {
		wire[i] = lsp.TextEdit{Range: h.toRange(doc, e.Span), NewText: e.Text}
	}
	return h.client.Edit(doc.URI(), doc.Version(), wire), nil
}
