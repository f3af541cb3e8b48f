package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Repository string `arg:"" type:"existingdir" help:"Folder of a git repository, bare or not."`
	Edits      int    `default:"2000" help:"How many edits of files are replayed, the newest first."`
	Sample     int    `default:"20" help:"Of how many lines of a file, chosen by chance, findings are placed; 0: of all."`
	Seed       uint64 `default:"1" help:"Of that chance."`
	Show       int    `help:"Print so many lines of each kind that were placed wrong."`
	JSON       bool   `name:"json" help:"Print the figures as JSON."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := start(ctx, os.Args[1:], os.Environ(), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

// start reads the command line and does what it says.
func start(ctx context.Context, args, environ []string, out io.Writer) error {
	var c cli
	parser, err := kong.New(&c, kong.Name("replay"), kong.Description("Figures over the history of a git repository."))
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); err != nil {
		return err
	}
	f, err := c.replay(ctx, environ)
	switch {
	case err != nil:
		return err
	case f.Edits == 0:
		return errors.New("no edits of files in languages with a grammar were found")
	case c.JSON:
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(f)
	}
	if err := report(out, f); err != nil {
		return err
	}
	return show(out, f.odd, c.Show)
}

// replay measures edits side by side. The figures do not depend on how many.
func (c *cli) replay(ctx context.Context, environ []string) (Figures, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	type job struct {
		edit edit
		to   *measured
	}
	jobs := make(chan job)
	var working sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		working.Go(func() {
			for j := range jobs {
				m, err := measure(ctx, j.edit, c.Sample, c.Seed)
				if err != nil {
					stop(err)
				}
				*j.to = m
			}
		})
	}
	var edits []edit
	var results []*measured
	err := history{c.Repository, environ}.edits(ctx, func(e edit) bool {
		results = append(results, new(measured))
		jobs <- job{e, results[len(results)-1]}
		edits = append(edits, edit{commit: e.commit, path: e.path, language: e.language}) // its texts are large
		return len(edits) < c.Edits && ctx.Err() == nil
	})
	close(jobs)
	working.Wait()
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return Figures{}, fmt.Errorf("replay %s: %w", c.Repository, err)
	}
	all := make([]measured, len(results))
	for i, m := range results {
		all[i] = *m
	}
	return total(c.Repository, edits, all), nil
}
