package rpc

import (
	"bufio"
	"context"
	"io"
	"sync"
)

const (
	// entryWeight is what a waiting message costs beside its body, and what a
	// merged one counts for while it is not encoded yet.
	entryWeight = 256
	// writeBuffer joins small messages into one write.
	writeBuffer = 64 << 10
)

// entry is one thing in the writer's queue: an encoded body, a merged
// notification that is still a value, or the marker of a Flush.
type entry struct {
	body   []byte
	weight int64

	key    string // of a merged notification; "" otherwise
	method string
	params any

	reached chan struct{} // of a marker: closed when all before it is written
}

// writer owns the client's pipe. Nobody but its goroutine waits for it.
type writer struct {
	out   io.Writer
	trace func(body []byte)
	log   func(format string, args ...any)
	valve valve
	wake  chan struct{} // holds one token: there is something new to see
	done  chan struct{} // closed when run has returned

	mu     sync.Mutex // guards the rest
	queue  queue[*entry]
	merged map[string]*entry // unsent, by key
	closed bool
}

func newWriter(out io.Writer, maxQueued int64) *writer {
	return &writer{
		out:    out,
		valve:  valve{max: maxQueued},
		wake:   make(chan struct{}, 1),
		done:   make(chan struct{}),
		merged: map[string]*entry{},
	}
}

// push queues an encoded body, however much waits already.
func (w *writer) push(body []byte) error {
	return w.add(&entry{body: body, weight: int64(len(body)) + entryWeight})
}

// offer queues an encoded body unless too much waits already.
func (w *writer) offer(body []byte) error {
	if w.valve.over() {
		return ErrBackpressure
	}
	return w.push(body)
}

func (w *writer) add(e *entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	w.enqueue(e)
	return nil
}

// enqueue needs w.mu.
func (w *writer) enqueue(e *entry) {
	w.queue.push(e)
	w.valve.add(e.weight)
	signal(w.wake)
}

// merge joins params into the unsent entry of key, in its place in the queue,
// or queues a new one.
func (w *writer) merge(key, method string, params any, join func(older, newer any) any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	if e, ok := w.merged[key]; ok {
		if join != nil {
			params = join(e.params, params)
		}
		e.method, e.params = method, params
		return nil
	}
	e := &entry{key: key, method: method, params: params, weight: entryWeight}
	w.merged[key] = e
	w.enqueue(e)
	return nil
}

func (w *writer) flush(ctx context.Context) error {
	marker := &entry{reached: make(chan struct{})}
	if err := w.add(marker); err != nil {
		return err
	}
	select {
	case <-marker.reached:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.done:
	}
	select {
	case <-marker.reached: // run wrote it and then returned
		return nil
	default:
		return ErrClosed
	}
}

// close lets run return once all that is queued is written.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	signal(w.wake)
}

// run writes until the writer is closed and empty, or the pipe is broken: then
// it says why.
func (w *writer) run() error {
	defer close(w.done)
	defer w.close()
	out := bufio.NewWriterSize(w.out, writeBuffer)
	for {
		e, closed := w.take()
		if e != nil && e.reached == nil {
			if err := w.write(out, e); err != nil {
				return err
			}
			continue
		}
		if err := out.Flush(); err != nil {
			return err
		}
		switch {
		case e != nil:
			close(e.reached)
		case closed:
			return nil
		default:
			<-w.wake
		}
	}
}

// take removes the first entry; from then on a merged one cannot change.
func (w *writer) take() (e *entry, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.queue.pop()
	if ok && e.key != "" {
		delete(w.merged, e.key)
	}
	return e, w.closed
}

// write returns an error only where the pipe is broken. What cannot be encoded
// is dropped before a byte of it is written.
func (w *writer) write(out *bufio.Writer, e *entry) error {
	defer w.valve.sub(e.weight)
	if e.body == nil {
		body, err := encodeMessage(nil, e.method, e.params)
		if err != nil {
			w.log("notification %s dropped: %v", e.method, err)
			return nil
		}
		e.body = body
	}
	w.trace(e.body)
	return writeFrame(out, e.body)
}
