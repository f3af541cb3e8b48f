package rpc

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Dispatcher is the server behind a connection. Dispatch runs on the ordered
// lane, in the order of arrival: it may change documents and take a snapshot,
// has to return within a millisecond or two, and hands back the rest as Work.
//
// It sees initialize, initialized and shutdown; never exit, never what the
// read loop handles, never a message that LSP forbids at that point. For
// shutdown it is called when all Works have ended, to clean up, with a context
// of at most a second; what it returns for it is only logged.
//
// For a request now is the result, unless later or err is given. A Work that
// comes back for initialize or shutdown is run on the lane: nothing may
// overtake those. For a notification now is ignored, later is run beside the
// lane, and err is logged.
//
// The ctx of a request ends when it is answered, that of a notification when
// the session ends or shuts down.
type Dispatcher interface {
	Dispatch(ctx context.Context, m *Message) (now any, later Work, err error)
}

// Work is the part of a request that runs beside everything else. Its ctx ends
// on $/cancelRequest, on shutdown and with the session; what it returns after
// that is dropped if the request has been answered in the meantime. An [*Error]
// anywhere in the chain of err goes to the client as it is, a cancellation as
// ServerCancelled, everything else as RequestFailed with its text. A panic is
// an InternalError for the client and a stack in the log.
type Work func(ctx context.Context) (result any, err error)

// Options adjust a Conn; the zero value works. The functions are called from
// the connection's own goroutines, hold them up while they run, and must not
// call back into the Conn, except for its Notify methods.
type Options struct {
	// MaxBody is the length in bytes of the longest message that is read;
	// 0 means 64 MiB. A longer one is skipped and refused.
	MaxBody int64
	// MaxQueued is how many bytes may wait for a client that does not read;
	// 0 means 64 MiB. Above it no more is read from the client, until half of
	// it is written; notifications and calls are refused with ErrBackpressure.
	// What is being answered still is, so it can be exceeded by the answers of
	// the requests at work.
	MaxQueued int64
	// MaxWaiting is how many bytes may wait for the lane, with 1 KiB added for
	// each message; 0 means 64 MiB. Above it no more is read from the client,
	// cancellations neither, until half of it is handled.
	MaxWaiting int64
	// MaxWorks is how many Works may run at once; 0 means 32,768. A request
	// above it is refused with RequestFailed.
	MaxWorks int
	// ParentPoll is how often the process that initialize names is looked for;
	// 0 means 3 s.
	ParentPoll time.Duration
	// ProcessAlive tells whether a process exists; nil asks the system.
	ProcessAlive func(pid int) bool
	// ProgressCancelled gets the token of a window/workDoneProgress/cancel, a
	// string or a number, ahead of the lane.
	ProgressCancelled func(token json.RawMessage)
	// Trace gets each message both ways; from is "client" or "server". It is
	// called from two goroutines, must not keep message, and must not notify:
	// it would trace itself.
	Trace func(from string, message []byte)
	// Log gets what went wrong and nobody else is told. It never holds params
	// or results. It is called from many goroutines.
	Log func(format string, args ...any)
}

// Conn is our side of a connection to one client. Its methods may be called
// from any goroutine, also before Serve: what they queue is sent then. None of
// them waits for the client to read, except Flush and Call.
type Conn struct {
	options Options
	in      io.Reader
	frames  *frameReader
	lane    *lane
	writer  *writer

	requests requests
	works    tally
	calls    calls

	state       atomic.Int32 // of type stage; only the lane changes it
	served      atomic.Bool
	cancelWorks context.CancelCauseFunc // ends the context of all Works
	ended       chan ending             // holds one: the first reason to end
	closing     chan struct{}           // closed when Serve begins to end
	readDone    chan struct{}           // closed when the read loop has returned
	watchers    tally                   // what ends by itself after closing
}

// New makes a connection that reads r and writes w. Nothing is read or written
// before [Conn.Serve].
//
// Where w is the process's standard output, the program has to ignore SIGPIPE:
// else the Go runtime ends it at a broken pipe, before Serve can.
func New(r io.Reader, w io.Writer, o Options) *Conn {
	o = o.withDefaults()
	c := &Conn{
		options:  o,
		in:       r,
		frames:   newFrameReader(r, o.MaxBody),
		lane:     newLane(o.MaxWaiting),
		writer:   newWriter(w, o.MaxQueued),
		ended:    make(chan ending, 1),
		closing:  make(chan struct{}),
		readDone: make(chan struct{}),
	}
	c.writer.log = o.Log
	c.writer.trace = func(body []byte) { c.trace("server", body) }
	return c
}

func (o Options) withDefaults() Options {
	const defaultBytes = 64 << 20
	for _, limit := range []*int64{&o.MaxBody, &o.MaxQueued, &o.MaxWaiting} {
		if *limit <= 0 {
			*limit = defaultBytes
		}
	}
	if o.MaxWorks <= 0 {
		o.MaxWorks = 32 << 10
	}
	if o.ParentPoll <= 0 {
		o.ParentPoll = 3 * time.Second
	}
	if o.ProcessAlive == nil {
		o.ProcessAlive = processAlive
	}
	if o.ProgressCancelled == nil {
		o.ProgressCancelled = func(json.RawMessage) {}
	}
	if o.Trace == nil {
		o.Trace = func(string, []byte) {}
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	return o
}

// Notify queues a notification. Params are encoded before it returns, so the
// caller may use their memory again; nil params are left out. An error means
// that nothing was queued: params cannot be encoded, [ErrBackpressure], or
// [ErrClosed].
func (c *Conn) Notify(method string, params any) error {
	body, err := encodeMessage(nil, method, params)
	if err == nil {
		err = c.writer.offer(body)
	}
	if err != nil {
		return fmt.Errorf("notify %s: %w", method, err)
	}
	return nil
}

// NotifyMerged queues a notification that takes the place of an unsent one
// with the same key, there where that one waits. Merge joins their params and
// must neither take long nor call the Conn; a nil merge means that the newer
// ones win. There is no backpressure: what waits cannot become more than one
// for each key.
//
// Params stay values until the writer takes them, and must not be changed
// after the call. If they cannot be encoded then, that is logged and the
// notification dropped. The only error is [ErrClosed]. An empty key is never
// merged: that is [Conn.Notify].
func (c *Conn) NotifyMerged(key, method string, params any, merge func(older, newer any) any) error {
	if key == "" {
		return c.Notify(method, params)
	}
	if err := c.writer.merge(key, method, params, merge); err != nil {
		return fmt.Errorf("notify %s: %w", method, err)
	}
	return nil
}

// Flush waits until everything that was queued before it has been written to
// the client's pipe. The error is [ErrClosed], or ctx.Err() when ctx ends
// first.
func (c *Conn) Flush(ctx context.Context) error {
	if err := c.writer.flush(ctx); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	return nil
}

// trace keeps a fault in the tracer from ending the session.
func (c *Conn) trace(from string, body []byte) {
	defer c.survive("trace")
	c.options.Trace(from, body)
}
