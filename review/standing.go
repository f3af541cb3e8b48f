package review

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// standing is what stood in a document when it was last reviewed.
type standing struct {
	Version  int     `json:"v"`
	Findings []stood `json:"findings"`
}

// stood is a finding as it stood in a document.
type stood struct {
	kept
	Mark

	OfPart bool `json:"ofPart,omitempty"` // only a part of its unit was asked about
}

// remember keeps what stands in a document, so that it can be found again where
// its code has changed around it without us.
func (r *Reviewer) remember(ctx context.Context, uri string) {
	ttl := r.options.ReviewTTL()
	if r.options.Cache == nil || ttl <= 0 {
		return
	}
	doc, findings := r.board.standing(uri)
	if doc == nil {
		return
	}
	units := r.outlines.of(ctx, doc).Units()
	s := standing{Version: recordVersion, Findings: make([]stood, 0, len(findings))}
	for _, f := range findings {
		first, last := f.Anchor.First(), f.Anchor.Last()
		if m, ok := MarkOf(doc, units, first, last); ok {
			source := f.source
			source.Line, source.EndLine = 1, 1+last-first // what a fix is for
			s.Findings = append(s.Findings, stood{kept{source, f.Rejected}, m, f.ofPart})
		}
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return
	}
	r.options.Cache.Put(ctx, KindStanding, ttl, map[string][]byte{standingKey(uri): raw})
}

func standingKey(uri string) string { return keyOf(KindStanding, uri) }

// stoodIn gives what stood in a document when it was last reviewed.
func (r *Reviewer) stoodIn(ctx context.Context, uri string) []stood {
	key := standingKey(uri)
	var s standing
	raw := r.options.Cache.Find(ctx, KindStanding, []string{key})[key]
	if json.Unmarshal(raw, &s) != nil || s.Version != recordVersion {
		return nil
	}
	return s.Findings
}

// again finds a finding in those pieces of a text that may hold it. It is false
// when it is gone, or when nothing tells which of several places is meant.
func (s stood) again(doc *text.Document, units []syntax.Unit, changed []piece) (Finding, bool) {
	pieceOf := func(u syntax.Unit) int {
		return slices.IndexFunc(changed, func(p piece) bool { return p.home == u.Lines })
	}
	lines, at, ok := s.Find(doc, units, func(u syntax.Unit) bool { return pieceOf(u) >= 0 })
	if !ok {
		return Finding{}, false
	}
	issue, p := s.Issue, changed[pieceOf(units[at])]
	if strings.TrimSpace(issue.SuggestedFix) != "" && lines.Last-lines.First != s.EndLine-s.Line {
		issue.SuggestedFix = "" // it was for other lines
	}
	f, err := newFinding(doc, p, issue, lines.First, lines.Last)
	f.Rejected, f.ofPart = s.Rejected, s.OfPart
	return f, err == nil
}
