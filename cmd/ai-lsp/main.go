package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/adrg/xdg"
	"github.com/alecthomas/kong"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// Exit codes.
const (
	exitFine  = 0
	exitFault = 1 // the thing asked about is not fine
	exitUsage = 2
)

// cli is the command line.
type cli struct {
	Set map[string]string `placeholder:"KEY=VALUE" help:"Set a setting, over every other source; see 'ai-lsp settings'. May be repeated."`

	Serve     serveCommand     `cmd:"" default:"withargs" help:"Run the language server on standard input and output (the default)."`
	Demo      demoCommand      `cmd:"" help:"Show the main job with no key and no network."`
	Doctor    doctorCommand    `cmd:"" help:"Check settings, key, connection and model; say what is wrong and how to mend it."`
	Cache     cacheCommand     `cmd:"" help:"Say what is kept, or forget it."`
	Dismissed dismissedCommand `cmd:"" help:"List and restore the findings that were dismissed."`
	Settings  settingsCommand  `cmd:"" help:"Print every setting, its value and where it came from."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// world is what commands see of the process around them.
type world struct {
	ctx     context.Context // the life of the process
	stdin   io.ReadCloser
	stdout  io.Writer // of the process; while serving, the wire and nothing else
	stderr  io.Writer
	environ []string
	flags   map[string]string
}

// settings opens the settings for a command.
func (w *world) settings() *settings.Live {
	return settings.Open(settings.Source{Environ: w.environ, Flags: w.flags})
}

// stateFolder is where what outlives a session is kept.
func (w *world) stateFolder() string {
	for _, variable := range w.environ {
		if folder, ok := strings.CutPrefix(variable, "XDG_STATE_HOME="); ok && filepath.IsAbs(folder) {
			return filepath.Join(folder, "ai-lsp")
		}
	}
	return filepath.Join(xdg.StateHome, "ai-lsp")
}

// errFault ends a command with exit code 1, after it has said itself what is
// wrong, or where nobody is left to be told.
var errFault = errors.New("not fine")

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var args cli
	parser, err := kong.New(
		&args,
		kong.Name("ai-lsp"),
		kong.Description("A language server that reviews code with a language model, in any LSP editor."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ai-lsp:", err)
		return exitFault
	}
	parsed, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "ai-lsp: %v\nSee 'ai-lsp --help'.\n", err)
		return exitUsage
	}
	w := &world{
		ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), flags: args.Set,
	}
	err = parsed.Run(w)
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFault):
		return exitFault
	}
	fmt.Fprintln(os.Stderr, "ai-lsp:", err)
	return exitFault
}
