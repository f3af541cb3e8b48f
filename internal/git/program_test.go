package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/internal/git"
	"github.com/ai-lsp/ai-lsp/server/text"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheEnvironmentOfAnotherRepositoryIsLeftOut(t *testing.T) {
	r, other := newRepo(t), newRepo(t)
	path := r.commit("a.go", "one\n")
	other.commit("a.go", "other\n")
	reader := git.New(environ(
		"GIT_DIR="+filepath.Join(other.dir, ".git"), "GIT_WORK_TREE="+other.dir, "GIT_INDEX_FILE=none", "GIT_PREFIX=x/",
		"GIT_COMMON_DIR=none", "GIT_OBJECT_DIRECTORY=none", "GIT_NAMESPACE=x", "GIT_ICASE_PATHSPECS=1", "LC_ALL=de_DE.UTF-8",
		"GIT_TRACE="+filepath.Join(r.dir, "trace"),
	))
	base := reader.Head(t.Context(), path)
	if !base.Known || base.Changed(text.New("", "", 1, "one\n")) != nil {
		t.Errorf("the base is not that of the file's own repository: %q", base.Why)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "trace")); err == nil {
		t.Error("a trace was written")
	}
}

// A repository can name programs in many places. None of them may run.
func TestARepositoryCanNotRunAnything(t *testing.T) {
	r := newRepo(t)
	path := r.commit("a.go", "one\n")
	ran := filepath.Join(tempDir(t), "ran")
	script := "#!/bin/sh\ntouch '" + ran + "'\nexec cat\n"
	program := r.write(".git/program", script)
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, hook := range []string{"post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"} {
		if err := os.Chmod(r.write(".git/hooks/"+hook, script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.write(".gitattributes", "* filter=x diff=x merge=x text\n")
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy", "core.alternateRefsCommand",
		"filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv", "diff.x.command", "diff.external",
		"pager.cat-file", "pager.rev-parse", "pager.ls-tree", "credential.helper", "gpg.program", "uploadpack.packObjectsHook",
	} {
		r.write(".git/config", "[core]\n\trepositoryformatversion = 0\n")
		r.git("config", key, program)
		checkKnown(t, path, "one\n")
		if _, err := os.Stat(ran); err == nil {
			t.Fatalf("%s was run", key)
		}
	}
}

func TestAMissingProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script that stands for git is missing on this system")
	}
	r := newRepo(t)
	path := r.commit("a.go", "one\n")
	found, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is missing")
	}
	t.Run("is searched for again after a while", func(t *testing.T) {
		dir := tempDir(t)
		synctest.Test(t, func(t *testing.T) {
			reader := git.New(environ("PATH=" + dir))
			checkReason(t, reader.Head(t.Context(), path), "git is not installed")
			if err := os.Symlink(found, filepath.Join(dir, "git")); err != nil {
				t.Fatal(err)
			}
			checkReason(t, reader.Head(t.Context(), path), "git is not installed")
			time.Sleep(time.Minute)
			if base := reader.Head(t.Context(), path); !base.Known {
				t.Errorf("not known after git was installed: %s", base.Why)
			}
		})
	})
	t.Run("is not one in a folder of the code", func(t *testing.T) {
		checkReason(t, git.New(environ("PATH=.:"+"bin")).Head(t.Context(), path), "git is not installed")
	})
	t.Run("is found at its new place after an update", func(t *testing.T) {
		first, second := tempDir(t), tempDir(t)
		if err := os.Symlink(found, filepath.Join(first, "git")); err != nil {
			t.Fatal(err)
		}
		reader := git.New(environ("PATH=" + first + ":" + second))
		if base := reader.Head(t.Context(), path); !base.Known {
			t.Fatal(base.Why)
		}
		if err := os.Rename(filepath.Join(first, "git"), filepath.Join(second, "git")); err != nil {
			t.Fatal(err)
		}
		checkReason(t, reader.Head(t.Context(), path), "git is not installed")
		if base := reader.Head(t.Context(), path); !base.Known {
			t.Errorf("not known: %s", base.Why)
		}
	})
}

