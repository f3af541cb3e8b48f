package handlers

import (
	"context"
	"errors"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// The scopes of ai-lsp.review.
const (
	scopeFunction  = "function"
	scopeSelection = "selection"
	scopeFile      = "file"
)

// reviewResult is what ai-lsp.review answers.
type reviewResult struct {
	Findings int  `json:"findings"`
	Units    int  `json:"units"`
	Calls    int  `json:"calls"`
	Cached   int  `json:"cached"`
	Partial  bool `json:"partial,omitempty"`
}

// commandReview reviews a part of a document, or all of it, as it is in the
// editor. It answers when the review has ended.
func (h *Handlers) commandReview(arg argument) (any, error) {
	doc, err := h.open(arg.URI)
	if err != nil {
		return nil, err
	}
	first, last, err := h.scope(doc, arg)
	if err != nil {
		return nil, err
	}
	return Later(func(ctx context.Context) (any, error) {
		h.settle(ctx)
		if err := h.allowed(doc, first, last); err != nil {
			return nil, err
		}
		result, err := h.reviewForPerson(ctx, review.Ask{Doc: doc, First: first, Last: last, Interactive: true})
		if err != nil && (result.Findings == 0 || !isCut(err)) {
			return nil, h.commandError(err)
		}
		return reviewResult{
			Findings: result.Findings, Units: result.Units, Calls: result.Calls,
			Cached: result.Cached, Partial: result.Partial,
		}, nil
	}), nil
}

// isCut says that an answer began and did not end.
func isCut(err error) bool { return llm.ClassOf(err) == llm.ClassTruncated }

// scope gives the lines that are to be reviewed.
func (h *Handlers) scope(doc *text.Document, arg argument) (first, last int, err error) {
	scope := arg.Scope
	if scope == "" {
		scope = scopeFile
		if arg.Range != nil {
			scope = scopeSelection
		}
	}
	if scope == scopeFile {
		return 0, doc.LineCount() - 1, nil
	}
	if scope != scopeFunction && scope != scopeSelection {
		return 0, 0, rpc.Errorf(rpc.InvalidParams, "no scope %q; there are function, selection and file", scope)
	}
	if arg.Range == nil {
		return 0, 0, rpc.Errorf(rpc.InvalidParams, "scope %s needs a range", scope)
	}
	first, last = linesOf(doc, doc.Span(fromRange(*arg.Range), h.client.Encoding))
	if scope == scopeSelection {
		return first, last, nil
	}
	from, to, found := enclosing(doc, first)
	if !found {
		return 0, 0, rpc.Errorf(rpc.RequestFailed, "no function around line %d was found", first+1)
	}
	return from, to, nil
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
	if errors.Is(err, errClosed) || errors.Is(err, review.ErrNotOpen) {
		return rpc.Errorf(rpc.ContentModified, "%v", err)
	}
	if fault, ok := errors.AsType[*llm.Error](err); ok && fault.Say != "" {
		return rpc.Errorf(rpc.RequestFailed, "%s", fault.Say)
	}
	return err
}
