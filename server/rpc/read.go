package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
)

// The methods that this package handles itself.
const (
	methodInitialize     = "initialize"
	methodShutdown       = "shutdown"
	methodExit           = "exit"
	methodCancelRequest  = "$/cancelRequest"
	methodCancelProgress = "window/workDoneProgress/cancel"
)

// read is the read loop.
func (c *Conn) read(session context.Context) {
	defer close(c.readDone)
	for c.mayRead() {
		body, err := c.frames.next()
		switch {
		case err == nil:
			if !c.receive(session, body) {
				c.end(endExit)
				return
			}
		case errors.Is(err, errTooLong):
			c.refuse(&refusal{err: Errorf(InvalidRequest, "message is longer than %d bytes", c.options.MaxBody)})
		case errors.Is(err, errFraming):
			c.options.Log("read: %v", err)
			c.refuse(&refusal{err: Errorf(ParseError, "%s", err.Error())})
			c.end(endFraming)
			return
		default:
			if !errors.Is(err, io.EOF) {
				c.options.Log("read: %v", err)
			}
			c.end(endInput)
			return
		}
	}
}

// mayRead waits for input, and then for room: while too much is queued in
// either direction nothing is read, and the client has to wait. In this order
// the end of input is seen even while there is no room. It is false when the
// session ends.
func (c *Conn) mayRead() bool {
	more := c.frames.more()
	select {
	case <-c.closing:
		return false
	default:
		return !more || (c.lane.valve.wait(c.closing) && c.writer.valve.wait(c.closing))
	}
}

// receive handles one body. It is false when that was exit.
func (c *Conn) receive(session context.Context, body []byte) bool {
	c.trace("client", body)
	in, refused := decode(body)
	switch {
	case refused != nil:
		c.refuse(refused)
	case in.response != nil:
		c.answered(in.response)
	case in.message.Method == methodExit:
		return false
	default:
		c.accept(session, in.message, int64(len(body))+messageWeight)
	}
	return true
}

func (c *Conn) refuse(r *refusal) {
	_ = c.writer.push(encodeError(r.id, r.err)) // fails only when nobody listens any more
}

// answered hands a response to the call that waits for it. One that nobody
// waits for belongs to a call that was given up.
func (c *Conn) answered(r *response) {
	if !c.calls.deliver(r) && r.empty {
		c.refuse(&refusal{err: Errorf(InvalidRequest, "message is neither request, notification nor response")})
	}
}

// accept handles what goes ahead of the lane and puts the rest on it.
func (c *Conn) accept(session context.Context, m *Message, weight int64) {
	if m.ID != nil {
		c.acceptRequest(session, m, weight)
		return
	}
	switch m.Method {
	case methodCancelRequest:
		c.cancelRequest(m.Params)
	case methodCancelProgress:
		c.cancelProgress(m.Params)
	case methodInitialize, methodShutdown:
		c.options.Log("%s came as a notification: dropped", m.Method)
	default:
		c.lane.push(task{message: m, weight: weight})
	}
}

func (c *Conn) acceptRequest(session context.Context, m *Message, weight int64) {
	r := &request{Message: m, key: keyOf(m.ID)}
	r.ctx, r.cancel = context.WithCancelCause(session)
	if !c.requests.add(r) {
		r.cancel(nil)
		c.refuse(&refusal{id: m.ID, err: Errorf(InvalidRequest, "a request with this id is not answered yet")})
		return
	}
	c.lane.push(task{message: m, request: r, weight: weight})
}

// cancelRequest answers at once, whether the request is at work or still waits
// for the lane. Its result will find nobody to go to.
func (c *Conn) cancelRequest(params json.RawMessage) {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(params, &p) != nil || !isID(p.ID) {
		c.options.Log("%s without an id: dropped", methodCancelRequest)
		return
	}
	r := c.requests.takeCancelled(keyOf(p.ID))
	if r == nil {
		return // answered in the meantime
	}
	r.cancel(errGivenUp)
	_ = c.writer.push(encodeError(r.ID, Errorf(RequestCancelled, "cancelled")))
}

func (c *Conn) cancelProgress(params json.RawMessage) {
	var p struct {
		Token json.RawMessage `json:"token"`
	}
	if json.Unmarshal(params, &p) != nil || !isID(p.Token) {
		c.options.Log("%s without a token: dropped", methodCancelProgress)
		return
	}
	if stage(c.state.Load()) != stageRunning {
		return
	}
	defer c.survive(methodCancelProgress)
	c.options.ProgressCancelled(bytes.Clone(p.Token))
}
