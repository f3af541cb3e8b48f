package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/editor"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/cache"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/llm/store"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server"
	"github.com/ai-lsp/ai-lsp/server/text"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model is a model that a test plays. Each call takes the next act; without
// one it hangs until it is cancelled.
type model struct {
	mu    sync.Mutex
	acts  []act
	calls []llm.Request
	ended int // calls that have returned
	moved chan struct{}
}

// act is what a call does.
type act func(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error)

func (m *model) next(acts ...act) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.acts = append(m.acts, acts...)
}

func (m *model) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	m.mu.Lock()
	m.calls = append(m.calls, req)
	do := hang
	if len(m.acts) > 0 {
		do, m.acts = m.acts[0], m.acts[1:]
	}
	m.signal()
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.ended++
		m.signal()
		m.mu.Unlock()
	}()
	return do(ctx, req, sink)
}

// signal must be called with the lock held.
func (m *model) signal() {
	if m.moved != nil {
		close(m.moved)
	}
	m.moved = make(chan struct{})
}

// await waits until is true of the calls that were made and have ended.
func (m *model) await(t *testing.T, is func(made, ended int) bool) {
	t.Helper()
	for {
		m.mu.Lock()
		if m.moved == nil {
			m.signal()
		}
		ok, moved := is(len(m.calls), m.ended), m.moved
		m.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-moved:
		case <-time.After(patience):
			t.Fatal("the model's calls did not come to what was waited for")
		}
	}
}

func (m *model) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.calls)
}

// hang never answers.
func hang(ctx context.Context, _ llm.Request, _ llm.Sink) (llm.Reply, error) {
	<-ctx.Done()
	return llm.Reply{}, &llm.Error{Class: llm.ClassCancelled, Err: ctx.Err()}
}

// say answers with a text, in pieces of seven bytes.
func say(text string) act {
	return func(_ context.Context, _ llm.Request, sink llm.Sink) (llm.Reply, error) {
		for rest := text; rest != ""; {
			n := min(7, len(rest))
			sink(llm.Event{Text: rest[:n]})
			rest = rest[n:]
		}
		return llm.Reply{Text: text, Finish: "stop"}, nil
	}
}

// find answers a review with issues.
func find(issues ...prompt.Issue) act {
	raw, err := json.Marshal(prompt.CodeReview{Issues: append([]prompt.Issue{}, issues...)})
	if err != nil {
		panic(err)
	}
	return say(string(raw))
}

// then says the first part of a text, waits, and goes on.
func then(first string, gate <-chan struct{}, do act) act {
	return func(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
		sink(llm.Event{Text: first})
		select {
		case <-gate:
		case <-ctx.Done():
			return llm.Reply{Text: first}, &llm.Error{Class: llm.ClassCancelled, Err: ctx.Err()}
		}
		reply, err := do(ctx, req, sink)
		reply.Text = first + reply.Text
		return reply, err
	}
}

// fail answers with an error.
func fail(err *llm.Error) act {
	return func(context.Context, llm.Request, llm.Sink) (llm.Reply, error) { return llm.Reply{}, err }
}

// bug is an issue of type bug on a line (from 1) with a quote.
func bug(line int, quote, message, fix string) prompt.Issue {
	return prompt.Issue{
		Line: line, EndLine: line, Quote: quote, Type: "bug", Severity: "warning",
		Message: message, Explanation: "Because.", SuggestedFix: fix, Confidence: 0.9,
	}
}

// patience is how long a state is waited for before a test fails. It is no
// measure of anything.
const patience = 30 * time.Second

// room is a server with an editor, connected by pipes.
type room struct {
	*editor.Editor

	t     *testing.T
	ctx   context.Context
	model *model
	live  *settings.Live
	done  chan int // the exit code
	stdin io.Closer

	cache   handlers.Cache
	changed atomic.Pointer[handlers.Change] // since the last commit; nil: all

	panics atomic.Bool // one is expected
}

