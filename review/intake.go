package review

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

// Bounds of one reply: issues that are taken, and how often an answer can begin
// anew while they are.
const (
	mostIssues   = 200
	mostRestarts = 64
)

// intake turns the text of a reply about some pieces into findings. The one who
// reads the stream uses it, and what is done in turn.
type intake struct {
	visit *visit
	lines *asked
	parts []*Part // for each piece

	partial bool
	mended  bool     // issues were guessed from damaged JSON: too little to change code by
	records []record // for each piece: what this answer said of it
	said    map[said]bool
	fresh   []fresh // what it put on the board

	work chan func() // what is done in turn; nil: at once

	items *stream.Items
	heard int   // issues of this answer that were read, good or bad
	err   error // of reading the stream: too large, too deep
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
		in.parts = append(in.parts, v.run.Part(p.Lines, false))
	}
	return in
}

// begin is called before each answer.
func (in *intake) begin() {
	in.items, in.heard, in.err = stream.NewItems("issues", in.later), 0, nil
	in.do(in.clear)
}

// clear forgets what an answer has said.
func (in *intake) clear() {
	in.records, in.fresh, in.mended = make([]record, len(in.parts)), nil, false
	in.said = map[said]bool{}
	for i := range in.records {
		in.records[i] = record{Version: recordVersion, Issues: []kept{}}
	}
}

// restart says that the answer begins again.
func (in *intake) restart() {
	in.do(func() {
		for _, p := range in.parts {
			p.Restart()
		}
	})
	in.begin()
}

func (in *intake) hear(piece string) {
	if in.err == nil {
		in.err = in.items.Write(piece)
	}
}

// open lets what takes long, such as the check of a fix, be done beside the
// stream, in order: while it is done, the upstream is read on. The result must
// be called before anything else is asked of the intake; it waits for the end.
func (in *intake) open() (drain func()) {
	in.work = make(chan func(), mostIssues+mostRestarts)
	ended := make(chan any, 1)
	go func(work <-chan func()) {
		var fault any
		for do := range work {
			func() {
				defer func() {
					if f := recover(); f != nil {
						fault = f
					}
				}()
				do()
			}()
		}
		ended <- fault
	}(in.work)
	return func() {
		close(in.work)
		in.work = nil
		if fault := <-ended; fault != nil {
			panic(fault) // where whoever asked can survive it
		}
	}
}

// do runs what belongs to the answer, now or in its turn.
func (in *intake) do(work func()) {
	if in.work == nil {
		work()
		return
	}
	in.work <- work
}

// later takes an issue in its turn. A reply with more than a person would read
// is no review of anything; its first issues may still be.
func (in *intake) later(raw json.RawMessage) {
	if in.heard++; in.heard > mostIssues {
		in.visit.dropped(1)
		return
	}
	raw = bytes.Clone(raw)
	in.do(func() { in.take(raw) })
}

// take is one issue of the reply, whole.
func (in *intake) take(raw json.RawMessage) {
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
		in.later(raw)
	}
	return true
}

// endsWhole says that a damaged reply was at least not cut: its last object is
// closed.
func endsWhole(reply string) bool {
	return strings.HasSuffix(strings.TrimRight(reply, "` \t\r\n"), "}")
}
