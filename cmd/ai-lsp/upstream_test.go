package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// upstream is a model's server that a test plays.
type upstream struct {
	*httptest.Server

	t     testing.TB
	calls chan call     // that have arrived
	left  chan struct{} // one for each call whose connection was closed by the other side
}

// call is a completion that was asked for.
type call struct {
	path   string
	header http.Header
	body   map[string]any
}

// play starts a server that answers each completion with act.
func play(t testing.TB, act func(w http.ResponseWriter, r *http.Request, c call)) *upstream {
	t.Helper()
	u := &upstream{t: t, calls: make(chan call, 1000), left: make(chan struct{}, 1000)}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := call{path: r.URL.Path, header: r.Header}
		raw, err := io.ReadAll(r.Body)
		if err == nil && len(raw) > 0 {
			err = json.Unmarshal(raw, &c.body)
		}
		if err != nil {
			t.Errorf("read a call: %v", err)
		}
		u.calls <- c
		act(w, r, c)
		if r.Context().Err() != nil {
			u.left <- struct{}{}
		}
	}))
	t.Cleanup(u.Close)
	return u
}

// settings point an editor's server here, with no attempts but the first.
func (u *upstream) settings() map[string]any {
	return map[string]any{
		"provider": map[string]any{"baseUrl": u.URL + "/v1", "model": "played"},
		"retry":    map[string]any{"maxAttempts": 1},
		"review":   map[string]any{"verify": "off"}, // one call a review
	}
}

// next waits for a call.
func (u *upstream) next() call {
	u.t.Helper()
	return receive(u.t, u.calls, "a call to the model")
}

func receive[T any](t testing.TB, from <-chan T, what string) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
	}
	return got
}

// hang answers nothing for as long as the caller waits.
func hang(_ http.ResponseWriter, r *http.Request, _ call) { <-r.Context().Done() }

// answer says a review with one finding, or an explanation, as a stream.
func answer(w http.ResponseWriter, _ *http.Request, c call) {
	text := "It subtracts **one**. That is all.\n"
	if c.body["response_format"] != nil {
		text = oneFinding
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for piece := range strings.SplitAfterSeq(text, " ") {
		content, _ := json.Marshal(piece) // a string can not fail
		_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s},\"finish_reason\":null}]}\n\n", content)
	}
	_, _ = io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
}

// refuse answers with a status and an error that quotes the key, as some
// servers do.
func refuse(status int) func(http.ResponseWriter, *http.Request, call) {
	return func(w http.ResponseWriter, r *http.Request, _ call) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
			"message": "Not with " + r.Header.Get("Authorization") + ".", "type": "error", "code": nil, "param": nil,
		}})
	}
}
