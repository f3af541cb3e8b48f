package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/llm/stream"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Model is what a review needs of the model's side.
type Model interface {
	Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error)
}

// Reviewer asks a model about code and puts what it finds on a board.
type Reviewer struct {
	model Model
	board *Board
}

// New makes a reviewer.
func New(model Model, board *Board) *Reviewer { return &Reviewer{model: model, board: board} }

// Ask is what to review.
type Ask struct {
	Doc         *text.Document
	First, Last int  // zero-based lines, both included
	Interactive bool // a person waits
	// MinConfidence keeps findings that are not shown from being told and
	// counted. They are on the board all the same.
	MinConfidence float64
	// Found, if set, is called with each finding the moment that it stands on
	// the board, from one goroutine.
	Found func(Finding)
}

// Result is what came of a review.
type Result struct {
	Findings int  // that this review put on the board
	Units    int  // that were asked about
	Calls    int  // to the model
	Cached   int  // units whose answer was known
	Dropped  int  // issues that could not be anchored or read
	Partial  bool // a part of the answer is missing
}

// ErrNotOpen says that a document is not open, or not in the version asked
// about.
var ErrNotOpen = errors.New("the document is not open, or was changed too often meanwhile")

// errUnusable is a reply that is no review, even after it was asked for again.
var errUnusable = &llm.Error{
	Class: llm.ClassUnusable,
	Say:   "The model's reply was not a review, twice. Another model, or provider.structuredOutput, may help.",
}

// Review asks about lines of a document and puts each finding on the board the
// moment it is told. What was found before an error stands; the error is an
// [*llm.Error], or [ErrNotOpen].
func (r *Reviewer) Review(ctx context.Context, ask Ask) (Result, error) {
	lines := newAsked(ask.Doc, ask.First, ask.Last)
	if strings.Join(lines.folded, "") == "" {
		return Result{}, nil // nothing to ask about
	}
	req, err := prompt.Review().Request(prompt.Data{
		Language: languageOf(ask.Doc), Lines: sourceLines(ask.Doc, ask.First, ask.Last), First: ask.First + 1,
	})
	if err != nil {
		return Result{}, err
	}
	req.Interactive, req.Restartable = ask.Interactive, true
	run, open := r.board.Begin(ask.Doc, ask.First, ask.Last)
	if !open {
		return Result{}, ErrNotOpen
	}
	defer run.End(false) // unless it ended in better order
	in := &intake{run: run, lines: lines, found: ask.Found, leastSure: ask.MinConfidence, told: map[string]bool{}}
	in.result.Units = 1
	err = r.converse(ctx, req, in)
	run.End(err == nil && !in.result.Partial)
	in.result.Partial = in.result.Partial || err != nil
	return in.result, err
}

// converse asks, and asks once more when the reply can not be read at all.
func (r *Reviewer) converse(ctx context.Context, req llm.Request, in *intake) error {
	reply, err := r.listen(ctx, req, in)
	if err != nil || in.whole(reply.Text) {
		return err
	}
	in.run.Restart()
	reply, err = r.listen(ctx, prompt.Repair(req, reply.Text), in)
	if err != nil || in.whole(reply.Text) {
		return err
	}
	return errUnusable
}

// listen makes one call and takes in issues while they arrive.
func (r *Reviewer) listen(ctx context.Context, req llm.Request, in *intake) (llm.Reply, error) {
	in.result.Calls++
	in.begin()
	reply, err := r.model.Complete(ctx, req, func(e llm.Event) {
		if e.Restart {
			in.run.Restart()
			in.begin()
		}
		in.hear(e.Text)
	})
	broken, _ := in.items.Dropped() // why is of no use to anyone here
	in.result.Dropped += broken
	return reply, err
}

// intake turns the text of a reply into findings.
type intake struct {
	run    *Run
	lines  *asked
	found  func(Finding)
	result Result

	leastSure float64
	told      map[string]bool // ids

	items  *stream.Items
	heard  int   // issues of this answer that were read, good or bad
	mended bool  // they were guessed from damaged JSON: too little to change code by
	err    error // of reading the stream: too large, too deep
}

func (in *intake) begin() {
	in.items, in.heard, in.mended, in.err = stream.NewItems("issues", in.take), 0, false, nil
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
		in.result.Dropped++
		return
	}
	if in.mended {
		issue.SuggestedFix = ""
	}
	f, err := in.lines.toFinding(issue)
	if err != nil {
		in.result.Dropped++
		return
	}
	f, stands := in.run.Add(f)
	if !stands || f.Confidence < in.leastSure {
		return
	}
	if in.told[f.ID] {
		return // again, after the answer began anew
	}
	in.told[f.ID] = true
	in.result.Findings++
	if in.found != nil {
		in.found(f)
	}
}

// whole says that the reply was a review. One that the stream's reader could
// not follow is looked at again as a whole, and mended where that is safe.
func (in *intake) whole(reply string) bool {
	switch {
	case in.err == nil && in.items.Complete() && in.items.Began():
		return true
	case in.heard > 0:
		in.result.Partial = true // what closed stands; what did not may be half of something
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
	in.mended, in.result.Partial = repaired, repaired
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

func sourceLines(doc *text.Document, first, last int) []string {
	lines := make([]string, 0, last-first+1)
	for n := first; n <= last; n++ {
		lines = append(lines, strings.TrimPrefix(doc.Line(n), "\uFEFF"))
	}
	return lines
}

// languageOf keeps a language id that is one; anything else could carry words
// into the prompt.
func languageOf(doc *text.Document) string {
	id := doc.Language()
	if id == "" || len(id) > 40 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_.#") != "" {
		return "text"
	}
	return id
}

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
	reply, err := r.model.Complete(ctx, req, func(e llm.Event) { tell(e.Text) })
	if err != nil {
		return answer.String(), err
	}
	if strings.TrimSpace(reply.Text) == "" {
		return "", &llm.Error{Class: llm.ClassUnusable, Say: "The model gave an empty answer. Try again, or another model."}
	}
	return answer.String() + safe.Close(), nil
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

// Skip says why lines of a document are not sent; empty: they are. name is the
// last part of its path.
func Skip(doc *text.Document, first, last int, name string, maxFileSize int64) string {
	size := int64(doc.LineSpan(last).End - doc.LineSpan(first).Start)
	switch {
	case SecretName(name):
		return "files of this name hold secrets"
	case size > maxFileSize:
		return fmt.Sprintf("it has %d KiB, and review.maxFileSize is %d KiB", size>>10, maxFileSize>>10)
	case strings.ContainsRune(doc.Text(), 0):
		return "it is not text"
	}
	return ""
}
