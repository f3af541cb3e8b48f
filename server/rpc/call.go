package rpc

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
)

// calls is the table of our own requests that the client has not answered.
type calls struct {
	mu      sync.Mutex // guards the rest
	last    int64
	pending map[string]chan *response
}

// open gives a new call its id and the place where its answer will be.
func (t *calls) open() (json.RawMessage, <-chan *response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pending == nil {
		t.pending = map[string]chan *response{}
	}
	t.last++
	id := strconv.FormatInt(t.last, 10)
	answer := make(chan *response, 1)
	t.pending[id] = answer
	return json.RawMessage(id), answer
}

func (t *calls) drop(id json.RawMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.pending, string(id))
}

// deliver is false when nobody waits for this answer.
func (t *calls) deliver(r *response) bool {
	if !isID(r.id) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	key := keyOf(r.id)
	answer, ok := t.pending[key]
	if ok {
		delete(t.pending, key)
		answer <- r
	}
	return ok
}

// Call sends a request to the client and waits for the answer, which is
// decoded into result; a nil result throws it away. Params are encoded before
// Call returns to its caller or waits. An error response comes back as an
// [*Error]. When ctx ends first, $/cancelRequest is sent, a later answer is
// dropped, and the error wraps ctx.Err(). Before [Conn.Serve] runs nothing is
// sent; after it the error is [ErrClosed].
//
// Call must not be made on the lane, in Dispatch: it would hold up every
// message behind it for as long as the person at the editor takes to answer.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	id, answer := c.calls.open()
	defer c.calls.drop(id)
	body, err := encodeMessage(id, method, params)
	if err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	if err := c.writer.offer(body); err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	select {
	case r := <-answer:
		return r.into(method, result)
	case <-c.closing:
		return fmt.Errorf("call %s: %w", method, ErrClosed)
	case <-ctx.Done():
		// Kept even under backpressure: there is at most one for each call.
		cancel, _ := encodeMessage(nil, methodCancelRequest, map[string]json.RawMessage{"id": id})
		_ = c.writer.push(cancel) // the session may have ended, which cancels too
		return fmt.Errorf("call %s: %w", method, ctx.Err())
	}
}

func (r *response) into(method string, result any) error {
	if r.failure != nil {
		return fmt.Errorf("call %s: %w", method, r.failure)
	}
	if result == nil || r.result == nil {
		return nil
	}
	if err := json.Unmarshal(r.result, result); err != nil {
		return fmt.Errorf("call %s: decode answer: %w", method, err)
	}
	return nil
}
