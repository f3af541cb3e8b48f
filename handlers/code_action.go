package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// inlineTime is how long it may take to see whether fixes parse, for a client
// that wants the edits in the list. A fix that is not known by then to be safe
// is left out.
const inlineTime = 300 * time.Millisecond

// offer is an action. Where the client wants its edit in the list, edit makes
// it, off the lane.
type offer struct {
	lsp.CodeAction

	edit func(ctx context.Context) (*lsp.WorkspaceEdit, error)
}

// CodeAction handles textDocument/codeAction. Editors ask with every move of
// the cursor: what is offered is known from memory, and only a client that takes
// no unresolved actions waits for edits to be checked. The answer holds code
// actions, or plain commands for clients that know no others.
func (h *Handlers) CodeAction(_ *glsp.Context, params *lsp.CodeActionParams) (any, error) {
	doc, findings := h.board.Findings(params.TextDocument.URI, h.view())
	if doc == nil {
		return []any{}, nil
	}
	asked := doc.Span(fromRange(params.Range), h.client.Encoding)
	var offers []offer
	for _, f := range findings {
		if doc.LineAt(asked.Start) <= f.Anchor.Last() && doc.LineAt(asked.End) >= f.Anchor.First() {
			offers = append(offers, h.findingActions(doc, f, params.Context.Diagnostics)...)
		}
	}
	only := params.Context.Only
	forPlaces := wanted(lsp.KindReview, only) || wanted(lsp.KindSourceReview, only)
	if forPlaces && params.Context.TriggerKind != lsp.CodeActionTriggerAutomatic {
		offers = append(offers, h.placeActions(doc, asked, params)...)
	}
	if wantsFixAll(params, countFixes(findings)) {
		offers = append(offers, h.fixAllAction(doc, findings))
	}
	offers = slices.DeleteFunc(offers, func(o offer) bool { return !wanted(o.Kind, only) })
	if !slices.ContainsFunc(offers, func(o offer) bool { return o.edit != nil }) {
		return h.listed(offers), nil
	}
	return Later(func(ctx context.Context) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, inlineTime)
		defer cancel()
		return h.listed(h.withEdits(ctx, offers)), nil
	}), nil
}

// listed is the answer in the form that the client takes.
func (h *Handlers) listed(offers []offer) []any {
	answer := make([]any, 0, len(offers))
	for _, o := range offers {
		if h.client.ActionLiterals {
			answer = append(answer, o.CodeAction)
		} else if o.Command != nil {
			answer = append(answer, *o.Command)
		}
	}
	return answer
}

// withEdits puts the edits into the actions that have one. An action whose edit
// can not be made says why, or is left out.
func (h *Handlers) withEdits(ctx context.Context, offers []offer) []offer {
	var made []offer
	for _, o := range offers {
		if o.edit == nil {
			made = append(made, o)
			continue
		}
		edit, err := o.edit(ctx)
		switch {
		case err == nil:
			o.Edit = edit
			made = append(made, o)
		case h.client.ActionDisabled:
			o.Disabled, o.IsPreferred = &lsp.Disabled{Reason: sentenceOf(err.Error())}, false
			made = append(made, o)
		}
	}
	return made
}

// wanted says that a kind, or one above it, was asked for.
func wanted(kind string, only []string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
		return o == "" || kind == o || strings.HasPrefix(kind, o+".")
	})
}

// findingActions are what can be done about one finding.
func (h *Handlers) findingActions(doc *text.Document, f review.Finding, shown []json.RawMessage) []offer {
	own := ownDiagnostic(shown, f.ID)
	one := map[string]any{"uri": doc.URI(), "finding": f.ID}
	var offers []offer
	switch {
	case f.HasFix():
		offers = append(offers, h.fixAction(doc, f, own))
	case f.FixRefused() != "" && h.client.ActionDisabled:
		offers = append(offers, refusedFix(f, own))
	}
	if h.client.ShowsAnswers {
		there := map[string]any{"uri": doc.URI(), "range": h.toRange(doc, f.Anchor.Span())}
		explain := command("Explain: "+f.Message, lsp.KindQuickFix, commandExplain, there, own)
		offers = append(offers, h.disabled([]offer{explain})...)
	}
	offers = append(offers, command("Dismiss: "+f.Message, lsp.KindQuickFix, commandDismiss, one, own))
	for i := range offers { // all or none: VS Code lists those with the tag after the others
		h.tag(&offers[i])
	}
	return offers
}

// tag marks an action as made by a model, where the client understands it.
func (h *Handlers) tag(o *offer) {
	if h.client.ActionTagLLM {
		o.Tags = []int{lsp.CodeActionTagLLMGenerated}
	}
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
func (h *Handlers) placeActions(doc *text.Document, asked text.Span, params *lsp.CodeActionParams) []offer {
	at := func(scope string) map[string]any {
		return map[string]any{"uri": doc.URI(), "range": params.Range, "scope": scope}
	}
	kind := lsp.KindReview
	if slices.ContainsFunc(params.Context.Only, func(o string) bool { return wanted(lsp.KindSourceReview, []string{o}) && o != "" }) {
		kind = lsp.KindSourceReview
	}
	var actions []offer
	add := func(title, name string, argument map[string]any) {
		if name != commandExplain || h.client.ShowsAnswers {
			actions = append(actions, command(title, kind, name, argument, nil))
		}
	}
	if first, last, found := enclosing(doc, doc.LineAt(asked.Start)); found {
		add("Review this function", commandReview, at(scopeFunction))
		if asked.Start == asked.End {
			there := h.toRange(doc, text.Span{Start: doc.LineSpan(first).Start, End: doc.LineSpan(last).End})
			add("Explain this function", commandExplain, map[string]any{"uri": doc.URI(), "range": there})
		}
	}
	if asked.Start != asked.End {
		add("Review selection", commandReview, at(scopeSelection))
		add("Explain selection", commandExplain, map[string]any{"uri": doc.URI(), "range": params.Range})
	}
	add("Review file", commandReview, map[string]any{"uri": doc.URI(), "scope": scopeFile})
	if pathOf(doc.URI()) != "" {
		add("Review changes since HEAD", commandReview, map[string]any{"uri": doc.URI(), "scope": scopeChanged})
	}
	return h.disabled(actions)
}

// disabled marks actions that need the model while it is known to be out of
// reach, with the reason. Editors that can not show one do not get them.
func (h *Handlers) disabled(actions []offer) []offer {
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

func command(title, kind, name string, argument any, diagnostics []json.RawMessage) offer {
	return offer{CodeAction: lsp.CodeAction{
		Title: title, Kind: kind, Diagnostics: diagnostics,
		Command: &lsp.Command{Title: title, Command: name, Arguments: []any{argument}},
	}}
}
