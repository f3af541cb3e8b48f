package review

import (
	"cmp"
	"context"
	"slices"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// SafeEditsOfAll puts the fixes of findings, which stand in doc, together to
// edits that do not touch each other, in the order of the text. Of two fixes
// that would meet, the more severe finding's is taken. The text parses with all
// of them at least as well as without any. fixed are the findings whose fixes
// they are; when ctx ends they are those that were tried by then.
func SafeEditsOfAll(ctx context.Context, doc *text.Document, findings []Finding) (edits []Edit, fixed []Finding) {
	apart := apartFixes(ctx, doc, findings)
	if together(ctx, doc, apart) {
		return mergeFixes(apart)
	}
	// Some do not get on with each other. The worst finding goes first, and what
	// does not fit to those before stays out.
	var good []fixEdits
	for _, f := range apart {
		if tried := append(slices.Clone(good), f); ctx.Err() == nil && together(ctx, doc, tried) {
			good = tried
		}
	}
	return mergeFixes(good)
}

// fixEdits is a finding with the edits of its fix.
type fixEdits struct {
	finding Finding
	edits   []Edit
}

// apartFixes is the fixes that can be applied and keep clear of each other, the
// worst finding's first.
func apartFixes(ctx context.Context, doc *text.Document, findings []Finding) []fixEdits {
	findings = slices.SortedFunc(slices.Values(findings), worstFirst)
	var apart []fixEdits
	for _, f := range findings {
		if !f.HasFix() || ctx.Err() != nil {
			continue
		}
		edits, err := f.SafeEdits(ctx, doc)
		if err != nil || len(edits) == 0 {
			continue
		}
		if meets := func(other fixEdits) bool { return f.meets(edits, other) }; !slices.ContainsFunc(apart, meets) {
			apart = append(apart, fixEdits{f, edits})
		}
	}
	return apart
}

// meets says that two findings share a line, or that their edits touch: in
// which order an editor applies edits that begin at one place is its own
// choice.
func (f Finding) meets(edits []Edit, other fixEdits) bool {
	if f.Anchor.First() <= other.finding.Anchor.Last() && other.finding.Anchor.First() <= f.Anchor.Last() {
		return true
	}
	return slices.ContainsFunc(edits, func(a Edit) bool {
		return slices.ContainsFunc(other.edits, func(b Edit) bool {
			return a.Span.Start <= b.Span.End && b.Span.Start <= a.Span.End
		})
	})
}

// together says that the text parses with all the fixes as well as without. Each
// alone is known to.
func together(ctx context.Context, doc *text.Document, fixes []fixEdits) bool {
	if len(fixes) < 2 {
		return true
	}
	before, err := checkupOf(doc).health(doc, within(ctx))
	if err != nil {
		return false
	}
	edits, _ := mergeFixes(fixes)
	after, err := within(ctx)(syntax.Language(doc.Language()), applied(doc, edits))
	return err == nil && !after.worseThan(before)
}

func mergeFixes(fixes []fixEdits) (edits []Edit, fixed []Finding) {
	for _, f := range fixes {
		edits, fixed = append(edits, f.edits...), append(fixed, f.finding)
	}
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	slices.SortFunc(fixed, inOrder)
	return edits, fixed
}
