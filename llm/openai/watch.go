package openai

import (
	"context"
	"errors"
	"io"
	"time"
)

var (
	errSilent  = errors.New("the upstream was silent for too long")
	errDrained = errors.New("the rest of the body was not waited for")
)

// watch ends an exchange when the upstream stays silent. It runs only while
// something is waited for, so that a slow receiver of ours costs nothing.
type watch struct {
	limit time.Duration
	timer *time.Timer
}

// newWatch gives a watch that is not running; cancel is the exchange's.
func newWatch(limit time.Duration, cancel context.CancelCauseFunc) *watch {
	w := &watch{limit: limit, timer: time.AfterFunc(limit, func() { cancel(errSilent) })}
	w.pause()
	return w
}

func (w *watch) begin() { w.timer.Reset(w.limit) }
func (w *watch) pause() { w.timer.Stop() }

// reader watches each read of r: for bodies in which any byte is a sign of
// life.
func (w *watch) reader(r io.Reader) io.Reader { return watched{w, r} }

type watched struct {
	*watch
	from io.Reader
}

func (w watched) Read(p []byte) (int, error) {
	w.begin()
	defer w.pause()
	return w.from.Read(p)
}
