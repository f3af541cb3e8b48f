package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

type cacheCommand struct {
	Stats cacheStatsCommand `cmd:"" default:"withargs" help:"Say what is kept, and how much of it (the default)."`
	Clear cacheClearCommand `cmd:"" help:"Forget all answers, in every window. Dismissals stay."`
}

type cacheStatsCommand struct {
	Format string `enum:"text,json" default:"text" help:"How to print: text or json."`
}

type cacheClearCommand struct{}

// Run prints what the store holds. A store that can not be used makes the exit
// code 1.
func (c *cacheStatsCommand) Run(w *world) error {
	return withStore(w, func(s *store.Store) error {
		stats, err := s.Stats(w.ctx)
		if err != nil {
			return err
		}
		write := writeCacheStats
		if c.Format == "json" {
			write = writeCacheStatsJSON
		}
		if err := write(w.stdout, stats); err != nil {
			return fmt.Errorf("print what is kept: %w", err)
		}
		return usable(stats)
	})
}

// Run forgets answers, and says what it leaves.
func (c *cacheClearCommand) Run(w *world) error {
	return withStore(w, func(s *store.Store) error {
		n, err := s.Clear(w.ctx)
		if err != nil {
			return err
		}
		stats, err := s.Stats(w.ctx)
		if err != nil {
			return err
		}
		if err := usable(stats); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w.stdout, "Forgotten: %d.\n", n)
		for _, kind := range slices.Sorted(maps.Keys(stats.Kinds)) {
			if stats.Kinds[kind].Kept {
				_, _ = fmt.Fprintf(w.stdout, "Kept: %d %s.\n", stats.Kinds[kind].Entries, kind)
			}
		}
		return nil
	})
}

// withStore does work on the store that the settings name, and tells what is
// wrong with it. Where nothing was kept yet, none is made: the work is done on
// an empty one.
func withStore(w *world, work func(*store.Store) error) error {
	set := w.settings().Now()
	path := storePath(w, set.Store.URL)
	open := store.Options{Path: path, MaxBytes: int64(set.Cache.Disk)}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		_, _ = fmt.Fprintf(w.stderr, "ai-lsp: nothing is kept yet: there is no %s\n", path)
		open.Path = ""
	}
	s := store.Open(context.WithoutCancel(w.ctx), open)
	err := work(s)
	if note := s.Note(); note != "" {
		_, _ = fmt.Fprintln(w.stderr, "ai-lsp:", note)
	}
	return errors.Join(err, s.Close())
}

// usable is a fault where there is a file that can not be used. The note of the
// store says why.
func usable(stats store.Stats) error {
	if stats.Path != "" && stats.Mode != store.ModeFile {
		return errFault
	}
	return nil
}

// writeCacheStats prints for people.
func writeCacheStats(out io.Writer, stats store.Stats) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if stats.Path != "" {
		_, _ = fmt.Fprintf(out, "%s (%s)\n%s on disk; at most %s of answers\n\n",
			stats.Path, stats.Mode, readable(stats.FileBytes), readable(stats.MaxBytes))
	}
	_, _ = fmt.Fprintln(table, "kind\tentries\texpired\tsize\toldest\t")
	for _, kind := range slices.Sorted(maps.Keys(stats.Kinds)) {
		k := stats.Kinds[kind]
		lives := ""
		if k.Kept {
			lives = "never expires"
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t%s\n", kind, k.Entries, k.Expired, readable(k.Bytes), k.Oldest.Local().Format(time.DateOnly), lives)
	}
	return table.Flush()
}

// readable is a number of bytes with a unit that keeps it short.
func readable(bytes int64) string {
	const step = 1024
	if bytes < step {
		return fmt.Sprintf("%d B", bytes)
	}
	size, units := float64(bytes)/step, []string{"KiB", "MiB", "GiB", "TiB"}
	for size >= step && len(units) > 1 {
		size, units = size/step, units[1:]
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

// writeCacheStatsJSON prints an object; sizes are in bytes.
func writeCacheStatsJSON(out io.Writer, stats store.Stats) error {
	type kind struct {
		Entries int       `json:"entries"`
		Expired int       `json:"expired"`
		Bytes   int64     `json:"bytes"`
		Oldest  time.Time `json:"oldest"`
		Kept    bool      `json:"kept"`
	}
	kinds := map[string]kind{}
	for name, k := range stats.Kinds {
		k.Oldest = k.Oldest.UTC()
		kinds[name] = kind(k)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Path      string          `json:"path"`
		Mode      store.Mode      `json:"mode"`
		FileBytes int64           `json:"fileBytes"`
		MaxBytes  int64           `json:"maxBytes"`
		Kinds     map[string]kind `json:"kinds"`
	}{stats.Path, stats.Mode, stats.FileBytes, stats.MaxBytes, kinds})
}
