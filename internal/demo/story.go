package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

//go:embed sample/checkout.go.txt
var sample string

// Stage is where the story is told.
type Stage struct {
	Out      io.Writer
	Upstream *Upstream
	// Serve starts the real server against the upstream: what it writes, what
	// it reads, and how to wait for its end.
	Serve func(ctx context.Context, baseURL string) (stdout io.Reader, stdin io.Writer, wait func() error, err error)
}

// patience is how long each step may take before the demo gives up.
const patience = 20 * time.Second

// uri names the sample; nothing is written to disk.
const (
	root = "file:///ai-lsp-demo"
	uri  = root + "/checkout.go"
)

// Tell runs the story to its end. An error says which step did not happen.
func (s *Stage) Tell(ctx context.Context) error {
	stdout, stdin, wait, err := s.Serve(ctx, s.Upstream.BaseURL())
	if err != nil {
		return err
	}
	settings := map[string]any{
		"provider": map[string]any{"model": Model},
		"retry":    map[string]any{"maxAttempts": 2, "baseDelay": "100ms"},
	}
	t := &telling{Stage: s, ed: editor.Connect(stdout, stdin, settings)}
	t.ed.OnEach(t.narrate)
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"start the server", t.begin},
		{"review on save", t.save},
		{"hover", t.hover},
		{"fix", t.fix},
		{"cut the upstream off", t.cut},
		{"recover", t.recover},
		{"open the file again", t.reopen},
		{"stop the server", t.ed.Shutdown},
	} {
		stepCtx, cancel := context.WithTimeout(ctx, patience)
		err := step.run(stepCtx)
		cancel()
		if err != nil {
			return errors.Join(fmt.Errorf("demo: %s: %w", step.name, err), wait())
		}
	}
	t.say("\nAll of this was scripted. For a real model, set OPENAI_API_KEY, or OPENAI_BASE_URL for a\n" +
		"server of your own (Ollama: http://127.0.0.1:11434/v1), and start your editor; the README\n" +
		"says how. `ai-lsp doctor` checks the connection. `ai-lsp demo --serve` keeps this upstream\n" +
		"running, to try an editor with.\n")
	return wait()
}

// telling is a story while it is told.
type telling struct {
	*Stage
	ed *editor.Editor

	turn sync.Mutex // of who writes to Out: the steps, or what arrives
}

func (t *telling) say(format string, args ...any) {
	t.turn.Lock()
	defer t.turn.Unlock()
	_, _ = fmt.Fprintf(t.Out, format, args...)
}

// narrate prints what an editor would show, when it arrives.
func (t *telling) narrate(m *editor.Message) {
	switch m.Method {
	case "$/progress":
		var p editor.Progress
		if json.Unmarshal(m.Params, &p) == nil {
			t.say("   progress   %s\n", strings.TrimPrefix(p.Value.Title+": "+p.Value.Message, ": "))
		}
	case "textDocument/publishDiagnostics":
		var p editor.Published
		if json.Unmarshal(m.Params, &p) == nil {
			t.say("   findings   %s\n", summary(p.Diagnostics))
		}
	case "window/showMessage", "window/logMessage":
		var p struct{ Message string }
		if json.Unmarshal(m.Params, &p) == nil {
			t.say("   message    %s\n", p.Message)
		}
	}
}

func summary(diagnostics []editor.Diagnostic) string {
	if len(diagnostics) == 0 {
		return "none"
	}
	lines := make([]string, len(diagnostics))
	for i, d := range diagnostics {
		lines[i] = fmt.Sprintf("line %d [%s] %s", d.Range.Start.Line+1, d.Code, d.Message)
	}
	return strings.Join(lines, "\n              ")
}

func (t *telling) begin(ctx context.Context) error {
	t.say("ai-lsp demo: the real server, a real LSP session, and an upstream that answers from a\n" +
		"script. No model, no key, no network.\n")
	_, err := t.ed.Initialize(ctx, root, editor.Capabilities)
	return err
}

func (t *telling) save(ctx context.Context) error {
	t.say("\n1. checkout.go is opened and saved. Findings arrive while the answer still streams.\n")
	if err := errors.Join(t.ed.Open(uri, "go", sample), t.ed.Save(uri)); err != nil {
		return err
	}
	return t.ended(ctx, 1, func(s *editor.State) bool { return len(s.Diagnostics[uri].Diagnostics) == 3 })
}

