package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a state is waited for before a test fails. It is no
// measure of anything.
const patience = 60 * time.Second

// home is a user of the machine who has nothing yet: no settings, no state, no
// key, no proxy. The processes of one test share it.
type home struct {
	t   testing.TB
	ctx context.Context
	dir string
	env map[string]string
	own map[string]bool // files that the test wrote itself
}

func newHome(t testing.TB) *home {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience) // cleanups still wait for processes
	t.Cleanup(cancel)
	h := &home{t: t, ctx: ctx, dir: t.TempDir(), env: map[string]string{}, own: map[string]bool{}}
	for variable, folder := range map[string]string{
		"HOME": "user", "USERPROFILE": "user", "TMPDIR": "tmp", "TMP": "tmp",
		"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run",
	} {
		h.env[variable] = h.path(folder)
		if err := os.MkdirAll(h.env[variable], 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.env["GORACE"] = "atexit_sleep_ms=10" // else each process ends with a second of waiting for reports
	for _, needed := range []string{"SystemRoot", "PATH"} {
		h.env[needed] = os.Getenv(needed)
	}
	if err := os.Mkdir(h.path("work"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.checkKeyIsNowhere() })
	return h
}

// path is a path in the folder that all of this home lies in.
func (h *home) path(parts ...string) string {
	return filepath.Join(append([]string{h.dir}, parts...)...)
}

// write writes a file and gives its path.
func (h *home) write(path, content string) string {
	h.t.Helper()
	path = h.path(filepath.FromSlash(path))
	h.own[path] = true
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o644))
	if err != nil {
		h.t.Fatal(err)
	}
	return path
}

// config writes the user's config.toml.
func (h *home) config(toml string) string {
	h.t.Helper()
	return h.write("config/ai-lsp/config.toml", toml)
}

// command is the program in this home, with its folder work as the working
// directory.
func (h *home) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(h.ctx, program, args...)
	cmd.Dir = h.path("work")
	for variable, value := range maps.All(h.env) {
		cmd.Env = append(cmd.Env, variable+"="+value)
	}
	return cmd
}

// outcome is what a process left behind.
type outcome struct {
	code           int
	stdout, stderr string
}

// run runs a subcommand to its end.
func (h *home) run(args ...string) outcome {
	h.t.Helper()
	cmd := h.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		h.t.Fatal(err)
	}
	o := outcome{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	checkKeyIsNotIn(h.t, "standard output", o.stdout)
	checkKeyIsNotIn(h.t, "standard error", o.stderr)
	return o
}

// check holds an outcome against its exit code and against what both outputs
// together must say.
func (o outcome) check(t testing.TB, code int, says ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("it ended with %d, want %d", o.code, code)
	}
	for _, words := range says {
		if !strings.Contains(o.stdout+o.stderr, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", o.stdout, o.stderr)
	}
}

// The key of all tests. It must reach the upstream and nothing else; half of a
// key is a key.
const (
	keyHead = "sk-5ecretHead-a91b2c"
	keyTail = "77f0-t4il0fTheKey"
	testKey = keyHead + keyTail
)

func checkKeyIsNotIn(t testing.TB, place, text string) {
	t.Helper()
	if strings.Contains(text, keyHead) || strings.Contains(text, keyTail) {
		t.Errorf("the key is in %s", place)
	}
}

// checkKeyIsNowhere looks at every file that processes have left.
func (h *home) checkKeyIsNowhere() {
	err := filepath.WalkDir(h.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || h.own[path] {
			return err
		}
		content, err := os.ReadFile(path)
		checkKeyIsNotIn(h.t, path, string(content))
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// record keeps what is written to it.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}
