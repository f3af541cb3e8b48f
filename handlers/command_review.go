package handlers

import (
	"context"
	"errors"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// The scopes of ai-lsp.review.
const (
	scopeFunction  = "function"
	scopeSelection = "selection"
	scopeFile      = "file"
	scopeChanged   = "changed"
)

// reviewResult is what ai-lsp.review answers.
type reviewResult struct {
	Findings int  `json:"findings"`
	Units    int  `json:"units"`
	Calls    int  `json:"calls"`
	Cached   int  `json:"cached"`
	Rejected int  `json:"rejected,omitempty"` // that a second look took back
	Partial  bool `json:"partial,omitempty"`
}

// commandReview reviews a part of a document, or all of it, as it is in the
// editor. It answers when the review has ended.
func (h *Handlers) commandReview(arg argument) (any, error) {
	doc, err := h.open(arg.URI)
	if err != nil {
		return nil, err
	}
	scope, lines, err := h.scope(doc, arg)
	if err != nil {
		return nil, err
	}
	return Later(func(ctx context.Context) (any, error) {
		h.settle(ctx)
		ask, err := h.askFor(ctx, doc, scope, lines)
		if err != nil {
			return nil, err
		}
		if len(ask.Wanted) > 0 && !ask.Near {
			lines = ask.Wanted[0]
		}
		if err := h.sendable(doc, lines.First, lines.Last); err != nil {
			return nil, err
		}
		ask.Refused = h.health.refusal(true)
		if ask.Near && len(ask.Wanted) == 0 {
			return reviewResult{}, nil // just as it was committed
		}
		result, err := h.reviewForPerson(ctx, ask, scope)
		if err != nil && (result.Findings == 0 || !isOfModel(err)) {
			return nil, h.commandError(err)
		}
		return reviewResult{
			Findings: result.Findings, Units: result.Units, Calls: result.Calls,
			Cached: result.Cached, Rejected: result.Rejected, Partial: result.Partial,
		}, nil
	}), nil
}

// askFor is what a scope asks about.
func (h *Handlers) askFor(ctx context.Context, doc *text.Document, scope string, lines syntax.Lines) (review.Ask, error) {
	now := h.deps.Settings.Now().Review
	ask := review.Ask{Doc: doc, Interactive: true, Verify: now.Verify != settings.VerifyOff}
	switch scope {
	case scopeChanged:
		h.onlyChanged(ctx, &ask)
	case scopeSelection:
		ask.Wanted, ask.Exact = []syntax.Lines{lines}, true
	case scopeFunction:
		around, found := h.reviewer.Function(ctx, doc, lines.First)
		if !found {
			return review.Ask{}, rpc.Errorf(rpc.RequestFailed, "no function around line %d was found", lines.First+1)
		}
		ask.Wanted, ask.Exact = []syntax.Lines{around}, true
	}
	return ask, nil
}

// isOfModel says that the model's side has failed. What was found nevertheless is
// an answer, if not a whole one; that a person stopped it is none.
func isOfModel(err error) bool {
	fault, ok := errors.AsType[*llm.Error](err)
	return ok && fault.Class != llm.ClassCancelled
}

// scope is what of a document is asked about, and the lines that it is about.
func (h *Handlers) scope(doc *text.Document, arg argument) (scope string, lines syntax.Lines, err error) {
	if scope = arg.Scope; scope == "" {
		scope = scopeFile
		if arg.Range != nil {
			scope = scopeSelection
		}
	}
	switch scope {
	case scopeFile, scopeChanged:
		return scope, syntax.Lines{First: 0, Last: doc.LineCount() - 1}, nil
	case scopeFunction, scopeSelection:
	default:
		return "", lines, rpc.Errorf(rpc.InvalidParams, "no scope %q; there are function, selection, file and changed", scope)
	}
	if arg.Range == nil {
		return "", lines, rpc.Errorf(rpc.InvalidParams, "scope %s needs a range", scope)
	}
	lines.First, lines.Last = linesOf(doc, doc.Span(fromRange(*arg.Range), h.client.Encoding))
	return scope, lines, nil
}

// linesOf are the lines that a span touches. One that ends at the start of a
// line, as editors select whole lines, does not touch that one.
func linesOf(doc *text.Document, span text.Span) (first, last int) {
	first, last = doc.LineAt(span.Start), doc.LineAt(span.End)
	if last > first && doc.LineSpan(last).Start == span.End {
		last--
	}
	return first, last
}

// commandError is what a person reads when a command failed.
func (h *Handlers) commandError(err error) error {
	if errors.Is(err, errStopped) || errors.Is(err, context.Canceled) {
		return rpc.Errorf(rpc.RequestCancelled, "cancelled")
	}
	if refused, ok := errors.AsType[*review.RefusedError](err); ok {
		return rpc.Errorf(rpc.RequestFailed, "%s", refused.Why)
	}
	if errors.Is(err, errClosed) || errors.Is(err, review.ErrNotOpen) {
		return rpc.Errorf(rpc.ContentModified, "%v", err)
	}
	if fault, ok := errors.AsType[*llm.Error](err); ok && fault.Say != "" {
		return rpc.Errorf(rpc.RequestFailed, "%s", fault.Say)
	}
	return err
}
