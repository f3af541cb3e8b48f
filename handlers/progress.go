package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tliron/glsp"
)

// errStopped is the cause of a context that a person ended with the cancel
// button of its progress.
var errStopped = errors.New("stopped by the user")

// reportGap keeps reports under ten a second for each token: nine, and the last
// one, which does not wait. What a pacer hands on is as far apart already.
const reportGap = 112 * time.Millisecond

// progress is the work that the editor shows as such.
type progress struct {
	client  Client
	enabled bool // set by initialize

	mu     sync.Mutex
	issued int
	cancel map[string]context.CancelCauseFunc // by token
}

func newProgress(client Client) *progress {
	return &progress{client: client, cancel: map[string]context.CancelCauseFunc{}}
}

// start begins a task that is shown after a while, and can be cancelled from
// the moment it is shown: then the returned context ends. Reports that are not
// gap apart are joined with sep. The task must be finished.
func (p *progress) start(ctx context.Context, title string, after, gap time.Duration, sep string) (context.Context, *task) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := &task{progress: p, ctx: ctx, title: title, gap: gap, sep: sep, end: cancel}
	if !p.enabled {
		return ctx, t
	}
	p.mu.Lock()
	p.issued++
	t.token = fmt.Sprintf("ai-lsp/%d", p.issued) // a string: Zed refuses numbers
	p.cancel[t.token] = cancel
	p.mu.Unlock()
	if after <= 0 {
		go t.create() // ends with the editor's answer, in ten seconds at most
		return ctx, t
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.quiet = true
	t.waits = time.AfterFunc(after, t.create)
	return ctx, t
}

// cancelProgress takes a window/workDoneProgress/cancel that came by way of
// the lane, for transports that do not handle it earlier.
func (h *Handlers) cancelProgress(_ *glsp.Context, params *struct{ Token json.RawMessage }) (any, error) {
	h.CancelProgress(params.Token)
	return nil, nil
}

// CancelProgress ends the task with a token. It may be called from any
// goroutine, ahead of the lane.
func (h *Handlers) CancelProgress(raw json.RawMessage) {
	var token string
	if json.Unmarshal(raw, &token) != nil {
		return
	}
	h.progress.mu.Lock()
	cancel := h.progress.cancel[token]
	h.progress.mu.Unlock()
	if cancel != nil {
		cancel(errStopped)
	}
}

// task is one piece of work that is shown.
type task struct {
	progress *progress
	ctx      context.Context // ends with the task
	end      context.CancelCauseFunc
	title    string
	token    string // empty: the editor shows no progress
	gap      time.Duration
	sep      string

	mu       sync.Mutex
	waits    *time.Timer // until it is shown, then until the next report
	quiet    bool        // it is not shown if it ends before it would be
	begun    bool        // begin was sent
	refused  bool        // the editor will not show it
	finished bool
	first    string // message of the beginning
	last     string // message of the end
	pending  []string
	sent     time.Time
}

// create asks the editor for a place to show the task. Only when it agrees
// does anything appear.
func (t *task) create() {
	t.mu.Lock()
	needless := t.quiet && t.finished
	t.mu.Unlock()
	if needless {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 10*time.Second)
	defer cancel()
	err := t.progress.client.Call(ctx, "window/workDoneProgress/create", map[string]string{"token": t.token}, nil)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.refused, t.pending = true, nil
		return
	}
	t.begun = true
	t.notify(progressValue{Kind: "begin", Title: t.title, Message: t.first, Cancellable: true})
	t.flush()
	if t.finished {
		t.notify(progressValue{Kind: "end", Message: t.last})
	}
}

// open says what the task is about, when it is shown.
func (t *task) open(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first = text
}

// report shows text, now or joined with what follows.
func (t *task) report(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == "" || t.refused || t.finished || text == "" {
		return
	}
	t.pending = append(t.pending, text)
	if !t.begun || len(t.pending) > 1 {
		return // begin or the timer sends it
	}
	if wait := time.Until(t.sent.Add(t.gap)); wait > 0 {
		t.waits = time.AfterFunc(wait, func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			if !t.finished {
				t.flush()
			}
		})
		return
	}
	t.flush()
}

// flush must be called with the lock held, after begin.
func (t *task) flush() {
	if len(t.pending) == 0 {
		return
	}
	t.notify(progressValue{Kind: "report", Message: strings.Join(t.pending, t.sep)})
	t.pending, t.sent = nil, time.Now()
}

// finish ends the task with a last word. Its context ends too.
func (t *task) finish(message string) {
	t.end(nil)
	t.progress.mu.Lock()
	delete(t.progress.cancel, t.token)
	t.progress.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.finished {
		return
	}
	t.finished, t.last = true, message
	if t.waits != nil {
		t.waits.Stop()
	}
	if t.begun {
		t.flush()
		t.notify(progressValue{Kind: "end", Message: message})
	}
}

type progressParams struct {
	Token string        `json:"token"`
	Value progressValue `json:"value"`
}

type progressValue struct {
	Kind        string `json:"kind"`
	Title       string `json:"title,omitempty"`
	Cancellable bool   `json:"cancellable,omitempty"`
	Message     string `json:"message,omitempty"`
}

// notify must be called with the lock held. Reports that the editor has not
// read yet are joined in the queue too: together they are the whole answer.
func (t *task) notify(v progressValue) {
	key := ""
	if v.Kind == "report" {
		key = "progress " + t.token
	}
	join := func(older, newer any) any {
		joined := newer.(progressParams)
		joined.Value.Message = older.(progressParams).Value.Message + t.sep + joined.Value.Message
		return joined
	}
	// An error means that the session is over, and with it the display.
	_ = t.progress.client.NotifyMerged(key, "$/progress", progressParams{t.token, v}, join)
}
