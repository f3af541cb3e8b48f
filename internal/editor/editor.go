package editor

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
)

// Editor is one editor with one server.
type Editor struct {
	writing sync.Mutex
	w       io.Writer

	ended chan struct{} // closed when the server has ended
	gone  error         // why; set before that

	mu       sync.Mutex // guards what follows
	seen     *State
	changed  chan struct{} // closed and renewed with each message
	pending  map[string]chan *Message
	issued   int
	settings any
	docs     map[string]*document
	refuse   map[string]*Error
	onEach   func(*Message)
}

// State is all that the server has said so far. It is only read inside
// [Editor.Await].
type State struct {
	Messages    []*Message
	Diagnostics map[string]Published // by URI, the newest
	Progress    []Progress
	Shown       []string // window/showMessage
	Logged      []string // window/logMessage
}

// Published is one textDocument/publishDiagnostics.
type Published struct {
	URI         string       `json:"uri"`
	Version     *int32       `json:"version"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Progress is one $/progress.
type Progress struct {
	Token json.RawMessage `json:"token"`
	Value struct {
		Kind        string `json:"kind"`
		Title       string `json:"title"`
		Message     string `json:"message"`
		Cancellable bool   `json:"cancellable"`
	} `json:"value"`
}

// ErrGone is returned when the server has ended before it answered.
var ErrGone = errors.New("the server has ended")

// Connect begins to read a server's messages from r. Its requests are answered
// as an editor does; settings is the answer to workspace/configuration.
func Connect(r io.Reader, w io.Writer, settings any) *Editor {
	e := &Editor{
		w: w, settings: settings, changed: make(chan struct{}), pending: map[string]chan *Message{},
		ended: make(chan struct{}), docs: map[string]*document{}, refuse: map[string]*Error{}, seen: &State{Diagnostics: map[string]Published{}},
	}
	go e.read(bufio.NewReader(r))
	return e
}

func (e *Editor) read(r *bufio.Reader) {
	for {
		body, err := readFrame(r)
		var m Message
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		if err != nil {
			e.gone = fmt.Errorf("%w: %w", ErrGone, err)
			close(e.ended)
			return
		}
		e.take(&m)
	}
}

// take files a message and answers it if it is a request.
func (e *Editor) take(m *Message) {
	e.mu.Lock()
	e.seen.add(m)
	answer := e.pending[string(m.ID)]
	if m.Method == "" {
		delete(e.pending, string(m.ID))
	}
	close(e.changed)
	e.changed = make(chan struct{})
	onEach := e.onEach
	e.mu.Unlock()
	if onEach != nil {
		onEach(m)
	}
	switch {
	case m.Method == "" && answer != nil:
		answer <- m
	case m.Method != "" && m.ID != nil:
		e.answer(m)
	}
}

func (s *State) add(m *Message) {
	s.Messages = append(s.Messages, m)
	var text struct{ Message string }
	switch m.Method {
	case "textDocument/publishDiagnostics":
		var p Published
		if json.Unmarshal(m.Params, &p) == nil {
			s.Diagnostics[p.URI] = p
		}
	case "$/progress":
		var p Progress
		if json.Unmarshal(m.Params, &p) == nil {
			s.Progress = append(s.Progress, p)
		}
	case "window/showMessage":
		_ = json.Unmarshal(m.Params, &text)
		s.Shown = append(s.Shown, text.Message)
	case "window/logMessage":
		_ = json.Unmarshal(m.Params, &text)
		s.Logged = append(s.Logged, text.Message)
	}
}

// OnEach has each later message of the server given to f, in order.
func (e *Editor) OnEach(f func(*Message)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.onEach = f
}

// Refuse answers the server's requests of a method with an error from now on;
// nil: it never answers them.
func (e *Editor) Refuse(method string, with *Error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refuse[method] = with
}

// Configure changes what workspace/configuration is answered with.
func (e *Editor) Configure(settings any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settings = settings
}

// answer does what the server asks for.
func (e *Editor) answer(m *Message) {
	e.mu.Lock()
	settings := e.settings
	refusal, refused := e.refuse[m.Method]
	e.mu.Unlock()
	if refused && refusal == nil {
		return
	}
	if refused {
		_ = e.send(message{ID: m.ID, Error: refusal})
		return
	}
	var result any
	switch m.Method {
	case "workspace/configuration":
		result = []any{settings}
	case "workspace/applyEdit":
		result = map[string]bool{"applied": e.applyEdit(m.Params) == nil}
	case "window/showDocument":
		result = map[string]bool{"success": true}
	}
	raw, err := json.Marshal(result)
	if err == nil {
		_ = e.send(message{ID: m.ID, Result: raw}) // a server that is gone needs no answer
	}
}

func (e *Editor) send(m message) error {
	m.JSONRPC = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode %s: %w", m.Method, err)
	}
	return e.SendRaw(body)
}

// SendRaw sends a body as it is.
func (e *Editor) SendRaw(body []byte) error {
	e.writing.Lock()
	defer e.writing.Unlock()
	return writeFrame(e.w, body)
}

// Notify sends a notification.
func (e *Editor) Notify(method string, params any) error {
	return e.send(message{Method: method, Params: params})
}

// Pending is a request that was sent.
type Pending struct {
	ID     int
	editor *Editor
	answer chan *Message
}

// Start sends a request and does not wait.
func (e *Editor) Start(method string, params any) (*Pending, error) {
	e.mu.Lock()
	e.issued++
	p := &Pending{ID: e.issued, editor: e, answer: make(chan *Message, 1)}
	e.pending[strconv.Itoa(p.ID)] = p.answer
	e.mu.Unlock()
	return p, e.send(message{ID: json.RawMessage(strconv.Itoa(p.ID)), Method: method, Params: params})
}

// Cancel asks the server to give the request up.
func (p *Pending) Cancel() error {
	return p.editor.Notify("$/cancelRequest", map[string]int{"id": p.ID})
}

// Wait waits for the answer and decodes it into result, which may be nil.
func (p *Pending) Wait(ctx context.Context, result any) error {
	select {
	case m := <-p.answer:
		return m.into(result)
	case <-p.editor.ended:
		select {
		case m := <-p.answer: // it came before the end
			return m.into(result)
		default:
			return p.editor.gone
		}
	case <-ctx.Done():
		return fmt.Errorf("wait for answer %d: %w", p.ID, ctx.Err())
	}
}

// into decodes the result of an answer.
func (m *Message) into(result any) error {
	switch {
	case m.Error != nil:
		return m.Error
	case result == nil:
		return nil
	}
	return json.Unmarshal(m.Result, result)
}

// Request sends a request and waits for its answer.
func (e *Editor) Request(ctx context.Context, method string, params, result any) error {
	p, err := e.Start(method, params)
	if err != nil {
		return err
	}
	return p.Wait(ctx, result)
}

// Await waits until seen is true of what the server has said.
func (e *Editor) Await(ctx context.Context, seen func(*State) bool) error {
	for {
		e.mu.Lock()
		ok, changed := seen(e.seen), e.changed
		e.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-e.ended:
			return e.gone
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", context.Cause(ctx))
		}
	}
}

// Messages are all that the server has sent, in order.
func (e *Editor) Messages() []*Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.seen.Messages)
}
