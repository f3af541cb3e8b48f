package handlers

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Client is the editor, as handlers reach it. None of the notifications wait
// for it to read; Call must not be made on the lane.
type Client interface {
	Notify(method string, params any) error
	NotifyMerged(key, method string, params any, merge func(older, newer any) any) error
	Call(ctx context.Context, method string, params, result any) error
}

// Cache keeps answers, and forgets them when a person asks for it.
type Cache interface {
	review.Cache
	Clear(ctx context.Context) (entries int, err error)
}

// Change is how a document differs from the last commit.
type Change struct {
	Lines []syntax.Lines // of the document that differ
	Base  *text.Document // what it was; nil: nothing is known of that
}

// Deps is what a session is made of.
type Deps struct {
	Client     Client
	Settings   *settings.Live
	Model      review.Model
	ModelName  func() string                    // of the model that answers, as far as known; nil: what the settings say
	AskedModel func(ctx context.Context) string // of the model that the next call asks; may look for it; nil: likewise
	Version    string                           // of this program, for serverInfo
	Cache      Cache                            // nil: nothing is kept
	Dismissals *review.Dismissals               // nil: kept for as long as the session
	// Changed tells how a file, as the editor has it, differs from its last
	// commit; nil: in all of it.
	Changed func(ctx context.Context, path string, doc *text.Document) Change
	// Note says what is wrong with the store, in a line for a person; empty or
	// nil: nothing.
	Note func() string
	// Load tells how many model calls are under way and how many wait.
	Load func() (running, waiting int)
	// Keep stores a long answer where an editor can open it and gives its URI;
	// nil: answers are only returned.
	Keep func(name, markdown string) (uri string, err error)
	// Log gets what a person need not know. It never holds source or answers.
	Log func(format string, args ...any)
}

// Later is the part of a request that runs beside the lane. Its ctx ends when
// the client cancels the request.
type Later func(ctx context.Context) (any, error)

// Handlers is one session with one editor.
type Handlers struct {
	deps     Deps
	client   *lsp.Client // what the editor can do; set by initialize, then only read
	docs     *text.Store
	board    *review.Board
	reviewer *review.Reviewer

	publisher *publisher
	progress  *progress
	health    *health
	reviews   *reviews
	recalls   *recalls
	roots     *roots
	once      *once

	// Work that no request waits for ends with the session.
	ctx   context.Context
	end   context.CancelFunc
	tasks sync.WaitGroup
	// waiting ends when the editor has told its settings, or takes too long.
	waiting    context.Context
	configured context.CancelFunc
}

// New makes the handlers of one session.
func New(deps Deps) *Handlers {
	if deps.Load == nil {
		deps.Load = func() (int, int) { return 0, 0 }
	}
	if deps.ModelName == nil {
		deps.ModelName = func() string { return deps.Settings.Now().Provider.Model }
	}
	if deps.AskedModel == nil {
		deps.AskedModel = func(context.Context) string { return deps.ModelName() }
	}
	if deps.Note == nil {
		deps.Note = func() string { return "" }
	}
	if deps.Dismissals == nil {
		deps.Dismissals = review.NewDismissals(nil)
	}
	if deps.Log == nil {
		deps.Log = func(string, ...any) {}
	}
	h := &Handlers{
		deps: deps, client: &lsp.Client{Encoding: text.UTF16},
		docs: text.NewStore(), board: review.NewBoard(deps.Dismissals), roots: &roots{}, once: newOnce(),
	}
	h.ctx, h.end = context.WithCancel(context.Background())
	h.waiting, h.configured = context.WithCancel(h.ctx)
	h.configured() // until initialize says otherwise
	h.reviewer = review.New(deps.Model, h.board, review.Options{
		Cache: deps.Cache, ModelName: deps.AskedModel,
		ReviewTTL:  func() time.Duration { return deps.Settings.Now().Cache.ReviewTTL.Std() },
		ExplainTTL: func() time.Duration { return deps.Settings.Now().Cache.ExplainTTL.Std() },
	})
	h.publisher = newPublisher(h.diagnostics, h.publish)
	h.progress = newProgress(deps.Client)
	h.health = newHealth(h)
	h.reviews = newReviews()
	h.recalls = newRecalls()
	deps.Settings.OnChange(h.settingsChanged)
	return h
}

// Route runs one method. On the lane: it must be done within a millisecond, or
// return a [Later].
type Route func(*glsp.Context) (any, error)

