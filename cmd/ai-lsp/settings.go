package main

import (
	"fmt"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

type settingsCommand struct {
	Format    string `enum:"text,json" default:"text" help:"How to print: text or json."`
	Workspace string `default:"." type:"existingdir" help:"Folder whose .ai-lsp.toml counts."`
}

// Run prints the settings; what is wrong with them goes to standard error, and
// makes the exit code 1.
func (c *settingsCommand) Run(w *world) error {
	live := w.settings()
	live.SetWorkspace([]string{c.Workspace})
	write := settings.WriteText
	if c.Format == "json" {
		write = settings.WriteJSON
	}
	if err := write(w.stdout, live.Values()); err != nil {
		return fmt.Errorf("print settings: %w", err)
	}
	for _, p := range live.Problems() {
		_, _ = fmt.Fprintln(w.stderr, p)
	}
	if len(live.Problems()) > 0 {
		return errFault
	}
	return nil
}
