package stream

import (
	"sync"
	"time"
)

// pace is the time between two reports. It makes nine a second, so that with
// the last one, which [Pacer.Close] does not delay, there are never more than
// ten.
const pace = 112 * time.Millisecond

// Pacer hands text on at places where it can be cut, as [Boundary] has them, and
// at most ten times a second. What becomes ready in between is joined. From its
// arrival to its report a text takes at most [Hold], except for the unfinished
// characters and escapes that a Boundary waits for.
//
// It has a timer, never a goroutine of its own that could be left behind. Its
// methods may be called from several goroutines.
type Pacer struct {
	report func(string)

	mu       sync.Mutex // guards what follows, and calls of report
	boundary *Boundary
	ready    string
	last     time.Time   // of the last report
	timer    *time.Timer // nil until it is needed
	closed   bool
}

// NewPacer makes a pacer that calls report with each piece, one at a time and in
// order, from the goroutine of a Write or a timer's. report must return quickly
// and must not call the pacer.
func NewPacer(mode Mode, report func(string)) *Pacer {
	return &Pacer{report: report, boundary: NewBoundary(mode)}
}

// Write takes the next piece of text, cut anywhere.
func (p *Pacer) Write(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.ready += p.boundary.Write(s)
		p.move(time.Now())
	}
}

// Restart drops what was not reported: the text begins again.
func (p *Pacer) Restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.boundary.Reset()
	p.ready = ""
	p.stop()
}

// Close reports at once what is left. What is written afterwards is dropped.
func (p *Pacer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	p.stop()
	if rest := p.ready + p.boundary.Close(); rest != "" {
		p.report(rest)
	}
}

func (p *Pacer) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.move(time.Now())
	}
}

// move reports what is ready, if its turn has come, and sets the timer for what
// comes next.
func (p *Pacer) move(now time.Time) {
	p.ready += p.boundary.Tick(now)
	turn := p.last.Add(pace)
	if p.ready != "" && !now.Before(turn) {
		// What falls due before the next turn has to go now.
		p.ready += p.boundary.Tick(now.Add(pace))
		p.report(p.ready)
		p.ready, p.last = "", now
	}
	next, ok := p.boundary.Due()
	if p.ready != "" {
		next, ok = turn, true
	}
	switch {
	case !ok:
		p.stop()
	case p.timer == nil:
		p.timer = time.AfterFunc(next.Sub(now), p.tick)
	default:
		p.timer.Reset(next.Sub(now))
	}
}

func (p *Pacer) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}
