package openai_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// late is an error that says it is a deadline, as net/http's own limits do.
type late struct{}

func (late) Error() string        { return "timeout awaiting response headers" }
func (late) Timeout() bool        { return true }
func (late) Is(target error) bool { return target == context.DeadlineExceeded }

func TestTrap_T19_ALimitOfTheTransportIsNotTheCallers(t *testing.T) {
	c := newClient(t, func(cfg *openai.Config) {
		cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, late{} })
	})
	reply, err := ask(t, c, question())
	wants{class: llm.ClassRetry}.check(t, reply, err)

	ctx, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	_, got := c.Complete(ctx, question(), nil)
	if e := checkError(t, got); e.Class != llm.ClassCancelled || !errors.Is(e, context.DeadlineExceeded) {
		t.Errorf("the caller's own deadline is %v", e)
	}
}

func TestTrap_T20_ADeadKeptConnectionIsNotNoticed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var keys []string
	var done sync.WaitGroup
	done.Go(func() {
		for conns := 0; ; conns++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			from := bufio.NewReader(conn)
			if r, err := http.ReadRequest(from); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				keys = append(keys, r.Header.Get("Idempotency-Key"))
				body := good("all")
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			}
			// The next request on this connection is read and never answered.
			if r, err := http.ReadRequest(from); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				keys = append(keys, r.Header.Get("Idempotency-Key"))
			}
			_ = conn.Close()
		}
	})
	c := newClient(t, func(cfg *openai.Config) { cfg.BaseURL = "http://" + listener.Addr().String() })
	for range 2 {
		if _, err := ask(t, c, question()); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	_ = listener.Close()
	done.Wait()
	if len(keys) != 3 || keys[0] == "" || keys[0] == keys[1] || keys[1] != keys[2] {
		t.Errorf("idempotency keys: %q", keys)
	}
}

func TestTrap_T20_ALostConnectionSaysSo(t *testing.T) {
	for name, reset := range map[string]bool{"closed before the headers": false, "reset before the headers": true} {
		t.Run(name, func(t *testing.T) {
			u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, _ := http.NewResponseController(w).Hijack()
				if reset {
					_ = conn.(*net.TCPConn).SetLinger(0)
				}
				_ = conn.Close()
			})
			_, err := ask(t, u.client(t), question())
			if err == nil || err.Class != llm.ClassRetry || !errors.Is(err, llm.ErrConnectionLost) {
				t.Errorf("error = %v", err)
			}
		})
	}
	t.Run("a port where nobody listens is no lost connection", func(t *testing.T) {
		u := serve(t, nil)
		u.Close()
		_, err := ask(t, u.client(t), question())
		if err == nil || err.Class != llm.ClassRetry || errors.Is(err, llm.ErrConnectionLost) || !strings.Contains(err.Say, "Nothing answers at "+u.URL) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestTrap_T21_AProxyThatWantsAPasswordIsNamed(t *testing.T) {
	for code, want := range map[int]wants{
		407: {class: llm.ClassFatal, say: "proxy wants a user"},
		403: {class: llm.ClassFatal, say: "proxy does not let"},
		502: {class: llm.ClassRetry},
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
			defer proxy.Close()
			at, _ := url.Parse(proxy.URL)
			at.User = url.UserPassword("me", canaryKey)
			c := newClient(t, func(cfg *openai.Config) {
				cfg.BaseURL = "https://model.invalid/v1"
				cfg.Transport = &http.Transport{Proxy: http.ProxyURL(at)}
			})
			reply, err := ask(t, c, question())
			want.check(t, reply, err)
		})
	}
}
