package rpc

import (
	"context"
	"io"
	"time"
)

// stage is how far the session is.
type stage int32

const (
	stageNew     stage = iota // before a successful initialize
	stageRunning              // until shutdown
	stageDown                 // only exit may come
)

// ending is why a session ends.
type ending int

const (
	endExit    ending = iota // the exit notification
	endInput                 // the client's pipe has ended, or its process is gone
	endFraming               // the next message cannot be found
	endOutput                // the client's pipe cannot be written to
	endStopped               // the context of Serve has ended
)

// The bounds of an end. Together they stay below two seconds, which is what an
// editor that is being closed, and a supervisor, will wait.
const (
	drainTime    = 750 * time.Millisecond  // for Works, on shutdown
	shutdownTime = time.Second             // for all of shutdown
	settleTime   = 1200 * time.Millisecond // for the lane and Works, at the end; above shutdownTime
	flushTime    = time.Second             // for the client to read what is queued
	endTime      = 1800 * time.Millisecond // for all of the end
	closeTime    = 50 * time.Millisecond   // for a blocked Read or Write to notice its Close
)

// Serve reads messages to the end of the session and returns the exit code for
// the process: 0 after shutdown or when ctx ended, otherwise 1, and 1 in any
// case when the framing was lost or the client's pipe broke. It is called once.
//
// The session ends by exit, by the end of r, by a header that cannot be read,
// by a failed write, with the client's process, and with ctx. Then all Works
// are cancelled, what is still unanswered is answered, and what is queued is
// written: in two seconds at most, even where Works ignore their context and
// the client reads nothing. Then r and w are closed if they are io.Closers.
// What can remain is a Dispatch or Work that ignores its context, and a Read
// or Write that is not ended by Close.
func (c *Conn) Serve(ctx context.Context, d Dispatcher) (exitCode int) {
	if c.served.Swap(true) {
		c.options.Log("Serve was called twice")
		return 1
	}
	session, cancel := context.WithCancelCause(ctx)
	c.cancelWorks = cancel
	laneDone := make(chan struct{})
	go func() {
		defer close(laneDone)
		c.lane.run(func(t task) { c.handle(session, d, t) })
	}()
	go func() {
		if err := c.writer.run(); err != nil {
			c.options.Log("write: %v", err)
			c.end(endOutput)
		}
	}()
	go c.read(session)

	why := endStopped
	select {
	case why = <-c.ended:
	case <-ctx.Done():
	}
	c.finish(context.WithoutCancel(ctx), laneDone)
	return c.exitCode(why)
}

// end asks Serve to end the session. The first reason counts.
func (c *Conn) end(why ending) {
	select {
	case c.ended <- why:
	default:
	}
}

func (c *Conn) exitCode(why ending) int {
	switch {
	case why == endStopped:
		return 0
	case why == endFraming, why == endOutput:
		return 1
	case stage(c.state.Load()) == stageDown:
		return 0
	}
	return 1
}

// finish brings everything to its end, in the order in which one thing can
// still produce work for the next: lane, Works, writer, pipes.
func (c *Conn) finish(ctx context.Context, laneDone <-chan struct{}) {
	whole, stop := context.WithTimeout(ctx, endTime)
	defer stop()
	c.cancelWorks(errEnding)
	close(c.closing)

	settle, stopSettle := context.WithTimeout(whole, settleTime)
	defer stopSettle()
	c.lane.close()
	if !await(settle, laneDone) {
		c.options.Log("a message held up the lane to the end")
		c.lane.clear()
	}
	if !await(settle, c.works.none()) {
		c.options.Log("some requests ignored the end")
	}
	c.giveUp(c.requests.takeAll(false, nil))

	flush, stopFlush := context.WithTimeout(whole, flushTime)
	defer stopFlush()
	c.writer.close()
	if !await(flush, c.writer.done) {
		c.options.Log("the client did not read to the end")
	}
	c.closePipes(ctx)
}

// giveUp answers requests that will not be finished.
func (c *Conn) giveUp(unfinished []*request) {
	for _, r := range unfinished {
		_ = c.writer.push(encodeError(r.ID, Errorf(ServerCancelled, "the session is ending")))
		r.cancel(errEnding)
	}
}

// closePipes wakes what is blocked in them, as far as their Close does that.
func (c *Conn) closePipes(ctx context.Context) {
	for _, pipe := range []any{c.in, c.writer.out} {
		if closer, ok := pipe.(io.Closer); ok {
			_ = closer.Close() // the session is over; nobody could be told
		}
	}
	closed, stop := context.WithTimeout(ctx, closeTime)
	defer stop()
	await(closed, c.readDone)
	await(closed, c.writer.done)
	await(closed, c.watchers.none())
}

// await is true when done came before the end of ctx.
func await(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// forbidden is why a request may not be made at this stage, or nil.
func (c *Conn) forbidden(method string) error {
	switch stage(c.state.Load()) {
	case stageNew:
		if method != methodInitialize {
			return Errorf(ServerNotInitialized, "the server is not initialized")
		}
	case stageRunning:
		if method == methodInitialize {
			return Errorf(InvalidRequest, "the server is initialized already")
		}
	case stageDown:
		return Errorf(InvalidRequest, "the server is shut down")
	}
	return nil
}

// initialize runs wholly on the lane. Like shutdown it cannot be cancelled,
// not by the end of input either: a client may write it and close the pipe.
func (c *Conn) initialize(ctx context.Context, d Dispatcher, r *request) {
	result, err := c.onLane(ctx, d, r)
	if err == nil {
		c.state.Store(int32(stageRunning))
		c.watchParent(r.Params)
	}
	c.answer(r, result, err)
}

// shutdown cancels the Works and waits for them, lets the dispatcher clean up,
// and answers: in shutdownTime, if the dispatcher obeys its context.
func (c *Conn) shutdown(ctx context.Context, d Dispatcher, r *request) {
	c.state.Store(int32(stageDown))
	ctx, stop := context.WithTimeout(ctx, shutdownTime)
	defer stop()
	c.cancelWorks(errEnding)
	drain, stopDrain := context.WithTimeout(ctx, drainTime)
	defer stopDrain()
	if !await(drain, c.works.none()) {
		c.options.Log("some requests ignored shutdown")
	}
	c.giveUp(c.requests.takeAll(true, r))
	if _, err := c.onLane(ctx, d, r); err != nil {
		c.options.Log("%s: %v", methodShutdown, err)
	}
	c.answer(r, nil, nil)
}

// onLane dispatches r and does its Work at once.
func (c *Conn) onLane(ctx context.Context, d Dispatcher, r *request) (any, error) {
	result, later, err := c.dispatch(ctx, d, r.Message)
	if err != nil || later == nil {
		return result, err
	}
	return c.run(ctx, r.Method, later)
}