// Routes are the methods that are answered, by name.
func (h *Handlers) Routes() map[string]Route {
	return map[string]Route{
		"initialize":                          route(h.Initialize),
		"initialized":                         route(h.Initialized),
		"shutdown":                            route(h.Shutdown),
		"textDocument/didOpen":                route(h.DidOpen),
		"textDocument/didChange":              route(h.DidChange),
		"textDocument/didSave":                route(h.DidSave),
		"textDocument/didClose":               route(h.DidClose),
		"textDocument/hover":                  route(h.Hover),
		"textDocument/codeAction":             route(h.CodeAction),
		"codeAction/resolve":                  route(h.CodeActionResolve),
		"workspace/executeCommand":            route(h.ExecuteCommand),
		"workspace/didChangeConfiguration":    route(h.DidChangeConfiguration),
		"workspace/didChangeWorkspaceFolders": route(h.DidChangeWorkspaceFolders),
		"workspace/didChangeWatchedFiles":     route(h.DidChangeWatchedFiles),
		"window/workDoneProgress/cancel":      route(h.cancelProgress),
		"$/setTrace":                          route(ignore),
		"textDocument/willSave":               route(ignore),
		"workspace/didRenameFiles":            route(ignore),
		"workspace/didDeleteFiles":            route(ignore),
		"workspace/didCreateFiles":            route(ignore),
		"notebookDocument/didOpen":            route(ignore),
		"notebookDocument/didChange":          route(ignore),
		"notebookDocument/didSave":            route(ignore),
		"notebookDocument/didClose":           route(ignore),
	}
}

// route decodes the parameters and refuses those that do not fit.
func route[P, R any](handle func(*glsp.Context, *P) (R, error)) Route {
	return func(ctx *glsp.Context) (any, error) {
		params := new(P)
		if len(ctx.Params) > 0 && string(ctx.Params) != "null" {
			if err := json.Unmarshal(ctx.Params, params); err != nil {
				return nil, rpc.Errorf(rpc.InvalidParams, "%s: %v", ctx.Method, err)
			}
		}
		return handle(ctx, params)
	}
}

// ignore takes what clients send without being asked and nothing here needs.
func ignore(*glsp.Context, *struct{}) (any, error) { return nil, nil }

// background runs work that no request waits for. It ends with the session.
func (h *Handlers) background(work func(ctx context.Context)) {
	h.tasks.Go(func() {
		defer func() {
			if fault := recover(); fault != nil {
				h.deps.Log("background work failed: %v", fault)
			}
		}()
		work(h.ctx)
	})
}

// Close ends what still runs and waits for it, at most as long as ctx allows.
func (h *Handlers) Close(ctx context.Context) {
	h.end()
	h.recalls.close()
	h.publisher.close()
	ended := make(chan struct{})
	go func() {
		h.tasks.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		h.deps.Log("work did not end in time")
	}
}

// view is how findings are chosen now.
func (h *Handlers) view() review.View {
	now := h.deps.Settings.Now().Review
	return review.View{MinConfidence: now.MinConfidence, MaxFindings: now.MaxFindings}
}

// toRange is the wire form of a span, in the agreed encoding.
func (h *Handlers) toRange(doc *text.Document, span text.Span) protocol.Range {
	r := doc.Range(span, h.client.Encoding)
	return protocol.Range{Start: protocol.Position(r.Start), End: protocol.Position(r.End)}
}

func fromRange(r protocol.Range) text.Range {
	return text.Range{Start: text.Position(r.Start), End: text.Position(r.End)}
}

// message types of window/showMessage and window/logMessage.
const (
	messageWarning = 2
	messageInfo    = 3
)

type messageParams struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

// show tells a person; tell writes to the editor's log.
func (h *Handlers) show(kind int, message string) {
	h.notify("window/showMessage", messageParams{kind, message})
}

func (h *Handlers) tell(kind int, message string) {
	h.notify("window/logMessage", messageParams{kind, message})
}

func (h *Handlers) notify(method string, params any) {
	if err := h.deps.Client.Notify(method, params); err != nil {
		h.deps.Log("send %s: %v", method, err)
	}
}

// told passes on what is wrong with the store, once.
func (h *Handlers) told() {
	if note := h.deps.Note(); note != "" && h.once.first("note "+note) {
		h.tell(messageWarning, "ai-lsp: "+note)
	}
}

// once remembers what was said, so that nothing is said twice.
type once struct {
	mu   sync.Mutex
	said map[string]bool
}

func newOnce() *once { return &once{said: map[string]bool{}} }

// first is true the first time that it gets what.
func (o *once) first(what string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.said[what] {
		return false
	}
	o.said[what] = true
	return true
}

// pause is how long reviews that nobody started may take before they show
// progress.
const pause = 500 * time.Millisecond
