//go:build unix

package e2e_test

import (
	"os"
	"strings"
	"testing"
)

func TestHelix(t *testing.T) {
	editor := optional(t, "hx-25.01")
	s := newSession(t)
	snippet, err := os.ReadFile(repository(t, "helix/languages.toml"))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "home/.config/helix/languages.toml", string(snippet), 0o600)
	term := openTerminal(t, s, editor, s.file)

	const bad, good = "i <= len(prices)", "i < len(prices)"
	term.await(t, "the file", lineShows("NOR", "cart.go"))
	term.awaitOpen(t)
	term.press(t, ":w", "Enter")
	// A dot in the gutter, and one in the status line.
	term.await(t, "the finding", lineShows("●", " 5 ", bad))
	term.press(t, "]", "d")
	term.await(t, "the finding's message", shows("(bug)"))
	term.press(t, "Space", "k")
	term.await(t, "the hover with the fix", shows(good))
	term.press(t, "Space", "a")
	term.await(t, "the actions", shows("Fix: "))
	term.press(t, "Enter")
	term.await(t, "the fix", lineShows(" 5 ", good))
	term.press(t, ":w", "Enter")
	term.awaitFile(t, strings.Replace(source, mistake, corrected, 1))
	// After the save, for Helix itself hides a finding whose text is replaced.
	term.await(t, "the finding to go", func(screen string) bool { return !strings.Contains(screen, "●") })
}
