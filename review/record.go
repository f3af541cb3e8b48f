package review

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Cache keeps answers, also over the end of the process. A cache that fails is
// one that knows nothing: none of this returns an error.
type Cache interface {
	// Find gives what is kept under keys.
	Find(ctx context.Context, kind string, keys []string) map[string][]byte
	// Put keeps entries for a time.
	Put(ctx context.Context, kind string, ttl time.Duration, entries map[string][]byte)
	// Lease reserves keys, so that nobody else asks about them meanwhile. What
	// another process has reserved is not among mine.
	Lease(ctx context.Context, keys []string) (mine []string, release func())
	// Await waits until others have kept, or given up, what they have reserved.
	Await(ctx context.Context, kind string, keys []string) map[string][]byte
}

// The kinds of what is kept.
const (
	KindReview   = "review"   // what was found in a piece of code, by its fingerprint
	KindStanding = "standing" // what stood in a document when it was last reviewed, by the document
	KindExplain  = "explain"  // an explanation, by what was asked
)

// recordVersion is part of every key and record, so that another form of
// record is never taken for this one.
const recordVersion = 1

// record is what is kept of a piece: what was found in it.
type record struct {
	Version int    `json:"v"`
	Issues  []kept `json:"issues"`
}

// kept is an issue as it was told. Line and EndLine count from the first line
// of its piece, which is 1.
type kept struct {
	prompt.Issue

	Rejected string `json:"rejected,omitempty"` // why the second look took it back
}

func (r record) encode() []byte {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil // texts and numbers always have a form
	}
	return raw
}

// readRecord is false for what is no record of this version.
func readRecord(raw []byte) (record, bool) {
	var r record
	if json.Unmarshal(raw, &r) != nil || r.Version != recordVersion {
		return record{}, false
	}
	return r, true
}

// finding puts what was kept onto the lines where its piece stands now. It is
// false when the lines do not hold what was quoted.
func (k kept) finding(doc *text.Document, p piece) (Finding, bool) {
	first, last := p.First+k.Line-1, p.First+k.EndLine-1
	if k.Line < 1 || last < first || last > p.Last || fold(doc.Line(first)) != fold(k.Quote) {
		return Finding{}, false
	}
	f, err := newFinding(doc, p, k.Issue, first, last)
	f.Rejected = k.Rejected
	return f, err == nil
}

// partsOf is what is sent for pieces: their lines, and their context.
func partsOf(doc *text.Document, batch []piece) []prompt.Part {
	var asked, context []syntax.Lines
	for _, p := range batch {
		last := len(asked) - 1
		if last >= 0 && isBlank(doc, asked[last].Last+1, p.First-1) {
			asked[last].Last = p.Last // as it stands in the file
		} else {
			asked = append(asked, p.Lines)
		}
		context = append(context, p.Context...)
	}
	context = without(context, asked)
	var parts []prompt.Part
	add := func(l syntax.Lines, ask bool) {
		parts = append(parts, prompt.Part{First: l.First + 1, Lines: sourceLines(doc, l.First, l.Last), Ask: ask})
	}
	for _, l := range asked {
		for len(context) > 0 && context[0].First < l.First {
			add(context[0], false)
			context = context[1:]
		}
		add(l, true)
	}
	for _, l := range context {
		add(l, false)
	}
	return parts
}

func isBlank(doc *text.Document, first, last int) bool {
	for n := first; n <= last; n++ {
		if fold(doc.Line(n)) != "" {
			return false
		}
	}
	return true
}
