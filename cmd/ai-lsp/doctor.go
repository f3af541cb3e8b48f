package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

type doctorCommand struct {
	Call bool `help:"Also make a call of one token, which costs a little."`
}

// doctorPatience is how long each question to the upstream may take.
const doctorPatience = 20 * time.Second

// Run checks one thing after the other. A fault comes with its cure, and makes
// the exit code 1.
func (c *doctorCommand) Run(w *world) error {
	live := w.settings()
	if here, err := os.Getwd(); err == nil {
		live.SetWorkspace([]string{here})
	}
	r := &report{out: w.stdout}
	for _, p := range live.Problems() {
		r.fault("settings", p.String())
	}
	if len(live.Problems()) == 0 {
		r.fine("settings", "nothing wrong; 'ai-lsp settings' lists them")
	}
	checkStore(w, r, live)
	upstream := &provider{live: live, log: zap.NewNop()}
	if live.Key().IsZero() {
		r.fine("key", "none is set; a server on this machine needs none")
	} else {
		r.fine("key", "OPENAI_API_KEY is set")
	}
	ctx, cancel := context.WithTimeout(w.ctx, doctorPatience)
	defer cancel()
	config, err := upstream.resolve(ctx)
	if err != nil {
		r.fault("endpoint", sayOf(err))
		return r.end()
	}
	r.fine("endpoint", upstream.shown(config.BaseURL))
	client, err := upstream.current(ctx)
	if err != nil {
		r.fault("endpoint", sayOf(err))
		return r.end()
	}
	if c.checkModels(ctx, r, client, config.Model) || c.Call {
		checkCall(w.ctx, r, client, config.Model)
	}
	return r.end()
}

// checkStore opens the store as a session would. What is not there yet is made,
// so that a folder that can not be written to is found out.
func checkStore(w *world, r *report, live *settings.Live) {
	kept := &keeper{live: live, w: w, log: func(string, ...any) {}}
	defer kept.close()
	path := kept.open(w.ctx).path
	if note := kept.Note(); note != "" {
		r.fault("store", note)
		return
	}
	r.fine("store", path)
}

// checkModels asks for the list of models. It is true when there is no such
// list, so that only a call can tell.
func (c *doctorCommand) checkModels(ctx context.Context, r *report, client *openai.Client, model string) bool {
	names, err := client.Models(ctx)
	fault, _ := errors.AsType[*llm.Error](err)
	switch {
	case fault != nil && fault.Status == 404:
		r.fine("connection", "the server answers, but does not list its models")
		return true
	case err != nil:
		r.fault("connection", sayOf(err))
		return false
	}
	r.fine("connection", fmt.Sprintf("the server answers and lists %d models", len(names)))
	if slices.Contains(names, model) || slices.Contains(names, model+":latest") {
		r.fine("model", model)
		return false
	}
	if len(names) == 0 {
		r.fault("model", fmt.Sprintf("the server has no model %q, nor any other. Load one there.", model))
		return false
	}
	few := strings.Join(names[:min(len(names), 5)], ", ")
	if more := len(names) - 5; more > 0 {
		few += fmt.Sprintf(" and %d more", more)
	}
	r.fault("model", fmt.Sprintf("the server has no model %q; it has %s. Set provider.model.", model, few))
	return false
}

// checkCall makes a call of one token.
func checkCall(ctx context.Context, r *report, client *openai.Client, model string) {
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	_, err := client.Complete(ctx, llm.Request{
		Task: "doctor", Messages: []llm.Message{{Role: llm.User, Content: "Say yes."}}, MaxTokens: 1,
	}, func(llm.Event) {})
	// An answer that is cut after one token is what was asked for.
	if err != nil && llm.ClassOf(err) != llm.ClassTruncated && llm.ClassOf(err) != llm.ClassUnusable {
		r.fault("call", sayOf(err))
		return
	}
	r.fine("call", model+" answers")
}

// sayOf is what a person is told of an error.
func sayOf(err error) string {
	if fault, ok := errors.AsType[*llm.Error](err); ok && fault.Say != "" {
		return fault.Say
	}
	return err.Error()
}

// report prints a line for each check.
type report struct {
	out    io.Writer
	faults int
}

func (r *report) fine(what, found string) {
	_, _ = fmt.Fprintf(r.out, "ok     %-11s %s\n", what, found)
}

func (r *report) fault(what, found string) {
	r.faults++
	_, _ = fmt.Fprintf(r.out, "FAULT  %-11s %s\n", what, found)
}

func (r *report) end() error {
	if r.faults > 0 {
		return errFault
	}
	return nil
}
