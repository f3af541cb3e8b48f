package openai

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// What is still read of a body so that its connection can be used again. More
// is not worth it: a new connection costs less than the wait.
const (
	drainBytes = 4 << 10
	drainTime  = 100 * time.Millisecond
)

// exchange is one request and its response: the RoundTripper that the library
// sends through. It writes the body and the headers, follows no redirect, and
// lets only an answer pass: all else is a *fault. Its [context.CancelCauseFunc]
// is that of the request's context and ends the connection at once.
type exchange struct {
	next   http.RoundTripper
	body   []byte // nil: what the library wrote, which is nothing
	header map[string]string
	key    string
	azure  bool
	watch  *watch
	cancel context.CancelCauseFunc
	opened bool // a response with status 200 came
}

// RoundTrip sends the request.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	out := req.Clone(req.Context())
	x.dress(out)
	x.watch.begin()
	resp, err := x.next.RoundTrip(out)
	x.watch.pause()
	if err != nil {
		if errors.Is(context.Cause(req.Context()), errSilent) {
			return nil, &fault{kind: faultSilent, err: errSilent}
		}
		return nil, networkFault(err)
	}
	if f := x.refused(resp); f != nil {
		return nil, f
	}
	x.opened = true
	return resp, nil
}

// dress writes body and headers. The Idempotency-Key tells net/http that it
// may send the request again on another connection where a kept one turns out
// to be dead. It is new for each request: a server that remembers keys must
// not answer an attempt with the stump of the one before.
func (x *exchange) dress(req *http.Request) {
	if x.body != nil {
		req.ContentLength = int64(len(x.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(x.body)), nil }
		req.Body, _ = req.GetBody()
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	req.Header.Del("Authorization")
	req.Header.Del("Api-Key") // the library sets it for Azure, also when empty
	switch {
	case x.key == "":
	case x.azure:
		req.Header.Set("Api-Key", x.key)
	default:
		req.Header.Set("Authorization", "Bearer "+x.key)
	}
	for name, value := range x.header {
		req.Header.Set(name, value)
	}
}

// refused reads and closes a response that is no answer.
func (x *exchange) refused(resp *http.Response) *fault {
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		x.leave(resp.Body, true)
		return &fault{kind: faultRedirect, status: resp.StatusCode, target: target(resp)}
	}
	// A body that cannot be read to its end leaves the status to tell.
	data, err := io.ReadAll(x.watch.reader(io.LimitReader(resp.Body, maxErrorBody)))
	x.leave(resp.Body, err == nil)
	return statusFault(resp, data, time.Now())
}

// target is where a redirect points, without what may be private in it.
func target(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil {
		return "an address that it does not name"
	}
	place := url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
	return scrub(place.String(), nil, nil)
}

// leave closes a body. Where the exchange was clean it is read to its end
// first, within bounds, so that the connection is kept.
func (x *exchange) leave(body io.ReadCloser, clean bool) {
	if !clean {
		x.cancel(errDrained)
		_ = body.Close()
		return
	}
	late := time.AfterFunc(drainTime, func() { x.cancel(errDrained) })
	_, _ = io.CopyN(io.Discard, body, drainBytes)
	late.Stop()
	_ = body.Close()
}

// streams is the RoundTripper for a request that asks for a stream: it hands
// on what can be read as one.
type streams struct{ *exchange }

// RoundTrip sends the request and opens the stream.
func (x streams) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := x.exchange.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body := resp.Body
	leave := func(clean bool) { x.leave(body, clean) }
	buffered := bufio.NewReader(body)
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if media != "text/event-stream" {
		looks, f := x.sniff(req.Context(), media, buffered)
		if f != nil {
			leave(false)
			return nil, f
		}
		if looks == "json" {
			return x.whole(req.Context(), resp, buffered, leave)
		}
	}
	resp.Body = newEvents(req.Context(), buffered, x.watch, leave)
	return resp, nil
}

// sniff decides by the first bytes what a body without the right content type
// is. A page is none, whatever it says it is.
func (x streams) sniff(ctx context.Context, media string, body *bufio.Reader) (string, *fault) {
	x.watch.begin()
	defer x.watch.pause()
	for n := 1; n <= 64; n++ {
		head, err := body.Peek(n)
		if err != nil && len(head) < n {
			if err == io.EOF { // as bufio gives it
				return "", &fault{kind: faultCut}
			}
			return "", bodyFault(ctx, err)
		}
		if strings.IndexByte(" \t\r\n\xef\xbb\xbf", head[n-1]) >= 0 {
			continue
		}
		switch c := head[n-1]; {
		case c == '{' || c == '[':
			return "json", nil
		case media != "text/html" && (c == ':' || c == 'd' || c == 'e' || c == 'i' || c == 'r'): // a comment or a field
			return "events", nil
		}
		break
	}
	return "", &fault{kind: faultNotStream, page: media == "text/html"}
}

// whole reads a JSON answer and hands it on as a stream of one chunk.
func (x streams) whole(ctx context.Context, resp *http.Response, body io.Reader, leave func(bool)) (*http.Response, error) {
	data, err := io.ReadAll(x.watch.reader(io.LimitReader(body, maxAnswer+1)))
	if err == nil && len(data) > maxAnswer {
		err = errTooLarge
	}
	if err != nil {
		leave(false)
		return nil, bodyFault(ctx, err)
	}
	leave(true)
	chunk, f := asChunk(data)
	if f != nil {
		return nil, f
	}
	e := &events{stop: func() {}, close: func(bool) {}}
	e.emit(chunk)
	e.finish()
	resp.Body = e
	return resp, nil
}
