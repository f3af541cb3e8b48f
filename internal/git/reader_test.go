package git_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/git"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// repo is a folder that real git works in.
type repo struct {
	t   testing.TB
	dir string
}

// newRepo makes a repository without a commit. args go to git init.
func newRepo(t testing.TB, args ...string) repo {
	t.Helper()
	r := repo{t, tempDir(t)}
	r.git(append([]string{"init", "--quiet", "--initial-branch=main"}, args...)...)
	return r
}

// tempDir is a new folder by its real path.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// environ is that of the test, with a git that nobody has set up.
func environ(extra ...string) []string {
	return append(os.Environ(), append([]string{
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}, extra...)...)
}

func (r repo) git(args ...string) string {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (r repo) try(args ...string) (string, error) {
	r.t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		r.t.Skip("git is missing")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = r.dir, environ("GIT_ALLOW_PROTOCOL=file")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// write puts a file there and returns its path.
func (r repo) write(name, content string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// commit writes a file and commits everything there is.
func (r repo) commit(name, content string) string {
	r.t.Helper()
	path := r.write(name, content)
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message=x")
	return path
}

// checkKnown wants the base of path to be content.
func checkKnown(t *testing.T, path, content string) {
	t.Helper()
	base := git.New(environ()).Head(t.Context(), path)
	if !base.Known {
		t.Fatalf("not known: %s", base.Why)
	}
	if changed := base.Changed(text.New("", "", 1, content)); changed != nil {
		t.Errorf("lines %v differ from what was committed", changed)
	}
	if changed := base.Changed(text.New("", "", 1, "another\n"+content)); len(changed) != 1 || changed[0] != (git.Lines{}) {
		t.Errorf("with a line put before it, %v have changed", changed)
	}
}

// checkUnknown wants nothing known of path, for a reason with these words.
func checkUnknown(t *testing.T, path, why string) {
	t.Helper()
	checkReason(t, git.New(environ()).Head(t.Context(), path), why)
}

func checkReason(t *testing.T, base git.Base, why string) {
	t.Helper()
	if base.Known {
		t.Errorf("is known, want not: %s", why)
	} else if !strings.Contains(base.Why, why) {
		t.Errorf("not known since %q, want %q", base.Why, why)
	}
	if changed := base.Changed(text.New("", "", 1, "a\nb\n")); len(changed) != 1 || changed[0] != (git.Lines{Last: 2}) {
		t.Errorf("%v have changed, want all", changed)
	}
}

func TestNamesAreTakenAsTheyAre(t *testing.T) {
	for _, name := range []string{
		"plain.go", "with blanks.go", "-rf", "*", "a[b]?.go", ":(top)x", ":!x", "{}^~@{u}", "line\nbreak.go", "grüße/日本.go",
		`back\slash`, `"quoted"`, "deep/er/still/x.go", "blank at end ",
		"tab\there", "line\nbreak/x.go", "HEAD", "\xff\xfe.go",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			if err := os.MkdirAll(filepath.Dir(filepath.Join(r.dir, name)), 0o755); err != nil {
				t.Skipf("a file system that takes such names is missing: %v", err)
			}
			if err := os.WriteFile(filepath.Join(r.dir, name), nil, 0o644); err != nil {
				t.Skipf("a file system that takes such names is missing: %v", err)
			}
			r.write("x", "another file that a pattern would match\n")
			r.write("plain.txt", "and another\n")
			checkKnown(t, r.commit(name, "func f() {}\n"), "func f() {}\n")
		})
	}
}

func TestTheNewestCommitIsTheBase(t *testing.T) {
	const content = "one\ntwo\n"
	t.Run("whatever is in the index or on disk", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", content)
		r.write("a.go", "staged\n")
		r.git("add", "a.go")
		r.write("a.go", "on disk\n")
		checkKnown(t, path, content)
	})
	t.Run("also after the file was deleted", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", content)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		checkKnown(t, path, content)
	})
	t.Run("on a detached head", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", content)
		r.git("checkout", "--quiet", "--detach")
		checkKnown(t, path, content)
	})
	t.Run("in the midst of a merge", func(t *testing.T) {
		path := conflict(t, content, "merge", "other")
		checkKnown(t, path, content)
	})
	t.Run("in the midst of a rebase it is the commit rebased onto", func(t *testing.T) {
		path := conflict(t, content, "rebase", "other")
		checkKnown(t, path, "theirs\n")
	})
	t.Run("with SHA-256", func(t *testing.T) {
		r := newRepo(t, "--object-format=sha256")
		checkKnown(t, r.commit("a.go", content), content)
	})
	t.Run("through packed refs and objects", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", content)
		r.git("pack-refs", "--all")
		r.git("gc", "--quiet")
		checkKnown(t, path, content)
	})
	t.Run("in a linked worktree it is that one's", func(t *testing.T) {
		r := newRepo(t)
		main := r.commit("a.go", content)
		linked := filepath.Join(tempDir(t), "linked")
		r.git("worktree", "add", "--quiet", "-b", "other", linked)
		side := repo{t, linked}
		path := side.commit("a.go", "side\n")
		checkKnown(t, path, "side\n")
		checkKnown(t, main, content)
	})
	t.Run("in a submodule it is the submodule's", func(t *testing.T) {
		part, r := newRepo(t), newRepo(t)
		part.commit("a.go", content)
		r.git("submodule", "--quiet", "add", part.dir, "part")
		r.git("commit", "--quiet", "--message=x")
		checkKnown(t, filepath.Join(r.dir, "part", "a.go"), content)
	})
	t.Run("line endings that were folded on the way in are no change", func(t *testing.T) {
		r := newRepo(t)
		r.git("config", "core.autocrlf", "true")
		path := r.commit("a.go", "one\r\ntwo\r\n")
		checkKnown(t, path, "one\r\ntwo\r\n")
	})
}

