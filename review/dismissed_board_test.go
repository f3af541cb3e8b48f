package review_test

import (
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

func newDismissingDesk(t *testing.T) (*desk, *review.Dismissals) {
	t.Helper()
	dismissals := review.NewDismissals(nil)
	d := &desk{t: t, board: review.NewBoard(dismissals), doc: text.New(uri, "go", 1, source)}
	d.board.Open(d.doc)
	return d, dismissals
}

// dismiss dismisses the n-th finding that is shown.
func (d *desk) dismiss(dismissals *review.Dismissals, n int) {
	d.t.Helper()
	_, findings := d.board.Findings(uri, review.View{})
	one := review.Dismissal{Identity: findings[n].About, Message: findings[n].Message}
	if err := dismissals.Add(d.t.Context(), one); err != nil {
		d.t.Fatal(err)
	}
}

func TestDismissedMeansDismissed(t *testing.T) {
	d, dismissals := newDismissingDesk(t)
	_, _ = d.review(nil, nil, d.issue("two()", "m"), d.issue("three()", "n"))
	d.dismiss(dismissals, 0)
	d.check("3: n")
	_, _ = d.review(nil, nil, d.issue("two()", "the same in other words"))
	d.check()
	d.replace("one()\n", "zero()\none()\n")
	_, _ = d.review(nil, nil, d.issue("two()", "again, moved"))
	d.check()
	d.replace("two()", "two(2)")
	_, _ = d.review(nil, nil, d.issue("two(2)", "of other code"))
	d.check("3: of other code")
}

func TestDismissingOneOfTwoProblemsLeavesTheOther(t *testing.T) {
	d, dismissals := newDismissingDesk(t)
	_, _ = d.review(nil, nil, d.issue("two()", "first"), d.issue("two()", "second"))
	d.dismiss(dismissals, 1)
	d.check("2: first")
	_, _ = d.review(nil, nil, d.issue("two()", "second"), d.issue("two()", "first"))
	d.check("2: first")
	d.dismiss(dismissals, 0)
	d.check()
	_, _ = d.review(nil, nil, d.issue("two()", "second"), d.issue("two()", "first"))
	d.check()
}
