package openai

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// faultKind says where in an exchange something went wrong.
type faultKind int

const (
	faultNetwork   faultKind = iota // no response: err says why
	faultStatus                     // a response with another status than 200
	faultRedirect                   // sent elsewhere, which we never follow
	faultNotStream                  // 200, and what came is no answer of a model
	faultEvent                      // an error object inside a stream
	faultCut                        // the stream ended or broke before the answer did
	faultMalformed                  // an event that is no JSON, or no chunk
	faultSilent                     // nothing for as long as we wait
	faultTooLarge                   // past a bound of ours
	faultLength                     // the token limit ended the answer
	faultRefused                    // the model declined
	faultFiltered                   // the provider's filter ended the answer
	faultTools                      // a tool was called; none was offered
	faultEmpty                      // whole, and no text in it
	faultOurs                       // the request could not be written
)

// String is the text for logs.
func (k faultKind) String() string {
	return [...]string{
		"network", "refused by the server", "redirect", "not an event stream", "error in the stream",
		"stream cut", "malformed event", "silence", "too large", "token limit reached", "refusal",
		"content filter", "tool call", "empty answer", "request not written",
	}[k]
}

// fault is what went wrong in one exchange, before it is put into words. The
// provider's own text in it is for [explain] alone.
type fault struct {
	kind      faultKind
	status    int
	problem   problem
	wait      time.Duration // what the server asked for
	again     string        // x-should-retry: "true", "false" or empty
	target    string        // of a redirect: scheme, host and path
	page      bool          // HTML came
	reasoning bool          // of an empty answer: the model did think
	err       error
}

// Error is the text for logs: never a word of the provider's.
func (f *fault) Error() string {
	if f.err != nil {
		return fmt.Sprintf("%s: %v", f.kind, f.err)
	}
	return f.kind.String()
}

// Unwrap gives the cause.
func (f *fault) Unwrap() error { return f.err }

// faultOf finds the fault in what the library returns, and takes anything else
// for a failure of the network.
func faultOf(err error) *fault {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	return &fault{kind: faultNetwork, err: err}
}

// statusFault reads a response that is no answer. data is the beginning of its
// body.
func statusFault(resp *http.Response, data []byte, now time.Time) *fault {
	f := &fault{
		kind:   faultStatus,
		status: resp.StatusCode,
		wait:   retryAfter(resp.Header, resp.StatusCode, now),
		again:  strings.ToLower(resp.Header.Get("X-Should-Retry")),
		page:   isPage(resp.Header.Get("Content-Type"), data),
	}
	f.problem, _ = parseProblem(data)
	if f.problem == (problem{}) && !f.page {
		f.problem.message = plain(data)
	}
	return f
}

// eventFault is an error object inside a stream. Where its code is an HTTP
// status, it counts as one.
func eventFault(p problem) *fault {
	f := &fault{kind: faultEvent, problem: p}
	if n, ok := p.httpStatus(); ok {
		f.status = n
	}
	return f
}
