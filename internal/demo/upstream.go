package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"
)

// Upstream is an OpenAI-compatible server on loopback that answers from a
// script.
type Upstream struct {
	server *http.Server
	listen net.Listener
	pause  time.Duration // between two pieces of an answer

	mu      sync.Mutex
	down    bool
	cutAt   float64 // share of the next answer after which it is cut; 0: it is not
	hanging bool
	calls   int
}

// Model is the name of the model that the upstream has.
const Model = "scripted"

// pieceSize is about what a model sends at once, in bytes.
const pieceSize = 14

// NewUpstream starts an upstream at a loopback address such as "127.0.0.1:0".
// pause is the time between two pieces of an answer.
func NewUpstream(ctx context.Context, address string, pause time.Duration) (*Upstream, error) {
	listen, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("start the scripted upstream: %w", err)
	}
	if tcp, ok := listen.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		_ = listen.Close()
		return nil, fmt.Errorf("start the scripted upstream: %s is not a loopback address", address)
	}
	u := &Upstream{listen: listen, pause: pause}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", u.models)
	mux.HandleFunc("POST /v1/chat/completions", u.chat)
	u.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = u.server.Serve(listen) }() // ends with Close
	return u, nil
}

// BaseURL is what to set provider.baseUrl to.
func (u *Upstream) BaseURL() string { return "http://" + u.listen.Addr().String() + "/v1" }

// Close ends the upstream and whatever it is still answering.
func (u *Upstream) Close() error { return u.server.Close() }

// Calls is how many completions were asked for.
func (u *Upstream) Calls() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.calls
}

// Cut breaks the next answer off after a share of it, above 0 and below 1, and
// drops every connection from then on until [Upstream.Restore].
func (u *Upstream) Cut(share float64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cutAt = share
}

// Hang makes every answer wait for ever before its first byte.
func (u *Upstream) Hang() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.hanging = true
}

// Restore ends all trouble.
func (u *Upstream) Restore() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.down, u.cutAt, u.hanging = false, 0, false
}

func (u *Upstream) models(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"object":"list","data":[{"id":%q,"object":"model","created":1,"owned_by":"ai-lsp"}]}`, Model)
}

func (u *Upstream) chat(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	u.calls++
	down, cutAt, hanging := u.down, u.cutAt, u.hanging
	if cutAt > 0 {
		u.down, u.cutAt = true, 0
	}
	u.mu.Unlock()
	var body struct {
		Messages []struct{ Role, Content string }
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 8<<20)).Decode(&body); err != nil {
		http.Error(w, `{"error":{"message":"the body is not JSON","type":"invalid_request_error","code":null,"param":null}}`, http.StatusBadRequest)
		return
	}
	switch {
	case down:
		panic(http.ErrAbortHandler) // closes the connection without a word
	case hanging:
		<-r.Context().Done()
	default:
		u.stream(w, r, answerTo(body.Messages), cutAt)
	}
}

// stream sends an answer in pieces, as a model does, and breaks off after the
// share cutAt of it if that is not 0.
func (u *Upstream) stream(w http.ResponseWriter, r *http.Request, answer string, cutAt float64) {
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(chunk string) {
		_, _ = fmt.Fprintf(w, "data: %s\n\n", chunk) // a client that is gone ends the context
		w.(http.Flusher).Flush()
	}
	const head = `{"id":"chatcmpl-demo","object":"chat.completion.chunk","created":1,"model":"` + Model + `",`
	least := int(float64(len(answer)) * (1 - cutAt)) // bytes that are left at the cut
	for answer := answer; answer != ""; {
		if cutAt > 0 && len(answer) < least {
			panic(http.ErrAbortHandler)
		}
		end := min(pieceSize, len(answer))
		for end < len(answer) && !utf8.RuneStart(answer[end]) {
			end++
		}
		piece, err := json.Marshal(answer[:end])
		if err != nil {
			return
		}
		answer = answer[end:]
		send(head + `"choices":[{"index":0,"delta":{"content":` + string(piece) + `},"finish_reason":null}]}`)
		select {
		case <-time.After(u.pause):
		case <-r.Context().Done():
			return
		}
	}
	send(head + `"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`)
	tokens := len(answer) / 4
	send(fmt.Sprintf(head+`"choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}`, 1000, tokens, 1000+tokens))
	send("[DONE]")
}
