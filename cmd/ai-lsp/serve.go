package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/git"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm/chain"
	"github.com/ai-lsp/ai-lsp/llm/guard"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// What the product side expects of the model's side.
var _ review.Model = chain.Chain{}

type serveCommand struct {
	Trace string `placeholder:"FILE" help:"Write every message both ways to FILE, for bug reports; what it held is lost. It will hold the text of your files and what your editor says of its settings."`
}

// Run serves one editor until it leaves.
func (c *serveCommand) Run(w *world) error {
	wire, err := takeStdout()
	if err != nil {
		return err
	}
	live := w.settings()
	log := newLog(w.stderr, live)
	trace, closeTrace, err := openTrace(c.Trace)
	if err != nil {
		return err
	}
	defer closeTrace()
	answers := &answers{}
	defer answers.remove()
	upstream := &provider{live: live, log: log}
	links := link(upstream, live)
	kept := &keeper{w: w, live: live, log: log.Sugar().Warnf}
	defer kept.close()
	live.OnChange(kept.resized)
	commits := git.New(w.environ)
	session := server.New(w.stdin, wire, server.Options{Trace: trace, Deps: handlers.Deps{
		Settings: live, Model: links, ModelName: upstream.modelName, AskedModel: upstream.askedModel, Version: version(),
		Cache: kept, Note: kept.Note, Dismissals: newDismissals(kept),
		Changed: func(ctx context.Context, path string, doc *text.Document) handlers.Change {
			return changed(ctx, commits, path, doc)
		},
		Load: func() (int, int) { return links.Queue.Running(), links.Queue.Waiting() },
		Keep: answers.keep, Log: log.Sugar().Warnf,
	}})
	if session.Serve(w.ctx) != exitFine {
		return errFault
	}
	return nil
}

// link puts the chain around the provider and keeps it in step with the
// settings.
func link(upstream *provider, live *settings.Live) chain.Chain {
	links := chain.New(upstream, chain.Options{
		Concurrency: func() int { return live.Now().Limits.Concurrency },
		Retry: func() guard.RetryOptions {
			now := live.Now().Retry
			return guard.RetryOptions{
				MaxAttempts: now.MaxAttempts, BaseDelay: now.BaseDelay.Std(), MaxDelay: now.MaxDelay.Std(),
			}
		},
	})
	live.OnChange(func(_, _ *settings.Settings) { links.Queue.Resized() })
	return links
}

// changed are the lines of a file that differ from the newest commit.
func changed(ctx context.Context, commits *git.Reader, path string, doc *text.Document) (c handlers.Change) {
	base := commits.Head(ctx, path)
	for _, l := range base.Changed(doc) {
		c.Lines = append(c.Lines, syntax.Lines(l))
	}
	c.Base = base.Document(doc.URI(), doc.Language())
	return c
}

// openTrace makes the function that writes messages to a file; nil for none.
func openTrace(path string) (trace func(from string, message []byte), done func(), err error) {
	if path == "" {
		return nil, func() {}, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the trace: %w", err)
	}
	// A file that was there keeps its mode, and may have been open to all.
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		_ = file.Chmod(0o600)
	}
	return tracer(file), func() { _ = file.Close() }, nil
}

// tracer writes {"from","message"} lines. What is no JSON is written as a
// string, so that each line can be read.
func tracer(w io.Writer) func(from string, message []byte) {
	var mu sync.Mutex
	return func(from string, message []byte) {
		var body any = json.RawMessage(message)
		if !json.Valid(message) {
			body = string(message)
		}
		line, err := json.Marshal(map[string]any{"from": from, "message": body})
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = w.Write(append(line, '\n')) // a trace that can not be written stops nothing
	}
}
