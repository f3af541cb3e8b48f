//go:build unix

package e2e_test

import (
	"slices"
	"strings"
	"testing"
)

// A sighting is what a driver saw of a session. Empty fields were not looked at.
type sighting struct {
	Error       string    `json:"error"`       // what the driver waited for in vain
	Findings    []finding `json:"findings"`    // after the save
	Hover       string    `json:"hover"`       // on the first finding
	Actions     []string  `json:"actions"`     // titles offered there
	Line        string    `json:"line"`        // line 5 after the fix
	Progress    []string  `json:"progress"`    // kinds, in the order of arrival
	Echoed      []string  `json:"echoed"`      // by the Neovim plugin, in the command line
	Notified    []string  `json:"notified"`    // by the Neovim plugin, as messages
	Quiet       string    `json:"quiet"`       // Neovim's message history before any command
	Explanation string    `json:"explanation"` // in the window that Neovim opened for it

	Reviewed      int  `json:"reviewed"`       // findings that Emacs' review command was told
	ShowsProgress bool `json:"shows_progress"` // this eglot says that it can
}

type finding struct {
	Line    int    `json:"line"` // from one
	Message string `json:"message"`
	Drawn   bool   `json:"drawn"` // the text of that line is underlined
}

// checkSeen judges what every editor must have shown of the session.
func checkSeen(t *testing.T, saw sighting) {
	t.Helper()
	if len(saw.Findings) != 1 || saw.Findings[0].Line != 5 || !saw.Findings[0].Drawn || saw.Findings[0].Message == "" {
		t.Errorf("findings are %+v, want one with a message, drawn on line 5", saw.Findings)
	}
	if !strings.Contains(saw.Hover, strings.TrimSpace(corrected)) || strings.HasPrefix(saw.Hover, "```") {
		t.Errorf("the hover is %q, want an explanation with the fix", saw.Hover)
	}
	if !slices.ContainsFunc(saw.Actions, func(title string) bool { return strings.HasPrefix(title, "Fix: ") }) {
		t.Errorf("the actions are %q, want a Fix among them", saw.Actions)
	}
	if saw.Line != corrected {
		t.Errorf("line 5 became %q, want %q", saw.Line, corrected)
	}
}
