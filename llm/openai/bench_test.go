package openai_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	library "github.com/sashabaranov/go-openai"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

const benchChunks = 253

// BenchmarkOverhead runs the same stream through the library alone and through
// the client, in turns, so that a noisy machine disturbs both alike.
func BenchmarkOverhead(b *testing.B) {
	stream := roleOnly + strings.Repeat(chunk("token "), benchChunks-3) + finish("stop") + usage + closed
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		sends(stream)(w, r)
	}))
	defer upstream.Close()
	prompt := strings.Repeat("\tif err != nil && x < 10 { return fmt.Errorf(\"read %q: %w\", name, err) }\n", 20<<10/75)

	cfg := library.DefaultConfig(canaryKey)
	cfg.BaseURL = upstream.URL + "/v1"
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	cfg.HTTPClient = &http.Client{Transport: transport}
	bare := library.NewClientWithConfig(cfg)
	ours := newClient(b, func(c *openai.Config) { c.BaseURL = upstream.URL })
	req := llm.Request{Messages: []llm.Message{{Role: llm.User, Content: prompt}}, Temperature: 0.1, MaxTokens: 1000}

	var alone, guarded []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := runBare(b.Context(), bare, prompt); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if _, err := ours.Complete(b.Context(), req, func(llm.Event) {}); err != nil {
			b.Fatal(err)
		}
		alone, guarded = append(alone, between.Sub(start)), append(guarded, time.Since(between))
	}
	slices.Sort(alone)
	slices.Sort(guarded)
	for _, p := range []struct {
		name string
		at   float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		without, with := at(alone, p.at), at(guarded, p.at)
		b.ReportMetric(float64(with)/float64(without), "ratio-"+p.name)
		b.ReportMetric(float64((with - without).Microseconds()), "added-µs-"+p.name)
	}
	b.ReportMetric(float64(at(guarded, 0.5).Nanoseconds())/1000/benchChunks, "µs/chunk")
	b.ReportMetric(float64((at(guarded, 0.5)-at(alone, 0.5)).Nanoseconds())/1000/benchChunks, "added-µs/chunk")
}

func at(sorted []time.Duration, share float64) time.Duration {
	return sorted[int(share*float64(len(sorted)-1))]
}

func runBare(ctx context.Context, c *library.Client, prompt string) error {
	stream, err := c.CreateChatCompletionStream(ctx, library.ChatCompletionRequest{
		Model: "m", Messages: []library.ChatCompletionMessage{{Role: "user", Content: prompt}}, Temperature: 0.1, MaxCompletionTokens: 1000,
		StreamOptions: &library.StreamOptions{IncludeUsage: true},
	})
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
