package rpc

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"
)

// longTurn is how long a message may hold up the lane before that is logged.
// Everything behind it waits, so a user can feel a few of these.
const longTurn = 20 * time.Millisecond

// handle is what the lane does with each task.
func (c *Conn) handle(session context.Context, d Dispatcher, t task) {
	if t.request == nil {
		c.notified(session, d, t.message)
		return
	}
	r := t.request
	if !c.requests.start(r) {
		return // cancelled while it waited
	}
	if err := c.forbidden(r.Method); err != nil {
		c.answer(r, nil, err)
		return
	}
	switch r.Method {
	case methodInitialize:
		c.initialize(context.WithoutCancel(session), d, r)
	case methodShutdown:
		c.shutdown(context.WithoutCancel(session), d, r)
	default:
		c.requested(d, r)
	}
}

func (c *Conn) notified(session context.Context, d Dispatcher, m *Message) {
	if stage(c.state.Load()) != stageRunning {
		return
	}
	_, later, err := c.turn(session, d, m)
	if err != nil {
		c.logNotification(m.Method, err)
		return
	}
	if later == nil || session.Err() != nil {
		return
	}
	if !c.works.add(c.options.MaxWorks) {
		c.options.Log("%s dropped: too much at work", m.Method)
		return
	}
	go func() {
		defer c.works.done()
		if _, err := c.run(session, m.Method, later); err != nil && !isCancel(err) {
			c.logNotification(m.Method, err)
		}
	}()
}

func (c *Conn) logNotification(method string, err error) {
	if e, ok := errors.AsType[*Error](err); ok && e != nil && e.Code == MethodNotFound && strings.HasPrefix(method, "$/") {
		return // such notifications are meant to be ignored by who does not know them
	}
	c.options.Log("%s: %v", method, err)
}

func (c *Conn) requested(d Dispatcher, r *request) {
	if err := r.ctx.Err(); err != nil {
		c.answer(r, nil, err) // the session is ending
		return
	}
	now, later, err := c.turn(r.ctx, d, r.Message)
	if err != nil || later == nil {
		c.answer(r, now, err)
		return
	}
	if !c.works.add(c.options.MaxWorks) {
		c.answer(r, nil, Errorf(RequestFailed, "too many requests at once"))
		return
	}
	go func() {
		defer c.works.done()
		result, err := c.run(r.ctx, r.Method, later)
		c.answer(r, result, err)
	}()
}

// answer sends the one response of r, unless it was sent already.
func (c *Conn) answer(r *request, result any, err error) {
	var body []byte
	if err == nil {
		if body, err = encodeResult(r.ID, result); err != nil {
			c.options.Log("%s: %v", r.Method, err)
			err = Errorf(InternalError, "the result could not be encoded")
		}
	}
	if err != nil {
		body = encodeError(r.ID, toError(err))
	}
	if c.requests.take(r) {
		_ = c.writer.push(body) // fails only when nobody listens any more
	}
	r.cancel(nil)
}

// turn is a dispatch that other messages wait for.
func (c *Conn) turn(ctx context.Context, d Dispatcher, m *Message) (now any, later Work, err error) {
	begin := time.Now()
	now, later, err = c.dispatch(ctx, d, m)
	if took := time.Since(begin); took > longTurn {
		c.options.Log("%s held up the lane for %v", m.Method, took.Round(time.Millisecond))
	}
	return now, later, err
}

// dispatch calls the dispatcher and survives its panic.
func (c *Conn) dispatch(ctx context.Context, d Dispatcher, m *Message) (now any, later Work, err error) {
	defer func() {
		if p := recover(); p != nil {
			now, later, err = nil, nil, c.panicked(m.Method, p)
		}
	}()
	return d.Dispatch(ctx, m)
}

// run does the work and survives its panic.
func (c *Conn) run(ctx context.Context, method string, work Work) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, c.panicked(method, p)
		}
	}()
	return work(ctx)
}

// panicked logs a panic with its stack; the client hears neither.
func (c *Conn) panicked(what string, p any) error {
	c.options.Log("%s: panic: %v\n%s", what, p, debug.Stack())
	return Errorf(InternalError, "internal error")
}

// survive keeps a panic in a function of ours to itself.
func (c *Conn) survive(what string) {
	if p := recover(); p != nil {
		_ = c.panicked(what, p)
	}
}

func isCancel(err error) bool { return errors.Is(err, context.Canceled) }
