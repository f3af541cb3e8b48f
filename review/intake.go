package review

import (
	"encoding/json"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

// intake turns the text of a reply about some pieces into findings. One
// goroutine at a time uses it.
type intake struct {
	visit *visit
	lines *asked
	parts []*Part // for each piece

	partial bool
	records []record // for each piece: what this answer said of it
	said    map[said]bool
	fresh   []fresh // what it put on the board

	items  *stream.Items
	heard  int   // issues of this answer that were read, good or bad
	mended bool  // they were guessed from damaged JSON: too little to change code by
	err    error // of reading the stream: too large, too deep
}

// said tells issues of one answer apart.
type said struct {
	identity, message string
	line              int
}

// fresh is a finding that was not known before.
type fresh struct {
	finding Finding // as it stands in the text that was sent
	id      string
	piece   int // of the intake's
	issue   int // of the piece's record
}

func newIntake(v *visit, batch []piece) *intake {
	in := &intake{visit: v, lines: newAsked(v.ask.Doc, batch)}
	for _, p := range batch {
		in.parts = append(in.parts, v.run.Part(p.Lines))
	}
	return in
}

// begin is called before each answer.
func (in *intake) begin() {
	in.items, in.heard, in.mended, in.err = stream.NewItems("issues", in.take), 0, false, nil
	in.records, in.fresh = make([]record, len(in.parts)), nil
	in.said = map[said]bool{}
	for i := range in.records {
		in.records[i] = record{Version: recordVersion, Issues: []kept{}}
	}
}

// restart says that the answer begins again.
func (in *intake) restart() {
	for _, p := range in.parts {
		p.Restart()
	}
	in.begin()
}

func (in *intake) hear(piece string) {
	if in.err == nil {
		in.err = in.items.Write(piece)
	}
}

// take is one issue of the reply, whole.
func (in *intake) take(raw json.RawMessage) {
	in.heard++
	issue, err := readIssue(raw)
	if err != nil {
		in.visit.dropped(1)
		return
	}
	if in.mended {
		issue.SuggestedFix = ""
	}
	f, at, err := in.lines.toFinding(issue)
	if err != nil {
		in.visit.dropped(1)
		return
	}
	// The same problem of the same code, told twice, is one.
	what := said{f.identity, strings.ToLower(f.Message), f.Anchor.First()}
	if in.said[what] {
		return
	}
	in.said[what] = true
	p := in.lines.pieces[at]
	own := f.source
	own.Line, own.EndLine = f.Anchor.First()-p.First+1, f.Anchor.Last()-p.First+1
	in.records[at].Issues = append(in.records[at].Issues, kept{Issue: own})
	if id, stands := in.visit.show(in.parts[at], f); stands {
		in.fresh = append(in.fresh, fresh{f, id, at, len(in.records[at].Issues) - 1})
	}
}

// whole says that the reply was a review. One that the stream's reader could
// not follow is looked at again as a whole, and mended where that is safe.
func (in *intake) whole(reply string) bool {
	switch {
	case in.err == nil && in.items.Complete() && in.items.Began():
		return true
	case in.heard > 0:
		in.partial = true // what closed stands; what did not may be half of something
		return true
	}
	mended, repaired, err := stream.Whole(reply)
	if err != nil || repaired && !endsWhole(reply) {
		return false
	}
	var review struct {
		Issues []json.RawMessage `json:"issues"`
	}
	if json.Unmarshal(mended, &review) != nil || review.Issues == nil {
		return false
	}
	in.mended, in.partial = repaired, repaired
	for _, raw := range review.Issues {
		in.take(raw)
	}
	return true
}

// endsWhole says that a damaged reply was at least not cut: its last object is
// closed.
func endsWhole(reply string) bool {
	return strings.HasSuffix(strings.TrimRight(reply, "` \t\r\n"), "}")
}
