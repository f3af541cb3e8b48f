package server_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/editor"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/server"
)

// hanging is how many model calls hang beside what is measured.
const hanging = 200

// BenchmarkBeside measures requests that an editor makes all the time, as it
// feels them, with nothing else going on and beside commands whose model calls
// hang. Both servers take turns in one run, so that the noise of the machine
// is the same for both; the ratios are what counts. They share a process, and
// so its garbage collector: the benchmark of the same name in cmd/ai-lsp has
// one process for each, and real connections that hang.
func BenchmarkBeside(b *testing.B) {
	for _, bc := range []struct {
		name string
		once func(d *desk, i int) error
	}{
		{"hover", func(d *desk, _ int) error { return d.hover() }},
		{"codeAction", func(d *desk, _ int) error {
			actions, err := d.Actions(d.ctx, file, editor.At(3, 0, 3, 0))
			if err == nil && len(actions) == 0 {
				err = fmt.Errorf("no action is offered")
			}
			return err
		}},
		{"didChange and hover", func(d *desk, i int) error {
			// The first line of the document, above the finding.
			typed := editor.TextEdit{Range: editor.At(0, 8, 0, 9), NewText: string(rune('a' + i%26))}
			if err := d.Change(file, typed); err != nil {
				return err
			}
			return d.hover()
		}},
	} {
		b.Run(bc.name, func(b *testing.B) { beside(b, bc.once) })
	}
}

func beside(b *testing.B, once func(d *desk, i int) error) {
	b.Helper()
	idle, loaded := sit(b, 0), sit(b, hanging)
	var idleTook, loadedTook []time.Duration
	i := 0
	for b.Loop() {
		if i%2 == 0 { // neither is always the first
			idleTook = append(idleTook, idle.time(func() error { return once(idle, i) }))
			loadedTook = append(loadedTook, loaded.time(func() error { return once(loaded, i) }))
		} else {
			loadedTook = append(loadedTook, loaded.time(func() error { return once(loaded, i) }))
			idleTook = append(idleTook, idle.time(func() error { return once(idle, i) }))
		}
		i++
	}
	idle.check(0)
	loaded.check(hanging)
	idle50, idle99 := percentiles(idleTook)
	loaded50, loaded99 := percentiles(loadedTook)
	b.ReportMetric(idle50, "idle-p50-µs")
	b.ReportMetric(idle99, "idle-p99-µs")
	b.ReportMetric(loaded50, "loaded-p50-µs")
	b.ReportMetric(loaded99, "loaded-p99-µs")
	b.ReportMetric(loaded50/idle50, "p50/p50")
	b.ReportMetric(loaded99/idle99, "p99/p99")
	b.ReportMetric(0, "ns/op") // the mean of both would mislead
}

// percentiles gives the 50th and the 99th, in microseconds.
func percentiles(took []time.Duration) (p50, p99 float64) {
	slices.Sort(took)
	at := func(percent int) float64 { return float64(took[len(took)*percent/100].Nanoseconds()) / 1000 }
	return at(50), at(99)
}

// desk is a server with an editor that has one document open, with a finding
// on its fourth line.
type desk struct {
	*editor.Editor

	b     *testing.B
	ctx   context.Context
	model *model
}

// sit starts a server and has it ask the model for a number of explanations
// that never come.
func sit(b *testing.B, calls int) *desk {
	b.Helper()
	d := &desk{b: b, model: &model{}}
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.Context()), 10*patience)
	d.ctx = ctx
	live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + b.TempDir()}})
	session := server.New(fromEditor, toEditor, server.Options{Deps: handlers.Deps{Settings: live, Model: d.model, Version: "bench"}})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		session.Serve(ctx)
	}()
	d.Editor = editor.Connect(fromServer, toServer, nil)
	b.Cleanup(func() {
		_ = toServer.Close()
		<-ended
		cancel()
	})
	_, err := d.Initialize(ctx, "file:///project", editor.Capabilities)
	d.must(err)
	d.model.next(find(bug(4, "return n - 1", "m", "return n")))
	d.must(d.Open(file, "go", source))
	d.must(d.Execute(ctx, "ai-lsp.review", map[string]string{"uri": file, "scope": "file"}, nil))
	for range calls {
		_, err := d.Start("workspace/executeCommand", map[string]any{
			"command": "ai-lsp.explain", "arguments": []any{map[string]any{"uri": file, "range": editor.At(2, 0, 4, 1)}},
		})
		d.must(err)
	}
	for d.model.count() < calls+1 { // each answer gives way to the calls
		d.must(d.hover())
	}
	return d
}

func (d *desk) must(err error) {
	d.b.Helper()
	if err != nil {
		d.b.Fatal(err)
	}
}

// check makes sure that so many calls hang, and have hung all the time: without
// its load, a loaded server is an idle one.
func (d *desk) check(calls int) {
	d.b.Helper()
	d.model.mu.Lock()
	defer d.model.mu.Unlock()
	if now := len(d.model.calls) - d.model.ended; now != calls || d.model.ended != 1 {
		d.b.Errorf("%d calls hang and %d have ended, want %d and the one review", now, d.model.ended, calls)
	}
}

// time is how long do takes.
func (d *desk) time(do func() error) time.Duration {
	d.b.Helper()
	began := time.Now()
	err := do()
	took := time.Since(began)
	d.must(err)
	return took
}

// hover asks for the finding.
func (d *desk) hover() error {
	card, err := d.Hover(d.ctx, file, editor.Position{Line: 3, Character: 2})
	if err == nil && card == "" {
		err = fmt.Errorf("there is no hover")
	}
	return err
}