func TestAProgramThatHangsOrFloods(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script that stands for git is missing on this system")
	}
	fake := func(t *testing.T, script string) *git.Reader {
		t.Helper()
		dir := tempDir(t)
		if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return git.New(append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH")))
	}
	path := repo{t, tempDir(t)}.write("a.go", "")
	t.Run("is killed when its time is over", func(t *testing.T) {
		reader := fake(t, "exec sleep 60")
		git.SetPatience(reader, 50*time.Millisecond)
		checkReason(t, reader.Head(t.Context(), path), "in time")
	})
	t.Run("is killed also when a child of its holds on", func(t *testing.T) {
		pid := filepath.Join(filepath.Dir(path), "pid")
		t.Cleanup(func() { kill(t, pid) })
		reader := fake(t, "sleep 60 & echo $! >'"+pid+"'; wait")
		git.SetPatience(reader, 50*time.Millisecond)
		checkReason(t, reader.Head(t.Context(), path), "in time")
	})
	t.Run("is cut", func(t *testing.T) {
		checkReason(t, fake(t, "exec yes").Head(t.Context(), path), "can not be run")
	})
	t.Run("that says nothing of use", func(t *testing.T) {
		checkReason(t, fake(t, "echo nonsense").Head(t.Context(), path), "")
	})
}

// kill ends the process whose id is in a file.
func kill(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		return // it did not come so far
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	if process, err := os.FindProcess(id); err == nil {
		_ = process.Kill()
	}
}

// A branch is switched while others ask: every answer is that of one branch,
// whole, and the first one after the switch is of the new one.
func TestABranchIsSwitchedMeanwhile(t *testing.T) {
	r := newRepo(t)
	content := func(branch string, n int) string { return fmt.Sprintf("%s %d\n", branch, n) }
	const files = 4
	for _, branch := range []string{"main", "other"} {
		if branch == "other" {
			r.git("checkout", "--quiet", "-b", "other")
		}
		for n := range files {
			r.write(fmt.Sprint(n), content(branch, n))
		}
		r.commit("last", branch)
	}
	is := func(base git.Base, branch string, n int) bool {
		return base.Known && base.Changed(text.New("", "", 1, content(branch, n))) == nil
	}
	reader := git.New(environ())
	stop := make(chan struct{})
	var asking sync.WaitGroup
	for n := range files {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				base := reader.Head(t.Context(), filepath.Join(r.dir, fmt.Sprint(n)))
				if !is(base, "main", n) && !is(base, "other", n) {
					t.Errorf("file %d is of no branch (%q)", n, base.Why)
					return
				}
			}
		})
	}
	for i := range 10 {
		branch := []string{"main", "other"}[i%2]
		r.git("checkout", "--quiet", branch)
		for n := range files {
			if !is(reader.Head(t.Context(), filepath.Join(r.dir, fmt.Sprint(n))), branch, n) {
				t.Errorf("after the switch to %s, file %d is not its", branch, n)
			}
		}
	}
	close(stop)
	asking.Wait()
}

func TestMuchIsForgotten(t *testing.T) {
	r := newRepo(t)
	large := strings.Repeat("0123456789abcde\n", 3<<16) // 3 MiB
	for n := range 10 {
		r.write(fmt.Sprint(n), fmt.Sprint(n, "\n", large))
	}
	r.commit("last", "x")
	reader := git.New(environ())
	for range 2 {
		for n := range 10 {
			if base := reader.Head(t.Context(), filepath.Join(r.dir, fmt.Sprint(n))); !base.Known {
				t.Fatalf("file %d: %s", n, base.Why)
			}
		}
	}
	if size := git.Remembered(reader); size > 16<<20 {
		t.Errorf("%d bytes are remembered, more than 16 MiB", size)
	}
}

// What a call costs: known is a file that was asked about before at this
// commit, new one that was not.
func BenchmarkHead(b *testing.B) {
	r := newRepo(b)
	path := r.commit("a.go", "one\n")
	b.Run("known", func(b *testing.B) {
		reader := git.New(environ())
		for b.Loop() {
			reader.Head(b.Context(), path)
		}
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			git.New(environ()).Head(b.Context(), path)
		}
	})
}
