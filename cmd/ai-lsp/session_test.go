package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

const (
	source = "package a\n\nfunc f(n int) int {\n\treturn n - 1\n}\n"
	// oneFinding is a review of source.
	oneFinding = `{"severity":"warning","issues":[{"line":4,"end_line":4,"quote":"return n - 1","type":"bug",` +
		`"severity":"warning","message":"Off by one.","explanation":"","suggested_fix":"","confidence":0.9}],"summary":"s"}`
)

// session is a running server with an editor.
type session struct {
	*editor.Editor

	home     *home
	uri      string // of a document in the workspace
	cmd      *exec.Cmd
	stdin    io.WriteCloser
	sent     record
	received record
	stderr   record
	ended    bool
}

// launch starts a server and does not say anything to it. settings is what the
// editor answers to workspace/configuration.
func (h *home) launch(settings any, args ...string) *session {
	h.t.Helper()
	s := &session{home: h, cmd: h.command(args...), uri: "file://" + slashed(h.path("work", "a.go"))}
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	s.stdin, s.cmd.Stderr = stdin, &s.stderr
	if err := s.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	s.Editor = editor.Connect(io.TeeReader(stdout, &s.received), io.MultiWriter(stdin, &s.sent), settings)
	h.t.Cleanup(func() {
		if !s.ended {
			_ = s.stdin.Close()
			s.wait()
		}
		if h.t.Failed() {
			h.t.Logf("received:\n%s\nstandard error:\n%s", s.received.String(), s.stderr.String())
		}
	})
	return s
}

// enter starts a server for a capable editor, up to initialized.
func (h *home) enter(settings any, args ...string) *session {
	h.t.Helper()
	s := h.launch(settings, args...)
	_, err := s.Initialize(h.ctx, "file://"+slashed(h.path("work")), editor.Capabilities)
	s.must(err)
	return s
}

// slashed is a path as it stands in a file URI.
func slashed(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return path
}

func (s *session) must(err error) {
	s.home.t.Helper()
	if err != nil {
		s.home.t.Fatal(err)
	}
}

// wait waits for the end and gives the exit code. In every test, standard
// output has held nothing but messages, and the key was in neither output.
func (s *session) wait() int {
	t := s.home.t
	t.Helper()
	s.ended = true
	never := func(*editor.State) bool { return false }
	if err := s.Await(s.home.ctx, never); !errors.Is(err, editor.ErrGone) {
		t.Errorf("the server did not end: %v", err)
		_ = s.cmd.Process.Kill()
	}
	_ = s.cmd.Wait() // the code tells
	frames(t, s.received.String())
	checkKeyIsNotIn(t, "standard output", s.received.String())
	checkKeyIsNotIn(t, "standard error", s.stderr.String())
	return s.cmd.ProcessState.ExitCode()
}

// leave ends the session as an editor does.
func (s *session) leave() {
	s.home.t.Helper()
	s.must(s.Shutdown(s.home.ctx))
	if code := s.wait(); code != exitFine {
		s.home.t.Errorf("it ended with %d", code)
	}
}

// frames takes a whole stream apart. What is not a frame with JSON-RPC in it
// fails the test.
func frames(t testing.TB, stream string) (bodies []string) {
	t.Helper()
	for rest := stream; rest != ""; {
		header, after, whole := strings.Cut(rest, "\r\n\r\n")
		digits, isFrame := strings.CutPrefix(header, "Content-Length: ")
		length, err := strconv.Atoi(digits)
		if !whole || !isFrame || err != nil || length > len(after) {
			t.Errorf("this is no frame: %.200q", rest)
			return bodies
		}
		var message struct{ JSONRPC string }
		if err := json.Unmarshal([]byte(after[:length]), &message); err != nil || message.JSONRPC != "2.0" {
			t.Errorf("this is no message: %.200q", after[:length])
		}
		bodies, rest = append(bodies, after[:length]), after[length:]
	}
	return bodies
}

// open opens the document of the session.
func (s *session) open() {
	s.home.t.Helper()
	s.must(s.Open(s.uri, "go", source))
}

// review has the document reviewed by command.
func (s *session) review() error {
	return s.Execute(s.home.ctx, "ai-lsp.review", map[string]string{"uri": s.uri, "scope": "file"}, nil)
}

// explain has the function in the document explained.
func (s *session) explain() (markdown string, err error) {
	var answer struct{ Markdown string }
	err = s.Execute(s.home.ctx, "ai-lsp.explain", s.place(), &answer)
	return answer.Markdown, err
}

func (s *session) place() map[string]any {
	return map[string]any{"uri": s.uri, "range": editor.At(2, 0, 4, 1)}
}

// start sends a command and does not wait.
func (s *session) start(command string, argument any) *editor.Pending {
	s.home.t.Helper()
	params := map[string]any{"command": command, "arguments": []any{argument}}
	p, err := s.Start("workspace/executeCommand", params)
	s.must(err)
	return p
}

// shownDocument waits for the n-th window/showDocument and gives its URI.
func (s *session) shownDocument(n int) (uri string) {
	s.home.t.Helper()
	s.must(s.Await(s.home.ctx, func(state *editor.State) bool {
		seen := 0
		for _, m := range state.Messages {
			var params struct{ URI string }
			if m.Method != "window/showDocument" || json.Unmarshal(m.Params, &params) != nil {
				continue
			}
			if seen++; seen == n {
				uri = params.URI
			}
		}
		return seen >= n
	}))
	return uri
}

// checkMode holds the permissions of a file or folder against want.
func checkMode(t testing.TB, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want && os.PathSeparator == '/' {
		t.Errorf("%s has mode %o, want %o", path, got, want)
	}
}

// lines are the lines of a file, each of which must be JSON.
func lines(t testing.TB, path string) [][]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := bytes.Split(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
	for _, line := range all {
		if !json.Valid(line) {
			t.Errorf("%s has a line that is no JSON: %.200q", path, line)
		}
	}
	return all
}
