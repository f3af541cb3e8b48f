package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"

	"github.com/ai-lsp/ai-lsp/internal/git"
)

// edit is one file before and after one commit.
type edit struct {
	commit, path string
	language     string
	old, new     string
}

// maxFile is how many bytes a file may have on either side.
const maxFile = 512 << 10

// history reads the edits of a repository, the newest first.
type history struct {
	dir     string
	environ []string
}

// errEnough ends a walk.
var errEnough = errors.New("enough")

// edits calls each for every edit of a file in a language that has a grammar,
// until there are no more or each returns false. Merges, files that were made
// by a program or copied in, and files over [maxFile] are left out.
func (h history) edits(ctx context.Context, each func(edit) bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	commits, err := h.command(ctx, "rev-list", "--no-merges", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("list the commits: %w", err)
	}
	objects, err := h.openObjects(ctx)
	if err != nil {
		return err
	}
	defer objects.close()
	err = h.changes(ctx, commits, func(c change) error {
		e := edit{commit: c.commit, path: c.path, language: languageOf(c.path)}
		if e.language == "" || isForeign(c.path) {
			return nil
		}
		for _, side := range []struct {
			object string
			text   *string
		}{{c.old, &e.old}, {c.new, &e.new}} {
			content, err := objects.read(side.object)
			if err != nil {
				return err
			}
			if !isSource(content) {
				return nil
			}
			*side.text = string(content)
		}
		if !each(e) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (h history) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", h.dir}, args...)...)
	cmd.Env = git.Environment(h.environ)
	return cmd
}

// change is a file that a commit modified, by the ids of its content.
type change struct{ commit, path, old, new string }

// changes goes through what the commits, one a line, modified.
func (h history) changes(ctx context.Context, commits []byte, each func(change) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := h.command(ctx, "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--diff-filter=M", "--no-abbrev")
	cmd.Stdin = bytes.NewReader(commits)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("compare commits: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("compare commits: %w", err)
	}
	err = readChanges(bufio.NewReader(out), each)
	if err != nil {
		stop()
		_ = cmd.Wait() // it was killed
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("compare commits: %w", err)
	}
	return nil
}

// readChanges reads fields that end with a zero byte: an id for each commit,
// and for each file ":mode mode old new M" and its path.
func readChanges(in *bufio.Reader, each func(change) error) error {
	var commit string
	for {
		field, err := in.ReadString(0)
		if errors.Is(err, io.EOF) && field == "" {
			return nil
		}
		if err != nil {
			return fmt.Errorf("compare commits: %w", err)
		}
		field = field[:len(field)-1]
		if !strings.HasPrefix(field, ":") {
			commit = field
			continue
		}
		path, err := in.ReadString(0)
		about := strings.Fields(field)
		if err != nil || len(about) != 5 {
			return fmt.Errorf("compare commits: an answer that is cut")
		}
		isFile := strings.HasPrefix(about[0], ":100") && strings.HasPrefix(about[1], "100")
		if !isFile || about[2] == about[3] {
			continue // a link, a submodule, a change of mode alone
		}
		if err := each(change{commit, path[:len(path)-1], about[2], about[3]}); err != nil {
			return err
		}
	}
}

// objects is one git that is asked for many contents.
type objects struct {
	cmd  *exec.Cmd
	ask  io.WriteCloser
	hear *bufio.Reader
}

func (h history) openObjects(ctx context.Context) (*objects, error) {
	cmd := h.command(ctx, "cat-file", "--batch")
	ask, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("read objects: %w", err)
	}
	hear, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("read objects: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("read objects: %w", err)
	}
	return &objects{cmd, ask, bufio.NewReader(hear)}, nil
}

// read gives a content; nil where it is not in the repository or is too large.
func (o *objects) read(id string) ([]byte, error) {
	if _, err := io.WriteString(o.ask, id+"\n"); err != nil {
		return nil, fmt.Errorf("ask for an object: %w", err)
	}
	head, err := o.hear.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	fields := strings.Fields(head) // id, type, size; or id, "missing"
	if len(fields) != 3 {
		return nil, nil
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read an object: size: %w", err)
	}
	var content bytes.Buffer
	if size <= maxFile {
		_, err = io.CopyN(&content, o.hear, size)
	} else {
		_, err = io.CopyN(io.Discard, o.hear, size)
	}
	if err == nil {
		_, err = o.hear.Discard(1) // the line break behind it
	}
	if err != nil {
		return nil, fmt.Errorf("read an object: %w", err)
	}
	return content.Bytes(), nil
}

func (o *objects) close() {
	_ = o.ask.Close()
	_ = o.cmd.Wait() // what was asked for was heard
}
