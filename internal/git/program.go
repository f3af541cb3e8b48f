package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	// patience is how long one run may take. On a sound disk it is milliseconds.
	patience = 2 * time.Second
	// searchAgain is how long it stands that no program was found.
	searchAgain = time.Minute
)

var (
	errNoProgram = errors.New("git is not installed")
	errTooMuch   = errors.New("git wrote more than was asked for")
)

// failure is a run that git itself ended with an error.
type failure struct {
	code int
	said string // on standard error, in English
}

// Error leaves out what git said: that names paths and settings.
func (f *failure) Error() string { return fmt.Sprintf("git ended with code %d", f.code) }

// program runs git.
type program struct {
	folders  []string // where it may be
	environ  []string
	patience time.Duration // with one run

	mu    sync.Mutex // guards what follows
	file  string     // empty: not found
	tried time.Time  // when it was last searched for in vain
}

// newProgram makes a program that is searched for when it is first needed.
func newProgram(environ []string) *program {
	p := &program{environ: Environment(environ), patience: patience}
	for _, dir := range filepath.SplitList(variable(environ, "PATH")) {
		// A relative folder would be one of the code that is under review.
		if filepath.IsAbs(dir) {
			p.folders = append(p.folders, dir)
		}
	}
	return p
}

// run runs git in dir and returns what it wrote, at most limit bytes. A program
// that outlives ctx, or the patience that one run has, is killed.
func (p *program) run(ctx context.Context, dir string, limit int, args ...string) ([]byte, error) {
	file, err := p.find()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	// An fsmonitor would be a program that the repository names.
	cmd := exec.CommandContext(ctx, file, append([]string{"-C", dir, "-c", "core.fsmonitor=false"}, args...)...)
	out, said := &capped{left: limit}, &capped{left: 4 << 10}
	cmd.Env, cmd.Stdout, cmd.Stderr = p.environ, out, said
	// A child may hold the pipes after the program has ended. The delay also
	// bounds the reading of what an ordinary run has written, so it is no shorter.
	cmd.WaitDelay = p.patience
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("run git %s: %w", args[0], ctx.Err())
	}
	var ended *exec.ExitError
	switch {
	case out.over:
		return nil, fmt.Errorf("run git %s: %w", args[0], errTooMuch)
	case errors.As(err, &ended):
		return out.kept, fmt.Errorf("run git %s: %w", args[0], &failure{ended.ExitCode(), string(said.kept)})
	case errors.Is(err, exec.ErrWaitDelay):
		return nil, fmt.Errorf("run git %s: %w", args[0], context.DeadlineExceeded)
	case errors.Is(err, fs.ErrNotExist):
		p.forget() // it was moved, by an update for example
		return nil, fmt.Errorf("run git %s: %w", args[0], errNoProgram)
	case err != nil:
		return nil, fmt.Errorf("run git %s: %w", args[0], err)
	}
	return out.kept, nil
}

// find looks for the program in the folders of the PATH that was handed in.
func (p *program) find() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file != "" {
		return p.file, nil
	}
	if !p.tried.IsZero() && time.Since(p.tried) < searchAgain {
		return "", errNoProgram
	}
	for _, dir := range p.folders {
		if file, err := exec.LookPath(filepath.Join(dir, "git")); err == nil {
			p.file, p.tried = file, time.Time{}
			return file, nil
		}
	}
	p.tried = time.Now()
	return "", errNoProgram
}

func (p *program) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.file = ""
}

// capped keeps the first bytes that are written to it, and fails beyond, which
// ends the program that writes.
type capped struct {
	kept []byte
	left int
	over bool
}

// Write implements [io.Writer].
func (c *capped) Write(b []byte) (int, error) {
	if len(b) > c.left {
		c.over = true
		return 0, errTooMuch
	}
	c.left -= len(b)
	c.kept = append(c.kept, b...)
	return len(b), nil
}

// passed are the variables with git's prefix that git runs with: those by which
// a person or an installation sets it up. Everything else of that prefix names
// a repository, or writes traces.
var passed = []string{
	"GIT_EXEC_PATH", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_GLOBAL",
	"GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_",
	"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM",
}

// Environment is what git is run in over a repository that is not trusted: the
// one that is given, without what names another repository, and closed to the
// network. [New] does this by itself.
func Environment(environ []string) []string {
	var kept []string
	for _, v := range environ {
		if name, _, _ := strings.Cut(v, "="); !strings.HasPrefix(upper(name), "GIT_") || isPassed(upper(name)) {
			kept = append(kept, v)
		}
	}
	return append(kept,
		"LC_ALL=C", // failures are told apart by their words
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_LITERAL_PATHSPECS=1",  // a file may be called "*" or ":(top)"
		"GIT_NO_REPLACE_OBJECTS=1", // or a commit would not always have the same text
		"GIT_NO_LAZY_FETCH=1",      // no network; since 2.39.4
		"GIT_ALLOW_PROTOCOL=none",  // the same for every version
	)
}

func isPassed(name string) bool {
	for _, p := range passed {
		if name == p || strings.HasSuffix(p, "_") && strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// variable is the value that name has last.
func variable(environ []string, name string) string {
	var value string
	for _, v := range environ {
		if n, val, _ := strings.Cut(v, "="); upper(n) == name {
			value = val
		}
	}
	return value
}

// upper folds the name of a variable where that is how the system compares
// them.
func upper(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}
