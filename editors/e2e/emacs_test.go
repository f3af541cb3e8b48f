//go:build unix

package e2e_test

import (
	"slices"
	"testing"
)

func TestEmacs(t *testing.T) {
	t.Run("the distribution's with eglot shows a finding and fixes it", func(t *testing.T) {
		checkEmacs(t, required(t, "emacs"))
	})
	t.Run("30 with its own eglot shows a finding and fixes it", func(t *testing.T) {
		checkEmacs(t, optional(t, "emacs-30"))
	})
}

func checkEmacs(t *testing.T, editor string) {
	t.Helper()
	s := newSession(t)
	saw := s.drive(t, editor, "--batch", "--load", repository(t, "emacs/ai-lsp-eglot.el"),
		"--load", repository(t, "e2e/testdata/eglot_session.el"))
	checkSeen(t, saw)
	if saw.Reviewed != 1 {
		t.Errorf("the command ai-lsp.review answered with %d findings, want 1", saw.Reviewed)
	}
	messages := s.messages(t)
	if language := languageOf(t, messages); language != "go" {
		t.Errorf("the file was opened as %q, want go", language)
	}
	kinds := progressIn(t, messages)
	if shown := slices.Contains(kinds, "begin") && slices.Contains(kinds, "end"); shown != saw.ShowsProgress {
		t.Errorf("progress was %q for an eglot that shows it: %v", kinds, saw.ShowsProgress)
	}
}
