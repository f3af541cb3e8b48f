package handlers

import (
	"context"
	"fmt"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/stream"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// commandExplain explains lines of a document. The answer streams as progress,
// is returned whole, and opens as a document where the editor can show one.
func (h *Handlers) commandExplain(arg argument) (any, error) {
	doc, err := h.open(arg.URI)
	if err != nil {
		return nil, err
	}
	if arg.Range == nil {
		return nil, rpc.Errorf(rpc.InvalidParams, "ai-lsp.explain needs a range")
	}
	first, last := linesOf(doc, doc.Span(fromRange(*arg.Range), h.client.Encoding))
	return Later(func(ctx context.Context) (any, error) {
		h.settle(ctx)
		from, to := review.Around(doc, first, last)
		if err := h.allowed(doc, from, to); err != nil {
			return nil, err
		}
		markdown, err := h.explain(ctx, doc, first, last)
		if err != nil {
			return nil, h.commandError(err)
		}
		h.showAnswer(fmt.Sprintf("%s line %d", labelOf(doc.URI()), first+1), markdown)
		return map[string]string{"markdown": markdown}, nil
	}), nil
}

// explain asks and shows the answer while it arrives.
func (h *Handlers) explain(ctx context.Context, doc *text.Document, first, last int) (string, error) {
	ctx, mine := h.reviews.open(ctx, doc, true)
	defer h.reviews.close(mine)
	ctx, shown := h.progress.start(ctx, "AI explanation", 0, reportGap, "")
	defer shown.finish("failed") // unless it ended in better order
	pacer := stream.NewPacer(stream.Auto, shown.report)
	markdown, err := h.reviewer.Explain(ctx, doc, first, last, pacer.Write)
	pacer.Close()
	h.health.after(err)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		shown.finish("cut short")
		return "", err
	}
	shown.finish("done")
	return markdown, nil
}

// showAnswer opens an answer in the editor, without waiting for it.
func (h *Handlers) showAnswer(about, markdown string) {
	if !h.client.ShowDocument || h.deps.Keep == nil {
		return
	}
	uri, err := h.deps.Keep(about, "# "+strings.TrimSpace(about)+"\n\n"+markdown)
	if err != nil {
		h.deps.Log("keep an answer: %v", err)
		return
	}
	h.background(func(ctx context.Context) {
		params := map[string]any{"uri": uri, "takeFocus": false}
		h.ask(ctx, "window/showDocument", params, nil)
	})
}
