package git

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// Reader asks git, and remembers what was at a commit: that never changes. It
// may be used by any number of goroutines.
type Reader struct {
	git   *program
	mu    sync.Mutex // guards known
	known memory
}

// New makes a reader. environ is the environment that git runs in, as
// "NAME=value"; what it says of a repository, such as GIT_DIR, is left out,
// since an editor that was started by git has that of another one.
func New(environ []string) *Reader {
	return &Reader{git: newProgram(environ)}
}

// Head finds the text that the file at path has in the newest commit of the
// repository, or of the worktree or submodule, around it. Links are followed
// first. A file that was renamed since counts as a new one.
//
// Each call costs one run of git, a few milliseconds, since a branch can be
// switched at any time; a file that was not asked about at this commit costs
// three. ctx ends them.
func (r *Reader) Head(ctx context.Context, path string) Base {
	dir, name, err := resolve(path)
	if err != nil {
		return Base{Why: "it is not in a folder on disk"}
	}
	at, err := r.git.place(ctx, dir)
	if err != nil {
		return Base{Why: reason(err)}
	}
	key := blobKey{commit: at.commit, path: at.prefix + name}
	r.mu.Lock()
	base, found := r.known.find(key)
	r.mu.Unlock()
	if found {
		return base
	}
	base, err = r.read(ctx, dir, key)
	if err != nil {
		return Base{Why: reason(err)} // it may be better the next time
	}
	r.mu.Lock()
	r.known.add(key, base)
	r.mu.Unlock()
	return base
}

// resolve splits path into its real folder and its name there. A file that is
// not on disk yet has the folder that it will be in.
func resolve(path string) (dir, name string, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	if file, err := filepath.EvalSymlinks(path); err == nil {
		return filepath.Dir(file), filepath.Base(file), nil
	}
	dir, err = filepath.EvalSymlinks(filepath.Dir(path))
	return dir, filepath.Base(path), err
}

// maxBlob is how many bytes a file may have in the commit. Larger ones are not
// reviewed either.
const maxBlob = 4 << 20

// read takes the file out of the commit. The error is for what may be otherwise
// the next time; the rest is as lasting as the commit.
func (r *Reader) read(ctx context.Context, dir string, key blobKey) (Base, error) {
	found, err := r.git.entry(ctx, dir, key)
	switch {
	case errors.Is(err, errNotThere):
		return Base{Why: "it is not in the last commit"}, nil
	case err != nil:
		return Base{}, err
	case found.isLink():
		return Base{Why: "it is a link in the last commit"}, nil
	case !found.isFile():
		return Base{Why: "it is not a file in the last commit"}, nil
	case found.size > maxBlob:
		return Base{Why: "it is too large in the last commit"}, nil
	}
	blob, err := r.git.run(ctx, dir, maxBlob, "cat-file", "blob", found.object)
	switch {
	case err != nil:
		return Base{}, err
	case bytes.HasPrefix(blob, []byte("version https://git-lfs.github.com/spec/")):
		return Base{Why: "the last commit has a Git LFS pointer in its place"}, nil
	case bytes.IndexByte(blob, 0) >= 0:
		return Base{Why: "it is not text in the last commit"}, nil
	}
	return Base{Known: true, lines: folded(text.New("", "", 0, string(blob)))}, nil
}

// reason tells in a phrase why a run of git came to nothing.
func reason(err error) string {
	var failed *failure
	switch {
	case errors.Is(err, errNoProgram):
		return "git is not installed"
	case errors.Is(err, errNoWorkTree):
		return "it is not in a working tree"
	case errors.Is(err, errUnborn):
		return "there is no commit yet"
	case errors.Is(err, context.DeadlineExceeded):
		return "git did not answer in time"
	case errors.Is(err, context.Canceled):
		return "it was cancelled"
	case !errors.As(err, &failed):
		return "git can not be run"
	case strings.Contains(failed.said, "not a git repository"):
		return "there is no repository"
	case strings.Contains(failed.said, "dubious ownership"):
		return "git does not trust the owner of the repository (see safe.directory)"
	case strings.Contains(failed.said, "promisor remote"):
		return "the last commit is not all here (a partial clone)"
	default:
		return "git can not read the repository"
	}
}
