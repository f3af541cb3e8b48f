package guard

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/ai-lsp/ai-lsp/llm"
)

const (
	// interactiveAttempts is the most that is tried while a person waits.
	interactiveAttempts = 3
	// maxTruncations is how often a cut answer is begun again: each time the
	// prompt is paid for anew.
	maxTruncations = 2

	// The longest pause that an upstream can ask for; past it the caller is
	// told, and degrades or comes back later.
	interactivePatience = 10 * time.Second
	patience            = 120 * time.Second
)

// RetryOptions say how often and how soon. The zero value is the default.
type RetryOptions struct {
	MaxAttempts int           // tries in all, the first one included; 0 means 5; at most 3 while a person waits
	BaseDelay   time.Duration // the longest first pause of our own; 0 means 1 s
	MaxDelay    time.Duration // the longest pause of our own; 0 means 32 s

	// OnRetry is told before each pause: how many attempts failed, the last
	// one's error, and how long the pause is. nil: nobody is told.
	OnRetry func(attempt int, err error, pause time.Duration)
}

func (o RetryOptions) withDefaults(interactive bool) RetryOptions {
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = 5
	}
	if interactive {
		o.MaxAttempts = min(o.MaxAttempts, interactiveAttempts)
	}
	if o.BaseDelay <= 0 {
		o.BaseDelay = time.Second
	}
	if o.MaxDelay <= 0 {
		o.MaxDelay = 32 * time.Second
	}
	return o
}

// Retry asks next again when that can help, with options read anew for each
// call. A call is not repeated once text was delivered, unless the request is
// restartable: then an event with Restart goes before the new text.
//
// When all attempts failed, the error is the last one's, and the reply is the
// part that the receiver holds.
func Retry(next llm.Model, options func() RetryOptions) llm.Model {
	return retrier{next: next, options: options}
}

type retrier struct {
	next    llm.Model
	options func() RetryOptions
}

// Complete runs the attempts.
func (r retrier) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	opts := r.options().withDefaults(req.Interactive)
	d := &delivery{sink: sink}
	p := newPauses(opts, req)
	attempt := func() (llm.Reply, error) {
		reply, err := r.next.Complete(ctx, req, d.attempt())
		p.failed(err, reply, d.delivered)
		return d.kept(reply), err
	}
	options := []backoff.RetryOption{
		backoff.WithBackOff(p),
		backoff.WithMaxTries(uint(opts.MaxAttempts)), // positive by withDefaults
		backoff.WithMaxElapsedTime(0),                // its default would end a long review after 15 minutes
	}
	if opts.OnRetry != nil {
		options = append(options, backoff.WithNotify(func(err error, pause time.Duration) {
			opts.OnRetry(p.attempts, err, pause)
		}))
	}
	reply, err := backoff.Retry(ctx, attempt, options...)
	if err != nil && ctx.Err() != nil {
		err = ended(ctx) // where a pause was ended, the library gives the bare cause
	}
	return reply, err
}

// pauses decides after each failure whether there is another attempt, and how
// long to wait for it. It is the [backoff.BackOff] of one call: the library's
// own way to obey a Retry-After would forget how often we failed.
type pauses struct {
	req         llm.Request
	own         *backoff.ExponentialBackOff
	jitter      time.Duration
	attempts    int
	truncations int
	hurried     bool // the one immediate retry is spent
	next        time.Duration
}

// newPauses sets up full jitter: a pause is anything between nothing and the
// bound, which doubles. The library spreads a pause to both sides of its
// interval, so the interval is half the bound.
func newPauses(o RetryOptions, req llm.Request) *pauses {
	own := &backoff.ExponentialBackOff{
		InitialInterval:     min(o.BaseDelay, o.MaxDelay) / 2,
		RandomizationFactor: 1,
		Multiplier:          2,
		MaxInterval:         o.MaxDelay / 2,
	}
	own.Reset()
	return &pauses{req: req, own: own, jitter: o.BaseDelay / 4}
}

// Reset is called once, before the first attempt.
func (p *pauses) Reset() {}

// NextBackOff is the pause that the last failure led to.
func (p *pauses) NextBackOff() time.Duration { return p.next }

// failed takes note of an attempt's end.
func (p *pauses) failed(err error, reply llm.Reply, delivered bool) {
	p.attempts++
	p.next = backoff.Stop
	if err != nil && p.canHelp(err, reply, delivered) {
		p.next = p.pause(err)
	}
}

// canHelp reports whether asking the same again may go better.
func (p *pauses) canHelp(err error, reply llm.Reply, delivered bool) bool {
	if delivered && !p.req.Restartable {
		return false
	}
	switch llm.ClassOf(err) {
	case llm.ClassRetry, llm.ClassWait:
		return true
	case llm.ClassTruncated:
		p.truncations++
		// What its token limit cut would be cut there again.
		return p.truncations <= maxTruncations && reply.Finish != "length"
	case llm.ClassCancelled, llm.ClassUnusable, llm.ClassTooLong, llm.ClassFatal:
	}
	return false
}

// pause is how long to wait, or [backoff.Stop] for longer than anyone would.
func (p *pauses) pause(err error) time.Duration {
	e, _ := errors.AsType[*llm.Error](err)
	longest := patience
	if p.req.Interactive {
		longest = interactivePatience
	}
	switch {
	case e.RetryAfter > longest:
		return backoff.Stop
	case e.RetryAfter > 0:
		// Never sooner, and not all at the same moment.
		return e.RetryAfter + rand.N(p.jitter+1)
	case !p.hurried && errors.Is(err, llm.ErrConnectionLost):
		p.hurried = true
		return 0
	}
	return p.own.NextBackOff()
}

// delivery is what the receiver has got over all attempts.
type delivery struct {
	sink      llm.Sink
	delivered bool      // text of some attempt is with the receiver
	held      llm.Reply // the failed attempt whose text that is
	stale     bool      // that text is of an earlier attempt
	fresh     bool      // this attempt has delivered
}

// attempt gives the sink of a new attempt. It says that the text before is
// void only when there is new text: should none come, the old part stands.
func (d *delivery) attempt() llm.Sink {
	d.stale, d.fresh = d.delivered, false
	return func(ev llm.Event) {
		if d.stale && !ev.Restart {
			d.send(llm.Event{Restart: true})
		}
		d.stale = false
		if ev.Text != "" {
			d.delivered, d.fresh = true, true
		}
		d.send(ev)
	}
}

func (d *delivery) send(ev llm.Event) {
	if d.sink != nil {
		d.sink(ev)
	}
}

// kept is the reply that matches what the receiver holds after an attempt.
func (d *delivery) kept(reply llm.Reply) llm.Reply {
	if d.fresh || !d.delivered {
		d.held = reply
	}
	return d.held
}
