//go:build unix

package e2e_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// fixNumber finds the fix in the list of actions that ALE prints.
var fixNumber = regexp.MustCompile(`(?m)^(\d+)\) Fix: `)

func TestVimWithALE(t *testing.T) {
	editor := optional(t, "vim")
	if _, err := os.Stat("/usr/share/vim/vimfiles/pack/dist-bundle/opt/ale"); err != nil {
		missing(t, "vim-ale is not installed: run editors/e2e/install.sh all")
	}
	s := newSession(t)
	snippet, err := os.ReadFile(repository(t, "vim/ale.vim"))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "home/.vim/after/plugin/ai-lsp.vim", string(snippet), 0o600)
	s.write(t, "home/.vimrc", "packadd! ale\nfiletype plugin on\nlet g:ale_linters = {'go': ['ai-lsp']}\n", 0o600)
	term := openTerminal(t, s, editor, "-n", s.file)

	const bad, good = "i <= len(prices)", "i < len(prices)"
	term.await(t, "the file", shows(bad))
	term.awaitOpen(t)
	term.press(t, ":w", "Enter")
	// ALE's sign for an error or a warning, at the line.
	term.await(t, "the finding", func(screen string) bool {
		return lineShows(">>", bad)(screen) || lineShows("--", bad)(screen)
	})
	term.press(t, ":5", "Enter", ":ALEHover", "Enter")
	term.await(t, "the hover with the fix", shows(good))
	term.press(t, ":ALECodeAction", "Enter")
	screen := term.await(t, "the actions", fixNumber.MatchString)
	term.press(t, fixNumber.FindStringSubmatch(screen)[1], "Enter")
	term.press(t, ":w", "Enter")
	term.awaitFile(t, strings.Replace(source, mistake, corrected, 1))
	term.await(t, "the finding to go", func(screen string) bool {
		return !strings.Contains(screen, ">>") && !strings.Contains(screen, "--")
	})
}
