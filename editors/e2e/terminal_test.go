//go:build unix

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// look is how often a terminal's screen is read while something is awaited.
const look = 50 * time.Millisecond

// A terminal is a tmux of its own in which one editor runs.
type terminal struct {
	session *session
	env     []string
	ends    time.Time
}

// openTerminal starts an editor in the project's folder. It ends with the test.
func openTerminal(t *testing.T, s *session, editor string, args ...string) *terminal {
	t.Helper()
	optional(t, "tmux")
	term := &terminal{
		session: s,
		env:     append(s.env, "TMUX_TMPDIR="+t.TempDir()),
		ends:    time.Now().Add(limit),
	}
	t.Cleanup(func() {
		// The editor may have ended already, and its terminal with it.
		_, _ = term.tmux("kill-server")
	})
	start := append([]string{"new-session", "-d", "-x", "160", "-y", "50", "-c", filepath.Dir(s.file), editor}, args...)
	if output, err := term.tmux(start...); err != nil {
		t.Fatalf("tmux: %v: %s", err, output)
	}
	return term
}

// tmux runs one of its commands and returns what it printed.
func (term *terminal) tmux(args ...string) (string, error) {
	cmd := exec.Command("tmux", append([]string{"-f", os.DevNull}, args...)...)
	cmd.Env = term.env
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// press sends keys, by the names that tmux has for them.
func (term *terminal) press(t *testing.T, keys ...string) {
	t.Helper()
	if output, err := term.tmux(append([]string{"send-keys"}, keys...)...); err != nil {
		t.Fatalf("press %q: %v: %s\n%s", keys, err, output, term.session.traceTail())
	}
}

// await reads the screen until it is as it should be, and returns it.
func (term *terminal) await(t *testing.T, what string, holds func(screen string) bool) string {
	t.Helper()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		screen, err := term.tmux("capture-pane", "-p")
		if err == nil && holds(screen) {
			return screen
		}
		if err != nil || time.Now().After(term.ends) {
			t.Fatalf("waited for %s: %v\nscreen:\n%s\n%s", what, err, screen, term.session.traceTail())
		}
		<-ticker.C
	}
}

// awaitOpen waits until the server knows the file: a save before that goes unheard.
func (term *terminal) awaitOpen(t *testing.T) {
	t.Helper()
	term.await(t, "the editor to open the file at the server", func(string) bool {
		return term.session.hasSaid(`"textDocument/didOpen"`)
	})
}

// awaitFile waits until the editor has stored the file with the given text.
func (term *terminal) awaitFile(t *testing.T, want string) {
	t.Helper()
	term.await(t, "the file to be stored with the fix", func(string) bool {
		got, err := os.ReadFile(term.session.file)
		return err == nil && string(got) == want
	})
}

// shows holds when the screen has this text anywhere.
func shows(text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

// lineShows holds when one line of the screen has all of these texts.
func lineShows(texts ...string) func(string) bool {
	return func(screen string) bool {
		for line := range strings.Lines(screen) {
			if containsAll(line, texts) {
				return true
			}
		}
		return false
	}
}

func containsAll(line string, texts []string) bool {
	for _, text := range texts {
		if !strings.Contains(line, text) {
			return false
		}
	}
	return true
}
