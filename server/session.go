package server

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// Options is what a session is made of, beside its connection.
type Options struct {
	handlers.Deps // Client is the session's own

	Trace func(from string, message []byte) // of every message; may be nil
}

// Session is one session with one editor.
type Session struct {
	conn     *rpc.Conn
	handlers *handlers.Handlers
	routes   map[string]handlers.Route
}

var (
	_ glsp.Handler   = (*Session)(nil)
	_ rpc.Dispatcher = (*Session)(nil)
)

// New makes a session that reads r and writes w.
func New(r io.Reader, w io.Writer, o Options) *Session {
	s := &Session{}
	s.conn = rpc.New(r, w, rpc.Options{
		Trace: o.Trace,
		Log:   o.Log,
		ProgressCancelled: func(token json.RawMessage) {
			s.handlers.CancelProgress(token)
		},
	})
	o.Client = s.conn
	s.handlers = handlers.New(o.Deps)
	s.routes = s.handlers.Routes()
	return s
}

// Serve runs the session to its end and gives the exit code for the process.
func (s *Session) Serve(ctx context.Context) int {
	code := s.conn.Serve(ctx, s)
	// The session may have ended without shutdown; then nothing has ended the
	// work that no request waits for.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 150*time.Millisecond)
	defer cancel()
	s.handlers.Close(ctx)
	return code
}

// Dispatch runs a message on the lane.
func (s *Session) Dispatch(ctx context.Context, m *rpc.Message) (now any, later rpc.Work, err error) {
	result, validMethod, _, err := s.run(s.context(ctx, m))
	if !validMethod {
		return nil, nil, rpc.UnknownMethod(m.Method)
	}
	if work, ok := result.(handlers.Later); ok {
		return nil, rpc.Work(work), err
	}
	return result, nil, err
}

// Handle runs one method to its end, as glsp.Handler has it.
func (s *Session) Handle(ctx *glsp.Context) (result any, validMethod, validParams bool, err error) {
	result, validMethod, validParams, err = s.run(ctx)
	if work, ok := result.(handlers.Later); ok && err == nil {
		result, err = work(ctx.Context)
	}
	return result, validMethod, validParams, err
}

func (s *Session) run(ctx *glsp.Context) (result any, validMethod, validParams bool, err error) {
	route, known := s.routes[ctx.Method]
	if !known {
		return nil, false, false, nil
	}
	result, err = route(ctx)
	return result, true, err == nil, err
}

// context binds the library's context to our connection. Call must only be
// used in work that runs beside the lane.
func (s *Session) context(ctx context.Context, m *rpc.Message) *glsp.Context {
	return &glsp.Context{
		Method:  m.Method,
		Params:  m.Params,
		Context: ctx,
		Notify:  func(method string, params any) { _ = s.conn.Notify(method, params) },
		Call:    func(method string, params, result any) { _ = s.conn.Call(ctx, method, params, result) },
	}
}
