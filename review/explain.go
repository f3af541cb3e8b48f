package review

import (
	"context"
	"fmt"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Explain asks what lines of a document do. The result is sanitised markdown.
// told is called with each piece of it while it arrives; the pieces together
// are the result but for blanks, since they are safe also where no code blocks
// are rendered.
func (r *Reviewer) Explain(ctx context.Context, doc *text.Document, first, last int, told func(string)) (string, error) {
	from, to := Around(doc, first, last)
	req, err := prompt.Explain().Request(prompt.Data{
		Language: languageOf(doc), Lines: sourceLines(doc, from, to), First: from + 1,
		AskFirst: first + 1, AskLast: last + 1,
	})
	if err != nil {
		return "", err
	}
	req.Interactive = true
	var safe Sanitizer
	plain := Sanitizer{NoBlocks: true}
	var answer strings.Builder
	tell := func(piece string) {
		answer.WriteString(safe.Write(piece))
		told(plain.Write(piece))
	}
	if err := r.prose(ctx, req, tell); err != nil {
		return answer.String(), err
	}
	return answer.String() + safe.Close(), nil
}

// prose asks for text, or gives the answer that is known to just this question.
func (r *Reviewer) prose(ctx context.Context, req llm.Request, tell func(string)) error {
	ttl, key := r.options.ExplainTTL(), ""
	keeps := r.options.Cache != nil && ttl > 0
	if keeps {
		key = r.questionKey(ctx, req)
		if known := r.options.Cache.Find(ctx, KindExplain, []string{key})[key]; len(known) > 0 {
			r.hits.Add(1)
			tell(string(known))
			return nil
		}
	}
	r.misses.Add(1)
	reply, err := r.model.Complete(ctx, req, func(e llm.Event) { tell(e.Text) })
	switch {
	case err != nil:
		return err
	case strings.TrimSpace(reply.Text) == "":
		return &llm.Error{Class: llm.ClassUnusable, Say: "The model gave an empty answer. Try again, or another model."}
	case keeps:
		r.options.Cache.Put(context.WithoutCancel(ctx), KindExplain, ttl, map[string][]byte{key: []byte(reply.Text)})
	}
	return nil
}

// questionKey stands for all that is asked, and whom.
func (r *Reviewer) questionKey(ctx context.Context, req llm.Request) string {
	parts := []string{req.Prompt, r.options.ModelName(ctx), fmt.Sprint(req.Temperature, req.MaxTokens)}
	for _, m := range req.Messages {
		parts = append(parts, string(m.Role), m.Content)
	}
	return keyOf(parts...)
}

// Around is the lines that are sent when lines of a document are to be
// explained: up to 30 more on either side, and no more than 8 KiB of them.
func Around(doc *text.Document, first, last int) (from, to int) {
	const most, size = 30, 8 << 10
	from, to = first, last
	for left := size; from > 0 && first-from < most; from-- {
		if left -= len(doc.Line(from-1)) + 1; left < 0 {
			break
		}
	}
	for left := size; to < doc.LineCount()-1 && to-last < most; to++ {
		if left -= len(doc.Line(to+1)) + 1; left < 0 {
			break
		}
	}
	return from, to
}

// sourceLines are lines as they are sent: without the byte order mark, which is
// no part of the code.
func sourceLines(doc *text.Document, first, last int) []string {
	lines := make([]string, 0, last-first+1)
	for n := first; n <= last; n++ {
		lines = append(lines, strings.TrimPrefix(doc.Line(n), byteOrderMark))
	}
	return lines
}
