package rpc_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// BenchmarkRoundTrip measures a didChange and a hover behind it, from the
// first byte written to the answer read, with nothing else going on and beside
// 200 requests that hang. The ratio is that of the two p99 in this run.
func BenchmarkRoundTrip(b *testing.B) {
	var idle time.Duration
	b.Run("idle", func(b *testing.B) { idle = roundTrips(b, 0) })
	b.Run("beside 200 hanging", func(b *testing.B) {
		if p99 := roundTrips(b, 200); idle > 0 {
			b.ReportMetric(float64(p99)/float64(idle), "p99/idle")
		}
	})
}

func roundTrips(b *testing.B, hanging int) (p99 time.Duration) {
	b.Helper()
	e := launch(b, server{
		"didChange": func(context.Context, *rpc.Message) (any, rpc.Work, error) { return nil, nil, nil },
		"hover":     later(func(context.Context) (any, error) { return map[string]string{"contents": "text"}, nil }),
	}, rpc.Options{})
	in := bufio.NewReader(e.out)
	ask := func(body string) {
		write(b, e, body)
		if _, err := readFrame(in); err != nil {
			b.Fatal(err)
		}
	}
	ask(initialize)
	for i := range hanging {
		write(b, e, fmt.Sprintf(`{"id":"slow-%d","method":"slow"}`, i))
	}
	const change = `{"jsonrpc":"2.0","method":"didChange","params":{"textDocument":{"uri":"file:///a.go","version":2},"contentChanges":[{"text":"x"}]}}`
	const hover = `{"jsonrpc":"2.0","id":1,"method":"hover","params":{"textDocument":{"uri":"file:///a.go"},"position":{"line":1,"character":2}}}`
	var took []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		begin := time.Now()
		write(b, e, change)
		ask(hover)
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	b.ReportMetric(float64(p50.Microseconds()), "p50-µs")
	b.ReportMetric(float64(p99.Microseconds()), "p99-µs")
	go e.read(nil)
	e.stop()
	<-e.code
	return p99
}

// BenchmarkCancel measures from $/cancelRequest to the answer of what it
// cancels.
func BenchmarkCancel(b *testing.B) {
	e := launch(b, server{}, rpc.Options{})
	in := bufio.NewReader(e.out)
	write(b, e, initialize)
	_, _ = readFrame(in)
	for b.Loop() {
		write(b, e, `{"id":1,"method":"slow"}`)
		write(b, e, `{"method":"$/cancelRequest","params":{"id":1}}`)
		if _, err := readFrame(in); err != nil {
			b.Fatal(err)
		}
	}
	go e.read(nil)
	e.stop()
	<-e.code
}

// BenchmarkNotify measures what a published diagnostic costs its sender.
func BenchmarkNotify(b *testing.B) {
	e := launch(b, server{}, rpc.Options{})
	go func() { _, _ = io.Copy(io.Discard, e.out) }()
	params := map[string]any{"uri": "file:///a.go", "diagnostics": []string{"one", "two"}}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			if errors.Is(e.conn.Notify("publish", params), rpc.ErrBackpressure) {
				_ = e.conn.Flush(b.Context())
			}
		}
	})
	b.Run("merged", func(b *testing.B) {
		for b.Loop() {
			if err := e.conn.NotifyMerged("file:///a.go", "publish", params, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	e.stop()
	<-e.code
}
