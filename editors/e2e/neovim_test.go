//go:build unix

package e2e_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestNeovim(t *testing.T) {
	t.Run("the distribution's shows a finding and fixes it", func(t *testing.T) {
		checkNeovim(t, required(t, "nvim"))
	})
	t.Run("0.10 shows a finding and fixes it", func(t *testing.T) {
		checkNeovim(t, optional(t, "nvim-0.10"))
	})
}

func checkNeovim(t *testing.T, editor string) {
	t.Helper()
	s := newSession(t)
	s.env = append(s.env, "E2E_PLUGIN="+repository(t, "neovim"))
	saw := s.drive(t, editor, "--headless", "-i", "NONE", "-u", repository(t, "e2e/testdata/nvim_session.lua"), s.file)
	checkSeen(t, saw)
	if saw.Quiet != "" {
		t.Errorf("starting and saving left the message %q, want silence", saw.Quiet)
	}
	if !slices.Contains(saw.Progress, "begin") || !slices.Contains(saw.Progress, "end") {
		t.Errorf("progress was %q, want a begin and an end", saw.Progress)
	}
	foreign := func(line string) bool { return !strings.HasPrefix(line, "ai-lsp: ") }
	if len(saw.Echoed) == 0 || slices.ContainsFunc(saw.Echoed, foreign) {
		t.Errorf("the command line showed %q, want the progress", saw.Echoed)
	}
	if len(strings.Fields(saw.Explanation)) < 5 {
		t.Errorf("the explanation is %q, want some words", saw.Explanation)
	}
	if len(saw.Notified) != 2 || saw.Notified[0] != "ai-lsp: 1 finding" || !strings.HasPrefix(saw.Notified[1], "ai-lsp: ready") {
		t.Errorf(":AiLsp review and status said %q", saw.Notified)
	}
}

// What the driver of the plugin alone saw.
type pluginSighting struct {
	Warned          []string `json:"warned"`
	Servers         int      `json:"servers"` // after the second restart
	NotesAttached   bool     `json:"notes_attached"`
	HelpAttached    bool     `json:"help_attached"`
	ScratchAttached bool     `json:"scratch_attached"`
	Words           []string `json:"words"`
	Scopes          []string `json:"scopes"`
	AfterStatus     []string `json:"after_status"`
	Health          string   `json:"health"`
}

func TestNeovimPlugin(t *testing.T) {
	t.Run("the distribution's warns once, restarts, completes and tells its health", func(t *testing.T) {
		checkPlugin(t, required(t, "nvim"))
	})
	t.Run("0.10 warns once, restarts, completes and tells its health", func(t *testing.T) {
		checkPlugin(t, optional(t, "nvim-0.10"))
	})
}

func checkPlugin(t *testing.T, editor string) {
	t.Helper()
	const key = "sk-must-not-be-shown"
	s := newSession(t)
	s.env = append(s.env, "E2E_PLUGIN="+repository(t, "neovim"), "OPENAI_API_KEY="+key)
	s.drive(t, editor, "--headless", "-i", "NONE", "-u", repository(t, "e2e/testdata/nvim_plugin.lua"), s.file)
	text, err := os.ReadFile(s.seen)
	if err != nil {
		t.Fatal(err)
	}
	var saw pluginSighting
	if err := json.Unmarshal(text, &saw); err != nil {
		t.Fatal(err)
	}
	checkWarnings(t, saw.Warned)
	if saw.Servers != 1 {
		t.Errorf("%d servers run after two restarts, want 1", saw.Servers)
	}
	if saw.NotesAttached || saw.HelpAttached || saw.ScratchAttached {
		t.Errorf("a server is attached to a filetype that was not asked for (%v), a help page (%v), a buffer without a file (%v)",
			saw.NotesAttached, saw.HelpAttached, saw.ScratchAttached)
	}
	if got := strings.Join(slices.Concat(saw.Words, saw.Scopes, saw.AfterStatus), " "); got != "review status restart log file function" {
		t.Errorf("completion offers %q", got)
	}
	if !strings.Contains(saw.Health, "OPENAI_API_KEY is set") || !strings.Contains(saw.Health, "running for") {
		t.Errorf("the health report is %s", saw.Health)
	}
	if strings.Contains(string(text), key) {
		t.Error("the key is shown")
	}
}

// checkWarnings expects each mistake to be told once, and no more.
func checkWarnings(t *testing.T, got []string) {
	t.Helper()
	want := []string{
		"vim.g.ai_lsp.filetpyes is unknown",
		"vim.g.ai_lsp.root_markers must be a list of strings",
		`the program "no-such-program" was not found`,
		"not running for this buffer",
		"usage: AiLsp",
	}
	if len(got) != len(want) {
		t.Fatalf("the plugin said %q, want %q", got, want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("the plugin said %q, want %q", got[i], want[i])
		}
	}
}
