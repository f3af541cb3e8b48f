package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

// The harness holds standard output of every session against the framing. Here
// the environment does its best to get something else onto it.
func TestOnlyMessagesAreOnStandardOutputHoweverNoisyItGets(t *testing.T) {
	u := play(t, answer)
	h := newHome(t)
	h.config("[log]\nlevel = \"debug\"\nlevle = 1\n")
	h.env["GODEBUG"] = "gctrace=1,inittrace=1,http2debug=2,schedtrace=50"
	h.env["GOTRACEBACK"] = "all"
	h.env["OPENAI_API_KEY"] = testKey
	s := h.enter(u.settings())
	s.open()
	for range 20 {
		if _, err := s.explain(); err != nil {
			t.Fatal(err)
		}
	}
	s.must(s.SendRaw([]byte(`{"not":"jsonrpc"}`)))
	s.must(s.SendRaw([]byte(`no JSON at all`)))
	s.must(s.review())
	s.leave()
	if !strings.Contains(s.stderr.String(), "init internal/") || !strings.Contains(s.stderr.String(), "SCHED") {
		t.Error("it was not noisy")
	}
}

func TestEveryEndWhileTheModelHangs(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(s *session) error
		code int
	}{
		{"exit after shutdown", func(s *session) error { return s.Shutdown(s.home.ctx) }, exitFine},
		{"the end of input after shutdown", func(s *session) error {
			if err := s.Request(s.home.ctx, "shutdown", nil, nil); err != nil {
				return err
			}
			return s.stdin.Close()
		}, exitFine},
		{"exit without shutdown", func(s *session) error { return s.Notify("exit", nil) }, exitFault},
		{"the end of input", func(s *session) error { return s.stdin.Close() }, exitFault},
		{"a header that is none", func(s *session) error {
			_, err := s.stdin.Write([]byte("Content-Size: 3\r\n\r\nabc"))
			return err
		}, exitFault},
		{"SIGTERM", func(s *session) error { return s.cmd.Process.Signal(syscall.SIGTERM) }, exitFine},
		{"SIGINT", func(s *session) error { return s.cmd.Process.Signal(os.Interrupt) }, exitFine},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.HasPrefix(tc.name, "SIG") {
				t.Skip("Windows has no such signal for another process")
			}
			u := play(t, hang)
			s := newHome(t).enter(u.settings())
			s.open()
			s.must(s.Save(s.uri)) // a review that nobody waits for
			u.next()
			explanation := s.start("ai-lsp.explain", s.place())
			u.next()
			s.must(tc.end(s))
			if code := s.wait(); code != tc.code {
				t.Errorf("it ended with %d, want %d", code, tc.code)
			}
			receive(t, u.left, "the end of the first connection to the model")
			receive(t, u.left, "the end of the second connection to the model")
			if !strings.Contains(s.received.String(), fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"error":`, explanation.ID)) {
				t.Error("the command that hung has no answer")
			}
		})
	}
}

func TestWithoutAnyModelEveryRequestIsAnswered(t *testing.T) {
	s := newHome(t).enter(map[string]any{"provider": map[string]any{"baseUrl": "https://models.example/v1"}})
	s.open()
	s.must(s.Save(s.uri))
	s.must(s.Await(s.home.ctx, func(state *editor.State) bool { return len(state.Shown) > 0 }))
	if err := s.review(); err == nil || !strings.Contains(err.Error(), "No key for models.example: set OPENAI_API_KEY") {
		t.Errorf("a review is answered with %v", err)
	}
	if _, err := s.explain(); err == nil || !strings.Contains(err.Error(), "No key for models.example") {
		t.Errorf("an explanation is answered with %v", err)
	}
	if _, err := s.Hover(s.home.ctx, s.uri, editor.Position{Line: 3}); err != nil {
		t.Errorf("a hover is answered with %v", err)
	}
	if _, err := s.Actions(s.home.ctx, s.uri, editor.At(3, 0, 3, 0)); err != nil {
		t.Errorf("code actions are answered with %v", err)
	}
	if status := s.status(); status.State != "unconfigured" {
		t.Errorf("the state is %+v", status)
	}
	s.must(s.Await(s.home.ctx, func(state *editor.State) bool {
		if len(state.Shown) != 1 {
			t.Errorf("it is told %d times: %q", len(state.Shown), state.Shown)
		}
		return true
	}))
	s.leave()
}

// status is what ai-lsp.status answers.
type status struct{ State, Detail, Model string }

func (s *session) status() (now status) {
	s.home.t.Helper()
	s.must(s.Execute(s.home.ctx, "ai-lsp.status", struct{}{}, &now))
	return now
}

func TestTheTraceHoldsEveryMessageBothWays(t *testing.T) {
	u := play(t, answer)
	h := newHome(t)
	trace := h.write("trace.jsonl", "of an earlier session, and open to all")
	delete(h.own, trace)
	h.env["OPENAI_API_KEY"] = testKey
	s := h.enter(u.settings(), "serve", "--trace", trace)
	s.open()
	s.must(s.SendRaw([]byte("no JSON at all")))
	_, err := s.explain()
	s.must(err)
	s.leave()
	checkMode(t, trace, 0o600)
	got := map[string][]string{}
	for _, line := range lines(t, trace) {
		var entry map[string]json.RawMessage
		var from string
		if err := json.Unmarshal(line, &entry); err != nil || len(entry) != 2 {
			t.Fatalf("a line of the trace is %s", line)
		}
		s.must(json.Unmarshal(entry["from"], &from))
		got[from] = append(got[from], plain(entry["message"]))
	}
	checkTrace(t, got["client"], bodiesOf(s.sent.String()))
	checkTrace(t, got["server"], bodiesOf(s.received.String()))
	if len(got) != 2 {
		t.Errorf("messages come from %d sides", len(got))
	}
}

// plain is a message as it went over the wire: JSON, or text that was none.
func plain(message json.RawMessage) string {
	var text string
	if json.Unmarshal(message, &text) == nil {
		return text
	}
	return string(message)
}

// bodiesOf takes a stream apart, whatever the bodies are.
func bodiesOf(stream string) (bodies []string) {
	for rest := stream; rest != ""; {
		var length int
		header, after, _ := strings.Cut(rest, "\r\n\r\n")
		_ = json.Unmarshal([]byte(strings.TrimPrefix(header, "Content-Length: ")), &length)
		bodies, rest = append(bodies, after[:length]), after[length:]
	}
	return bodies
}

func checkTrace(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%d messages are in the trace, %d were sent", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("message %d is\n%s\nin the trace, and was\n%s", i, got[i], want[i])
		}
	}
}
