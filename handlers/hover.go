package handlers

import (
	"fmt"
	"strings"

	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Hover handles textDocument/hover: the findings on the line of the cursor,
// from memory.
func (h *Handlers) Hover(_ *glsp.Context, params *protocol.HoverParams) (*protocol.Hover, error) {
	doc, findings := h.board.Findings(params.TextDocument.URI, h.view())
	if len(findings) == 0 {
		return nil, nil
	}
	line := doc.LineAt(doc.Offset(text.Position(params.Position), h.client.Encoding))
	var parts []string
	var span *text.Span
	for _, f := range findings {
		if line < f.Anchor.First() || line > f.Anchor.Last() {
			continue
		}
		parts = append(parts, h.card(doc, f))
		if own := f.Anchor.Span(); span == nil {
			span = &own
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	kind, rule := protocol.MarkupKindPlainText, "\n\n"
	if h.client.HoverMarkdown {
		kind, rule = protocol.MarkupKindMarkdown, "\n\n---\n\n"
	}
	at := h.toRange(doc, *span)
	return &protocol.Hover{
		Contents: protocol.MarkupContent{Kind: kind, Value: strings.Join(parts, rule)},
		Range:    &at,
	}, nil
}

// card is all that is known of a finding.
func (h *Handlers) card(doc *text.Document, f review.Finding) string {
	head := fmt.Sprintf("%s (%s), %.0f %% sure", f.Type, f.Severity, f.Confidence*100)
	diff := ""
	if f.HasFix() {
		diff = f.Diff(doc)
	}
	var b strings.Builder
	if !h.client.HoverMarkdown {
		b.WriteString(f.Message + "\n" + head)
		if f.Explanation != "" {
			b.WriteString("\n\n" + strings.TrimSpace(f.Explanation))
		}
		if diff != "" {
			b.WriteString("\n\nProposed fix:\n" + diff)
		}
		return b.String()
	}
	b.WriteString("**" + escape(f.Message) + "**  \n" + head)
	if f.Explanation != "" {
		b.WriteString("\n\n" + strings.TrimSpace(f.Explanation))
	}
	if diff != "" {
		fence := strings.Repeat("`", max(3, longestRun(diff, '`')+1))
		b.WriteString("\n\nProposed fix:\n\n" + fence + "diff\n" + diff + fence)
	}
	return b.String()
}

// escape keeps a plain line plain inside markdown.
var escape = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "~", `\~`, "!", `\!`, "&", `\&`,
).Replace

// longestRun is the length of the longest run of c in s.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
