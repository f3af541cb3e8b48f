package demo_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/demo"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm/cache"
	"github.com/ai-lsp/ai-lsp/llm/chain"
	"github.com/ai-lsp/ai-lsp/llm/guard"
	"github.com/ai-lsp/ai-lsp/llm/openai"
	"github.com/ai-lsp/ai-lsp/llm/store"
	"github.com/ai-lsp/ai-lsp/server"
)

// serve runs the server in this process, as the program does in its own.
func serve(t *testing.T) func(context.Context, string) (io.Reader, io.Writer, func() error, error) {
	t.Helper()
	inMemory := store.Open(t.Context(), store.Options{})
	kept := cache.New(inMemory, 1<<20)
	t.Cleanup(func() {
		kept.Close()
		_ = inMemory.Close()
	})
	return func(ctx context.Context, baseURL string) (io.Reader, io.Writer, func() error, error) {
		fromEditor, toServer := io.Pipe()
		fromServer, toEditor := io.Pipe()
		client := openai.New(openai.Config{BaseURL: baseURL, Model: demo.Model})
		retry := func() guard.RetryOptions { return guard.RetryOptions{MaxAttempts: 2} }
		session := server.New(fromEditor, toEditor, server.Options{Deps: handlers.Deps{
			Settings: settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + t.TempDir()}}),
			Model:    chain.New(client, chain.Options{Retry: retry}), Version: "test",
			Cache: kept,
		}})
		code := make(chan int, 1)
		go func() { code <- session.Serve(ctx) }()
		return fromServer, toServer, func() error {
			_ = toServer.Close()
			defer client.Close()
			if code := <-code; code != 0 {
				return errors.New("the server has ended badly")
			}
			return nil
		}, nil
	}
}

func TestTheStoryIsToldToItsEnd(t *testing.T) {
	// Progress, which the story waits for, is shown for what takes half a second.
	u := upstreamAt(t, 10*time.Millisecond)
	var mu sync.Mutex // what arrives is told beside the steps
	var out strings.Builder
	stage := &demo.Stage{Upstream: u, Serve: serve(t), Out: writer(func(text []byte) {
		mu.Lock()
		defer mu.Unlock()
		out.Write(text)
	})}
	if err := stage.Tell(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	rest := out.String()
	for _, step := range []string{"\n1. ", "[bug]", "\n2. ", "panics", "\n3. ", "   - ", "   + ", "\n4. ", "still answers", "\n5. ", "2 findings; ", "cost nothing", "\n6. ", " 0 model calls", "scripted"} {
		_, after, found := strings.Cut(rest, step)
		if !found {
			t.Fatalf("the story has no %q, or not in its place:\n%s", step, out.String())
		}
		rest = after
	}
}

func TestAStoryThatBreaksOffSaysWhere(t *testing.T) {
	broken := errors.New("no server today")
	for _, tc := range []struct {
		name  string
		serve func(context.Context, string) (io.Reader, io.Writer, func() error, error)
		want  string
	}{
		{"the server does not start", func(context.Context, string) (io.Reader, io.Writer, func() error, error) {
			return nil, nil, nil, broken
		}, "no server today"},
		{"the server ends at once", func(context.Context, string) (io.Reader, io.Writer, func() error, error) {
			return strings.NewReader(""), io.Discard, func() error { return broken }, nil
		}, "demo: start the server: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			stage := &demo.Stage{Out: io.Discard, Upstream: upstream(t), Serve: tc.serve}
			err := stage.Tell(t.Context())
			if !errors.Is(err, broken) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestAStoryEndsWithItsContext(t *testing.T) {
	u := upstream(t)
	u.Hang()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	onStep := writer(func(text []byte) {
		if strings.Contains(string(text), "opened and saved") {
			cancel()
		}
	})
	err := (&demo.Stage{Out: onStep, Upstream: u, Serve: serve(t)}).Tell(ctx)
	if err == nil || !strings.Contains(err.Error(), "review on save") {
		t.Errorf("the error is %v", err)
	}
}

// writer is a function as an io.Writer.
type writer func(text []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