// ended waits for the end of the n-th progress, and for what must be so then.
func (t *telling) ended(ctx context.Context, n int, also func(*editor.State) bool) error {
	return t.ed.Await(ctx, func(s *editor.State) bool {
		ends := 0
		for _, p := range s.Progress {
			if p.Value.Kind == "end" {
				ends++
			}
		}
		return ends >= n && also(s)
	})
}

// find gives the first finding of a type, as it stands now.
func (t *telling) find(ctx context.Context, code string) (found editor.Diagnostic, err error) {
	err = t.ed.Await(ctx, func(s *editor.State) bool {
		for _, d := range s.Diagnostics[uri].Diagnostics {
			if d.Code == code {
				found = d
				return true
			}
		}
		return false
	})
	return found, err
}

func (t *telling) hover(ctx context.Context) error {
	bug, err := t.find(ctx, "bug")
	if err != nil {
		return err
	}
	t.say("\n2. The cursor rests on line %d. Hover answers from memory.\n", bug.Range.Start.Line+1)
	card, err := t.ed.Hover(ctx, uri, bug.Range.Start)
	if err == nil {
		t.say("%s", indent(card))
	}
	return err
}

func indent(text string) string {
	return "   | " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n   | ") + "\n"
}

func (t *telling) fix(ctx context.Context) error {
	t.say("\n3. The light bulb offers a fix, and it is taken. Only its own line changes.\n")
	bug, err := t.find(ctx, "bug")
	if err != nil {
		return err
	}
	actions, err := t.ed.Actions(ctx, uri, bug.Range)
	if err != nil {
		return err
	}
	for _, action := range actions {
		t.say("   action     %s\n", action.Title)
	}
	line := bug.Range.Start.Line
	before := lineOf(t.ed.Text(uri), line)
	if len(actions) == 0 || !strings.HasPrefix(actions[0].Title, "Fix: ") {
		return errors.New("no fix was offered")
	}
	if err := t.ed.Choose(ctx, actions[0]); err != nil {
		return err
	}
	t.say("   - %s\n   + %s\n", before, lineOf(t.ed.Text(uri), line))
	return t.ed.Await(ctx, func(s *editor.State) bool { return len(s.Diagnostics[uri].Diagnostics) == 2 })
}

func lineOf(text string, n uint32) string { return strings.Split(text, "\n")[n] }

func (t *telling) cut(ctx context.Context) error {
	t.say("\n4. A line is typed and the file saved. What has changed since is sent, two functions\n" +
		"   of three. In mid-answer the upstream is cut off.\n")
	t.Upstream.Cut(0.7)
	typed := editor.TextEdit{Range: editor.At(27, 0, 27, 0), NewText: "\t// One line for each price.\n"}
	if err := errors.Join(t.ed.Change(uri, typed), t.ed.Save(uri)); err != nil {
		return err
	}
	if err := t.ed.Await(ctx, func(s *editor.State) bool { return len(s.Shown) > 0 }); err != nil {
		return err
	}
	slow, err := t.find(ctx, "performance")
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := t.ed.Hover(ctx, uri, slow.Range.Start); err != nil {
		return err
	}
	t.say("   The findings stand, one of them one line further down, and hover still answers (%.1f ms).\n",
		float64(time.Since(began).Microseconds())/1000)
	return nil
}

func (t *telling) recover(ctx context.Context) error {
	t.say("\n5. The upstream is back. The next review goes through, with nothing restarted.\n")
	t.Upstream.Restore()
	var result struct{ Findings, Units, Cached int }
	argument := map[string]string{"uri": uri, "scope": "file"}
	if err := t.ed.Execute(ctx, "ai-lsp.review", argument, &result); err != nil {
		return err
	}
	t.say("   result     %d findings; %d of %d units were known and cost nothing\n", result.Findings, result.Cached, result.Units)
	return t.ed.Await(ctx, func(s *editor.State) bool { return len(s.Logged) > 0 })
}

func (t *telling) reopen(ctx context.Context) error {
	t.say("\n6. The file is closed and opened again. What is known of it is shown at once.\n")
	calls, now := t.Upstream.Calls(), t.ed.Text(uri)
	shown := func(n int) func(*editor.State) bool {
		return func(s *editor.State) bool { return len(s.Diagnostics[uri].Diagnostics) == n }
	}
	if err := errors.Join(t.ed.Close(uri), t.ed.Await(ctx, shown(0)), t.ed.Open(uri, "go", now), t.ed.Await(ctx, shown(2))); err != nil {
		return err
	}
	t.say("   result     %d model calls\n", t.Upstream.Calls()-calls)
	return nil
}
