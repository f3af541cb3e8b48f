package openai

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/tmaxmax/go-sse"
)

// done is the last event of a stream that ended as it should.
const done = "[DONE]"

// events is the body that the library reads: one line of data for each event
// that is a chunk, then the closing event. Comments, other fields, line ends
// of all kinds, data over several lines and a byte order mark end here. Any
// other end than the closing event is an error, and that error is a *fault.
//
// As with most bodies, Read and Close are for one goroutine.
type events struct {
	from  *source
	watch *watch
	ctx   context.Context // of the exchange: says why a read failed
	close func(clean bool)

	next func() (sse.Event, error, bool)
	stop func()
	line []byte // of the event at hand, what was not read yet
	seen bool   // a chunk came
	half halves
	over error // what every later Read returns
}

func newEvents(ctx context.Context, body io.Reader, w *watch, closeBody func(clean bool)) *events {
	e := &events{from: &source{body: body}, watch: w, ctx: ctx, close: closeBody}
	e.next, e.stop = iter.Pull2(iter.Seq2[sse.Event, error](sse.Read(e.from, &sse.ReadConfig{MaxEventSize: maxEvent})))
	return e
}

// Read gives the lines of the next event.
func (e *events) Read(p []byte) (int, error) {
	for len(e.line) == 0 {
		if e.over != nil {
			return 0, e.over
		}
		e.advance()
	}
	n := copy(p, e.line)
	e.line = e.line[n:]
	return n, nil
}

// Close ends the exchange. A stream that was read to its end leaves its
// connection usable; any other is torn down, which also stops the upstream.
func (e *events) Close() error {
	e.stop()
	e.close(e.over == io.EOF) //nolint:errorlint // the end comes bare: inside a fault it is a broken connection
	return nil
}

// advance waits for an event and leaves a line or the end.
func (e *events) advance() {
	e.watch.begin()
	ev, err, ok := e.next()
	e.watch.pause()
	switch {
	case err != nil:
		e.over = e.broken(err)
	case !ok:
		e.end()
	default:
		e.take(ev)
	}
}

// take looks at one event. Only what might be an error is parsed here.
func (e *events) take(ev sse.Event) {
	data := strings.TrimSpace(ev.Data)
	switch {
	case ev.Type == "error":
		p, ok := parseProblem([]byte(data))
		if !ok {
			p.message = plain([]byte(data))
		}
		e.over = eventFault(p)
	case data == done:
		e.finish()
	case data == "" || data == "null" || data == "{}":
	case isPlainChunk(data):
		e.emit([]byte(data))
	default:
		e.inspect([]byte(data))
	}
}

// isPlainChunk holds for nearly every event: it has choices and no error. The
// words are looked for with their quotes, which inside a JSON string would be
// escaped. Data over several lines is never plain.
func isPlainChunk(data string) bool {
	return data[0] == '{' && strings.Contains(data, `"choices"`) &&
		!strings.Contains(data, `"error"`) && strings.IndexByte(data, '\n') < 0
}

func (e *events) inspect(data []byte) {
	if p, ok := parseProblem(data); ok {
		e.over = eventFault(p)
		return
	}
	var line bytes.Buffer
	if data[0] != '{' || json.Compact(&line, data) != nil {
		e.over = &fault{kind: faultMalformed}
		return
	}
	e.emit(line.Bytes())
}

// emit makes the line that the library reads. The library takes a line that
// begins with an error member for an error even where that is null, and a
// blank after the brace keeps it from looking.
func (e *events) emit(data []byte) {
	e.seen = true
	data = e.half.join(data)
	e.line = make([]byte, 0, len(data)+len("data: { \n\n"))
	e.line = append(e.line, "data: { "...)
	e.line = append(e.line, data[1:]...)
	e.line = append(e.line, "\n\n"...)
}

// finish is the closing event; what follows it is ignored. An error that came
// bare before it stands.
func (e *events) finish() {
	if p, ok := parseProblem(e.bare()); ok {
		e.over = eventFault(p)
		return
	}
	e.line = append(e.line, "data: "+done+"\n\n"...)
	e.over = io.EOF
}

// end is the end of the body without the closing event. If nothing but bare
// JSON came, that was the answer.
func (e *events) end() {
	if p, ok := parseProblem(e.bare()); ok {
		e.over = eventFault(p)
		return
	}
	if !e.seen && len(e.bare()) > 0 {
		chunk, f := asChunk(e.bare())
		if f != nil {
			e.over = f
			return
		}
		e.emit(chunk)
		e.finish()
		return
	}
	e.over = &fault{kind: faultCut}
}

// broken says why the body could not be read on. An error that the server had
// sent bare before tells more than how the connection ended.
func (e *events) broken(err error) error {
	if p, ok := parseProblem(e.bare()); ok {
		return eventFault(p)
	}
	return bodyFault(e.ctx, err)
}

// bare is the JSON that came outside of any event.
func (e *events) bare() []byte {
	if e.from == nil {
		return nil
	}
	return e.from.stray
}

// bodyFault is a failed read of a body.
func bodyFault(ctx context.Context, err error) *fault {
	switch {
	case errors.Is(context.Cause(ctx), errSilent):
		return &fault{kind: faultSilent, err: errSilent}
	case errors.Is(err, bufio.ErrTooLong), errors.Is(err, errTooLarge):
		return &fault{kind: faultTooLarge, err: err}
	}
	return &fault{kind: faultCut, err: err}
}