// conflict leaves a repository in the midst of a merge or a rebase; its branch
// has content, the other one "theirs".
func conflict(t *testing.T, content string, args ...string) (path string) {
	t.Helper()
	r := newRepo(t)
	r.commit("a.go", "base\n")
	r.git("checkout", "--quiet", "-b", "other")
	r.commit("a.go", "theirs\n")
	r.git("checkout", "--quiet", "main")
	path = r.commit("a.go", content)
	if out, err := r.try(args...); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	return path
}

func TestLinksAreFollowed(t *testing.T) {
	r := newRepo(t)
	path := r.commit("deep/a.go", "one\n")
	outside := tempDir(t)
	link := func(target, name string) string {
		t.Helper()
		if err := os.Symlink(target, name); err != nil {
			t.Skipf("symbolic links are missing: %v", err)
		}
		return name
	}
	t.Run("to the file, from within", func(t *testing.T) {
		checkKnown(t, link(path, filepath.Join(r.dir, "link.go")), "one\n")
	})
	t.Run("to a folder, from outside", func(t *testing.T) {
		checkKnown(t, filepath.Join(link(r.dir, filepath.Join(outside, "link")), "deep", "a.go"), "one\n")
	})
	t.Run("out of the repository", func(t *testing.T) {
		file := repo{t, outside}.write("b.go", "x\n")
		checkUnknown(t, link(file, filepath.Join(r.dir, "out.go")), "no repository")
	})
	t.Run("that became a file", func(t *testing.T) {
		name := link("deep/a.go", filepath.Join(r.dir, "was.go"))
		r.commit("other", "x")
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		checkUnknown(t, r.write("was.go", "now a file\n"), "a link")
	})
}

