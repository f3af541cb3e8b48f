package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/demo"
)

type demoCommand struct {
	Serve bool   `help:"Only keep the scripted upstream running, to try an editor with."`
	Addr  string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Loopback address of the upstream; port 0 takes a free one."`
}

// The time between two pieces of a scripted answer: slow enough to see findings
// arrive, fast enough not to bore. An editor needs longer to show something.
const (
	storyPace = 15 * time.Millisecond
	servePace = 40 * time.Millisecond
)

// Validate refuses an address that others could reach: the upstream is meant
// for this machine.
func (c *demoCommand) Validate() error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && !ip.IsLoopback() {
		return fmt.Errorf("--addr: %s is not a loopback address, such as 127.0.0.1:0", c.Addr)
	}
	return nil
}

// Run tells the story, or serves the upstream until it is stopped.
func (c *demoCommand) Run(w *world) error {
	pace := storyPace
	if c.Serve {
		pace = servePace
	}
	upstream, err := demo.NewUpstream(w.ctx, c.Addr, pace)
	if err != nil {
		return err
	}
	defer func() { _ = upstream.Close() }()
	if c.Serve {
		_, err := fmt.Fprintf(w.stdout, "OPENAI_BASE_URL=%s\n", upstream.BaseURL())
		if err == nil {
			_, _ = fmt.Fprintln(w.stderr, "The scripted upstream runs until you stop it (Ctrl-C). Start your editor with the line above in its environment.")
			<-w.ctx.Done()
		}
		return err
	}
	home, err := os.MkdirTemp("", "ai-lsp-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { _ = os.RemoveAll(home) }()
	stage := &demo.Stage{
		Out: w.stdout, Upstream: upstream,
		Serve: func(ctx context.Context, baseURL string) (io.Reader, io.Writer, func() error, error) {
			return startServer(ctx, w.environ, home, baseURL)
		},
	}
	return stage.Tell(w.ctx)
}

// startServer runs this very program as the server. Nothing of the user's own
// settings counts, and its log stays out of the story unless it fails.
func startServer(ctx context.Context, environ []string, home, baseURL string) (io.Reader, io.Writer, func() error, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("find the program: %w", err)
	}
	server := exec.CommandContext(ctx, self, "serve")
	server.Env = append(slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		return strings.HasPrefix(v, "OPENAI_") || strings.HasPrefix(v, "AI_LSP_") || strings.HasPrefix(v, "XDG_")
	}), "OPENAI_BASE_URL="+baseURL, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home)
	log, err := os.Create(filepath.Join(home, "server.log"))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make the server's log: %w", err)
	}
	server.Stderr = log
	stdin, err := server.StdinPipe()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("connect to the server: %w", err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("connect to the server: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, nil, nil, fmt.Errorf("start the server: %w", err)
	}
	return stdout, stdin, func() error {
		_ = stdin.Close()
		err := server.Wait()
		_ = log.Close()
		if err != nil {
			told, _ := os.ReadFile(log.Name())
			return errors.Join(fmt.Errorf("the server: %w", err), errors.New(string(told)))
		}
		return nil
	}, nil
}
