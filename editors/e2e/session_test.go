//go:build unix

package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// limit is how long one editor may take for its whole session.
	limit = 60 * time.Second

	// mistake and corrected are line 5 of the file under review, before and after
	// the fix that the scripted model proposes.
	mistake   = "\tfor i := 0; i <= len(prices); i++ {"
	corrected = "\tfor i := 0; i < len(prices); i++ {"

	source = `package cart

func Total(prices []int) int {
	total := 0
` + mistake + `
		total += prices[i]
	}
	return total
}
`
)

// A session is one editor's world: a home folder with nothing in it, a project
// with the file cart.go, the scripted model, and an ai-lsp in PATH that writes
// down what is said.
type session struct {
	folder string // holds all of it
	file   string // cart.go
	seen   string // where a driver writes what it saw
	env    []string
}

func newSession(t *testing.T) *session {
	t.Helper()
	folder := t.TempDir()
	s := &session{
		folder: folder,
		file:   filepath.Join(folder, "project", "cart.go"),
		seen:   filepath.Join(folder, "seen.json"),
	}
	s.write(t, "project/cart.go", source, 0o600)
	s.write(t, "bin/ai-lsp", starter(binary, folder), 0o700)
	for _, name := range []string{"home", "trace"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = []string{
		"PATH=" + filepath.Join(folder, "bin") + ":" + os.Getenv("PATH"),
		"HOME=" + filepath.Join(folder, "home"),
		"LANG=C.UTF-8",
		"TERM=xterm-256color",
		"E2E_FILE=" + s.file,
		"E2E_SEEN=" + s.seen,
		startModel(t),
	}
	t.Cleanup(func() { s.keepTranscripts(t) })
	t.Cleanup(func() { s.awaitServers(t) })
	return s
}

// starter is a shell program that editors find as ai-lsp. It starts the real one,
// with a transcript of its own for each server.
func starter(binary, folder string) string {
	return fmt.Sprintf(`#!/bin/sh
[ $# -gt 0 ] && exec '%[1]s' "$@"
: >'%[2]s/trace/'$$.pid
exec '%[1]s' serve --trace '%[2]s/trace/'$$.jsonl
`, binary, folder)
}

// awaitServers waits until the servers have ended that an editor has left behind:
// they may still write to their home, which is about to be removed.
func (s *session) awaitServers(t *testing.T) {
	t.Helper()
	started, err := filepath.Glob(filepath.Join(s.folder, "trace", "*.pid"))
	if err != nil {
		t.Fatal(err)
	}
	end, look := time.After(limit), time.NewTicker(10*time.Millisecond)
	defer look.Stop()
	for _, path := range started {
		pid := strings.TrimSuffix(filepath.Base(path), ".pid")
		for runs(pid) {
			select {
			case <-look.C:
			case <-end:
				t.Fatalf("the server %s does not end", pid)
			}
		}
	}
}

// runs says that a process has not ended, as far as the system tells it in a
// file: one that nobody has waited for is there still.
func runs(pid string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return false
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	return len(fields) > 0 && fields[0] != "Z" && fields[0] != "X"
}

func (s *session) write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(s.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// startModel starts the scripted model and returns its address as a setting of
// the environment. It ends with the test.
func startModel(t *testing.T) string {
	t.Helper()
	model := exec.Command(binary, "demo", "--serve")
	model.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	model.Stderr = t.Output()
	output, err := model.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-model.Process.Pid, syscall.SIGKILL)
		_ = model.Wait()
	})
	// A model that says nothing would keep the test waiting for ever.
	silent := time.AfterFunc(limit, func() { _ = model.Process.Kill() })
	defer silent.Stop()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, "OPENAI_BASE_URL=") {
			return line
		}
	}
	t.Fatal("ai-lsp demo --serve ended without telling its address")
	return ""
}

// drive runs an editor to its end and returns what its driver saw.
func (s *session) drive(t *testing.T, editor string, args ...string) sighting {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, editor, args...)
	cmd.Dir, cmd.Env = filepath.Dir(s.file), s.env
	// The editor's children go with it, the server above all.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	output, err := cmd.CombinedOutput()

	var saw sighting
	text, readErr := os.ReadFile(s.seen)
	if readErr == nil {
		readErr = json.Unmarshal(text, &saw)
	}
	if err != nil || readErr != nil || saw.Error != "" {
		t.Fatalf("%s: %v, %v, driver: %q\nseen: %s\noutput: %s\n%s",
			filepath.Base(editor), err, readErr, saw.Error, text, output, s.traceTail())
	}
	return saw
}