func TestNamesInAnotherCase(t *testing.T) {
	r := newRepo(t)
	r.commit("Dir/Main.go", "one\n")
	other := r.write("dir/MAIN.go", "one\n")
	t.Run("are other files", func(t *testing.T) {
		r.git("config", "core.ignoreCase", "false")
		checkUnknown(t, other, "not in the last commit")
	})
	t.Run("are the same file where the file system says so", func(t *testing.T) {
		r.git("config", "core.ignoreCase", "true")
		checkKnown(t, other, "one\n")
		checkUnknown(t, r.write("dir/other.go", ""), "not in the last commit")
	})
}

func TestReasons(t *testing.T) {
	t.Run("no folder", func(t *testing.T) {
		checkUnknown(t, filepath.Join(tempDir(t), "none", "a.go"), "not in a folder on disk")
	})
	t.Run("no repository", func(t *testing.T) {
		checkUnknown(t, filepath.Join(tempDir(t), "a.go"), "no repository")
	})
	t.Run("no commit yet", func(t *testing.T) {
		checkUnknown(t, newRepo(t).write("a.go", ""), "no commit yet")
	})
	t.Run("a bare repository", func(t *testing.T) {
		checkUnknown(t, filepath.Join(newRepo(t, "--bare").dir, "a.go"), "not in a working tree")
	})
	t.Run("a file of git itself", func(t *testing.T) {
		r := newRepo(t)
		r.commit("config", "a file at the root that has the name of one in .git\n")
		checkUnknown(t, filepath.Join(r.dir, ".git", "config"), "not in a working tree")
	})
	t.Run("a file that is new, added or renamed", func(t *testing.T) {
		r := newRepo(t)
		r.commit("a.go", "one\n")
		checkUnknown(t, r.write("new.go", ""), "not in the last commit")
		added := r.write("added.go", "")
		r.git("add", "added.go")
		checkUnknown(t, added, "not in the last commit")
		r.git("mv", "a.go", "b.go")
		checkUnknown(t, filepath.Join(r.dir, "b.go"), "not in the last commit")
	})
	t.Run("a folder became a file", func(t *testing.T) {
		r := newRepo(t)
		r.commit("a/b.go", "one\n")
		if err := os.RemoveAll(filepath.Join(r.dir, "a")); err != nil {
			t.Fatal(err)
		}
		checkUnknown(t, r.write("a", ""), "not a file")
	})
	t.Run("what is no text, or stands elsewhere, or is too large", func(t *testing.T) {
		r := newRepo(t)
		checkUnknown(t, r.commit("bin", "a\x00b\n"), "not text")
		checkUnknown(t, r.commit("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"), "LFS")
		checkUnknown(t, r.commit("large", strings.Repeat("0123456789abcde\n", 5<<16)), "too large")
	})
	t.Run("an owner that is not trusted", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", "one\n")
		reader := git.New(environ("GIT_TEST_ASSUME_DIFFERENT_OWNER=1"))
		if base := reader.Head(t.Context(), path); !base.Known {
			t.Fatalf("a variable of git's own tests reached it: %s", base.Why)
		}
		if os.Getuid() != 0 {
			t.Skip("the right to give a folder to someone else is missing")
		}
		if err := os.Chown(r.dir, 1234, 1234); err != nil {
			t.Fatal(err)
		}
		checkUnknown(t, path, "safe.directory")
	})
	t.Run("a blob that a partial clone left out", func(t *testing.T) {
		origin := newRepo(t)
		origin.git("config", "uploadpack.allowFilter", "true")
		origin.commit("a.go", "one\n")
		clone := repo{t, tempDir(t)}
		clone.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://"+filepath.ToSlash(origin.dir), ".")
		checkUnknown(t, clone.write("a.go", ""), "partial clone")
	})
	t.Run("a repository that is broken", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", "one\n")
		r.write(".git/config", "[core\n")
		checkUnknown(t, path, "can not read the repository")
	})
	t.Run("a person who does not wait", func(t *testing.T) {
		r := newRepo(t)
		path := r.commit("a.go", "one\n")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("gone"))
		checkReason(t, git.New(environ()).Head(ctx, path), "cancelled")
	})
}
