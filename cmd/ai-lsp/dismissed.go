package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ai-lsp/ai-lsp/review"
)

type dismissedCommand struct {
	Workspace string `default:"." type:"existingdir" help:"Folder whose .ai-lsp/dismissed.jsonl counts."`

	List    dismissedListCommand    `cmd:"" default:"withargs" help:"List the findings that were dismissed (the default)."`
	Restore dismissedRestoreCommand `cmd:"" help:"Show findings again that were dismissed."`
}

type dismissedListCommand struct {
	Format string `enum:"text,json" default:"text" help:"How to print: text or json."`
}

type dismissedRestoreCommand struct {
	IDs []string `arg:"" name:"id" help:"What to restore, as 'ai-lsp dismissed' lists it."`
}

// Run prints what is dismissed, the oldest first.
func (c *dismissedListCommand) Run(w *world, all *dismissedCommand) error {
	return all.with(w, func(d *review.Dismissals) error {
		if _, err := d.Refresh(w.ctx); err != nil {
			return err
		}
		write := writeDismissed
		if c.Format == "json" {
			write = writeDismissedJSON
		}
		if err := write(w.stdout, d.List()); err != nil {
			return fmt.Errorf("print what is dismissed: %w", err)
		}
		return nil
	})
}

// Run restores each; one that is not there makes the exit code 1.
func (c *dismissedRestoreCommand) Run(w *world, all *dismissedCommand) error {
	return all.with(w, func(d *review.Dismissals) error {
		missing := false
		for _, id := range c.IDs {
			restored, err := d.Restore(w.ctx, id)
			switch {
			case err != nil:
				return err
			case restored:
				_, _ = fmt.Fprintf(w.stdout, "%s is restored\n", id)
			default:
				missing = true
				_, _ = fmt.Fprintf(w.stderr, "ai-lsp: nothing is dismissed as %q\n", id)
			}
		}
		if missing {
			return errFault
		}
		return nil
	})
}

// with does work on the dismissals of the user and of a workspace, and tells
// what there is to tell of them.
func (c *dismissedCommand) with(w *world, work func(*review.Dismissals) error) error {
	folder, err := filepath.Abs(c.Workspace)
	if err != nil {
		return fmt.Errorf("find the workspace: %w", err)
	}
	live := w.settings()
	live.SetWorkspace([]string{folder})
	kept := &keeper{w: w, live: live, log: func(string, ...any) {}}
	defer kept.close()
	d := newDismissals(kept)
	d.SetRoots([]string{folder})
	err = work(d)
	for _, note := range append(d.Notes(), kept.Note()) {
		if note != "" {
			_, _ = fmt.Fprintln(w.stderr, "ai-lsp:", note)
		}
	}
	return err
}

// writeDismissed prints for people: what can be copied to restore it stands
// first.
func writeDismissed(out io.Writer, all []review.Dismissal) error {
	var b strings.Builder
	if len(all) == 0 {
		b.WriteString("Nothing is dismissed.\n")
	}
	for _, d := range all {
		fields := []string{d.ID, d.Type, d.Unit, d.File, d.By}
		if !d.At.IsZero() {
			fields = append(fields, d.At.Local().Format(time.DateOnly))
		}
		if d.Shared {
			fields = append(fields, "shared")
		}
		fields = slices.DeleteFunc(fields, func(field string) bool { return field == "" })
		fmt.Fprintf(&b, "%s\n    %s\n", review.Visible(strings.Join(fields, "  ")), cmp.Or(d.Message, "(no message)"))
		if d.Reason != "" {
			fmt.Fprintf(&b, "    because: %s\n", d.Reason)
		}
		for _, line := range d.Quote {
			fmt.Fprintf(&b, "    | %s\n", review.Visible(line))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// writeDismissedJSON prints a list.
func writeDismissedJSON(out io.Writer, all []review.Dismissal) error {
	type listed struct {
		review.Dismissal

		Shared bool `json:"shared"`
	}
	list := make([]listed, 0, len(all))
	for _, d := range all {
		list = append(list, listed{d, d.Shared})
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(list)
}
