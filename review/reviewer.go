package review

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Model is what a review needs of the model's side.
type Model interface {
	Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error)
}

// Options are what a reviewer goes by. The functions are asked anew for each
// review; a nil one gives the zero value.
type Options struct {
	Cache Cache // nil: nothing is kept
	// ModelName names the model that the next call asks: an answer of one model
	// is none of another.
	ModelName  func(ctx context.Context) string
	ReviewTTL  func() time.Duration // how long answers count; 0: they are not kept
	ExplainTTL func() time.Duration
}

// Reviewer asks a model about code and puts what it finds on a board.
type Reviewer struct {
	model    Model
	board    *Board
	options  Options
	outlines outlines
	flights  flights

	hits, misses atomic.Uint64
}

// New makes a reviewer.
func New(model Model, board *Board, o Options) *Reviewer {
	if o.ModelName == nil {
		o.ModelName = func(context.Context) string { return "" }
	}
	if o.ReviewTTL == nil {
		o.ReviewTTL = func() time.Duration { return 0 }
	}
	if o.ExplainTTL == nil {
		o.ExplainTTL = func() time.Duration { return 0 }
	}
	return &Reviewer{model: model, board: board, options: o}
}

// Counts tells how many units and questions were answered from what is kept,
// and how many had to be asked.
func (r *Reviewer) Counts() (hits, misses uint64) { return r.hits.Load(), r.misses.Load() }

// Ask is what to review.
type Ask struct {
	Doc *text.Document
	// Units that touch these lines are asked about; nil: all of the text.
	Wanted []syntax.Lines
	// Base is what the document was; units that stood in it already, anywhere, are
	// not asked about. nil: none did.
	Base *text.Document
	// Near keeps findings from being shown that stand neither on wanted lines nor
	// next to them. Those that are shown already stay.
	Near bool
	// Exact asks about just the wanted lines, which are one run.
	Exact bool

	// Refused says why the model must not be asked now; empty: it may. What is
	// known is told all the same.
	Refused string

	Interactive bool // a person waits
	Verify      bool // what is new gets a second look
	// MinConfidence keeps findings that are not shown from being told and
	// counted. They are on the board all the same.
	MinConfidence float64
	// Found, if set, is called with each finding the moment that it stands on
	// the board, and Done with how many units are done; never at the same time.
	Found func(Finding)
	Done  func(done, units int)
}

// Result is what came of a review.
type Result struct {
	Findings int  // that this review put on the board
	Units    int  // that were asked about
	Calls    int  // to the model
	Cached   int  // units whose answer was known
	Dropped  int  // issues that could not be anchored or read
	Rejected int  // findings that the second look took back
	Partial  bool // a part of the answer is missing

	Unverified error // why what was found has not got its second look, for the log
}

// ErrNotOpen says that a document is not open, or not in the version asked
// about.
var ErrNotOpen = errors.New("the document is not open, or was changed too often meanwhile")

// RefusedError says that something is not known and must not be asked.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

// errUnusable is a reply that is no review, even after it was asked for again.
var errUnusable = &llm.Error{
	Class: llm.ClassUnusable,
	Say:   "The model's reply was not a review, twice. Another model, or provider.structuredOutput, may help.",
}

// Review tells what is known about pieces of a document, asks about the others,
// and puts each finding on the board the moment it is told. What was found
// before an error stands; the error is an [*llm.Error], a [*RefusedError], or
// [ErrNotOpen].
func (r *Reviewer) Review(ctx context.Context, ask Ask) (Result, error) {
	salt := r.salt(ctx, ask.Doc)
	pieces := r.pieces(ctx, ask, salt)
	if len(pieces) == 0 {
		return Result{}, nil // nothing to ask about
	}
	run, open := r.board.Begin(ask.Doc)
	if !open {
		return Result{}, ErrNotOpen
	}
	defer run.Close()
	v := &visit{r: r, ask: ask, run: run, salt: salt, told: map[string]bool{}, result: Result{Units: len(pieces)}}
	v.finished(0, false)
	err := v.review(ctx, pieces)
	if err == nil && ask.Verify {
		v.lookAgain(ctx)
	}
	// What was found is kept also when the one who asked has gone.
	r.remember(context.WithoutCancel(ctx), ask.Doc.URI())
	v.result.Partial = v.result.Partial || err != nil
	r.hits.Add(uint64(v.result.Cached))
	return v.result, err
}

// pieces are what is asked about.
func (r *Reviewer) pieces(ctx context.Context, ask Ask, salt string) []piece {
	outline := r.outlines.of(ctx, ask.Doc)
	if ask.Exact && len(ask.Wanted) > 0 {
		return exact(ask.Doc, outline, ask.Wanted[0], salt)
	}
	pieces := whole(ask.Doc, outline, ask.Wanted, salt)
	if ask.Base == nil {
		return pieces
	}
	before := map[string]bool{}
	for _, unit := range r.outlines.of(ctx, ask.Base).Units() {
		before[unitText(ask.Base, inked(ask.Base, unit.Lines))] = true
	}
	return slices.DeleteFunc(pieces, func(p piece) bool { return before[unitText(ask.Doc, p.Lines)] })
}

// salt stands for all that an answer about a piece depends on beside the text.
// The fingerprint of the prompt covers its schema and sampling parameters.
func (r *Reviewer) salt(ctx context.Context, doc *text.Document) string {
	return keyOf(
		KindReview, strconv.Itoa(recordVersion), languageOf(doc), prompt.Review().Fingerprint(), r.options.ModelName(ctx),
	)
}

// Recall puts on the board what is known of a document, without asking anyone.
func (r *Reviewer) Recall(ctx context.Context, doc *text.Document) {
	if r.options.Cache == nil || r.options.ReviewTTL() <= 0 {
		return
	}
	run, open := r.board.Begin(doc)
	if !open {
		return
	}
	defer run.Close()
	pieces := r.pieces(ctx, Ask{Doc: doc}, r.salt(ctx, doc))
	v := &visit{r: r, ask: Ask{Doc: doc}, run: run, told: map[string]bool{}}
	changed := v.recall(ctx, pieces)
	units, remembered := r.outlines.of(ctx, doc).Units(), run.Remembered()
	for _, s := range r.stoodIn(ctx, doc.URI()) {
		where := changed
		if s.OfPart {
			where = pieces // what is known of its unit does not tell of it
		}
		if f, ok := s.again(doc, units, where); ok {
			v.show(remembered, f)
		}
	}
}

// Function is the smallest function, method or type around a line; false when
// there is none.
func (r *Reviewer) Function(ctx context.Context, doc *text.Document, line int) (syntax.Lines, bool) {
	return r.outlines.of(ctx, doc).Function(line)
}