// enter starts a server, with an editor of these capabilities (JSON).
func enter(t *testing.T, capabilities string, editorSettings any) *room {
	t.Helper()
	return enterBeside(t, newCache(t), capabilities, editorSettings)
}

// enterBeside starts a server that shares what is kept with others.
func enterBeside(t *testing.T, shared handlers.Cache, capabilities string, editorSettings any) *room {
	t.Helper()
	r := connectTo(t, shared, editorSettings)
	if _, err := r.Initialize(r.ctx, "file:///project", capabilities); err != nil {
		t.Fatal(err)
	}
	return r
}

// newCache keeps answers in memory.
func newCache(t *testing.T) handlers.Cache {
	t.Helper()
	s := store.Open(t.Context(), store.Options{})
	c := cache.New(s, 1<<20)
	t.Cleanup(func() {
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// connect starts a server whose editor has said nothing yet.
func connect(t *testing.T, editorSettings any) *room {
	t.Helper()
	return connectTo(t, newCache(t), editorSettings)
}

// oneLook is a user's settings without a second look, which would be a call that
// most tests are not about.
func oneLook(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte("[review]\nverify = 'off'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func connectTo(t *testing.T, shared handlers.Cache, editorSettings any) *room {
	t.Helper()
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	r := &room{
		t: t, ctx: ctx, model: &model{}, cache: shared, done: make(chan int, 1), stdin: toServer,
		live: settings.Open(settings.Source{Environ: []string{"AI_LSP_CONFIG=" + oneLook(t)}}),
	}
	session := server.New(fromEditor, toEditor, server.Options{Deps: handlers.Deps{
		Settings: r.live, Model: r.model, Version: "test", Cache: r.cache,
		Changed: func(_ context.Context, _ string, doc *text.Document) handlers.Change {
			if changed := r.changed.Load(); changed != nil {
				return *changed
			}
			return handlers.Change{Lines: []syntax.Lines{{First: 0, Last: doc.LineCount() - 1}}}
		},
		Log: func(format string, args ...any) {
			if text := fmt.Sprintf(format, args...); strings.Contains(text, "panic") && !r.panics.Load() {
				t.Error(text)
			}
		},
	}})
	go func() { r.done <- session.Serve(ctx) }()
	r.Editor = editor.Connect(fromServer, toServer, editorSettings)
	t.Cleanup(func() {
		_ = toServer.Close()
		select {
		case <-r.done:
		case <-time.After(patience):
			t.Error("the server did not end")
		}
		cancel()
		if t.Failed() {
			r.dump()
		}
	})
	return r
}

func (r *room) dump() {
	for _, m := range r.Messages() {
		r.t.Logf("%s %s %s %v", m.Method, m.Params, m.Result, m.Error)
	}
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// save opens a document with this text, unless it is open, and saves it.
func (r *room) save(uri, source string) {
	r.t.Helper()
	if r.Version(uri) == 0 {
		r.must(r.Open(uri, "go", source))
	}
	r.must(r.Save(uri))
}

// awaitFindings waits until a document shows just these, as "line message".
func (r *room) awaitFindings(uri string, want ...string) {
	r.t.Helper()
	var got []string
	err := r.Await(r.ctx, func(s *editor.State) bool {
		got = nil
		for _, d := range s.Diagnostics[uri].Diagnostics {
			got = append(got, fmt.Sprintf("%d %s", d.Range.Start.Line+1, d.Message))
		}
		return strings.Join(got, "\n") == strings.Join(want, "\n")
	})
	if err != nil {
		r.t.Fatalf("%v\nshown: %q\nwant:  %q", err, got, want)
	}
}

// review runs the command on a whole file.
func (r *room) review(uri string) (result reviewResult, err error) {
	err = r.Execute(r.ctx, "ai-lsp.review", map[string]string{"uri": uri, "scope": "file"}, &result)
	return result, err
}

type reviewResult struct {
	Findings, Units, Calls, Cached int
	Partial                        bool
}
