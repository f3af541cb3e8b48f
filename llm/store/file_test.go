package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

func TestOnlyItsOwnerCanReadTheFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	withUmask(t, 0)
	b := openAt(t, newPath(t))
	b.put(b.review(1))
	checkModes(t, b.path, "", "-wal", "-shm", ".lock")
	if info, err := os.Stat(filepath.Dir(b.path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has the mode %v, %v", info.Mode(), err)
	}
	t.Run("also after others were let in", func(t *testing.T) {
		for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
			if err := os.Chmod(b.path+suffix, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		openAt(t, b.path).has("review", 1)
		checkModes(t, b.path, "", "-wal", "-shm", ".lock")
	})
	t.Run("also when it was damaged", func(t *testing.T) {
		b.Close()
		spoil(t, b.path, 0, 4096)
		b = openAt(t, b.path)
		aside, _ := filepath.Glob(b.path + ".corrupt-*")
		if len(aside) != 1 {
			t.Fatalf("moved aside are %v", aside)
		}
		checkModes(t, b.path, "", strings.TrimPrefix(aside[0], b.path))
	})
}

func checkModes(t *testing.T, path string, suffixes ...string) {
	t.Helper()
	for _, suffix := range suffixes {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != 0o600 {
			t.Errorf("store.db%s has the mode %v", suffix, info.Mode())
		}
	}
}

func TestWhatIsNotOursIsLeftAlone(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(t *testing.T, path string)
		says []string
	}{
		{
			"a database of another program",
			func(t *testing.T, path string) { withSQL(t, path, "CREATE TABLE bookmarks (url)") },
			[]string{"belongs to another program", "Name another path"},
		},
		{
			"one that says whose it is",
			func(t *testing.T, path string) { withSQL(t, path, "PRAGMA application_id = 7") },
			[]string{"belongs to another program"},
		},
		{
			"a newer version of ours",
			func(t *testing.T, path string) {
				openAt(t, path).Close()
				withSQL(t, path, "PRAGMA user_version = 99", "PRAGMA journal_mode = delete", "DROP TABLE entry")
			},
			[]string{"newer ai-lsp", "Update ai-lsp, or remove the file."},
		},
		{
			"a folder",
			func(t *testing.T, path string) {
				if err := os.Mkdir(path, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			[]string{"is no file", "Move it away"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			tc.make(t, path)
			before := contents(t, filepath.Dir(path))
			b := openAt(t, path)
			b.is(store.ModeMemory, tc.says...)
			b.works()
			b.Close()
			after := contents(t, filepath.Dir(path))
			delete(after, "store.db.lock")
			delete(before, "store.db.lock")
			if len(before) != len(after) {
				t.Errorf("there were %d files and are %d", len(before), len(after))
			}
			for name, content := range before {
				if after[name] != content {
					t.Errorf("%s was changed", name)
				}
			}
		})
	}
}

// contents are the files of a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		found[entry.Name()] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAnOlderVersionIsMigrated(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1), dismissal(1))
	b.Close()
	later := store.System{Later: []string{"CREATE TABLE later (x INTEGER) STRICT", "INSERT INTO later VALUES (5)"}}
	b.Store = store.OpenOn(b.ctx, b.options(), later)
	b.is(store.ModeFile)
	b.has("review", 1)
	b.has("dismissed", 1)
	if n := number(t, b.path, "SELECT x FROM later"); n != 5 {
		t.Errorf("the second step left %d", n)
	}
	b.reopen()
	b.is(store.ModeMemory, "newer ai-lsp")
}

func TestAnOldVersionLeavesAFileAloneThatANewerOneHasTakenOver(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1))
	newer := store.OpenOn(b.ctx, b.options(), store.System{Later: []string{"ALTER TABLE entry ADD COLUMN more INTEGER"}})
	if err := newer.Close(); err != nil {
		t.Fatal(err)
	}
	b.put(b.review(2))
	b.is(store.ModeMemory, "newer ai-lsp")
	b.has("review", 2)
	if n := number(t, b.path, "SELECT count(*) FROM entry"); n != 1 {
		t.Errorf("the file has %d entries", n)
	}
}

func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1))
	b.Close()
	later := store.System{Later: []string{"CREATE TABLE later (x INTEGER) STRICT", "this is no SQL"}}
	b.Store = store.OpenOn(b.ctx, b.options(), later)
	b.is(store.ModeMemory, "can not be used")
	b.works()
	b.reopen()
	b.is(store.ModeFile)
	b.has("review", 1)
}

func TestANetworkFileSystemIsNotUsed(t *testing.T) {
	path := newPath(t)
	b := openAt(t, path)
	b.Close()
	b.Store = store.OpenOn(b.ctx, b.options(), store.System{FileSystem: "NFS"})
	b.is(store.ModeMemory, "of the kind NFS", "local disk")
	b.works()
	if name, remote := store.RemoteFileSystem(t.TempDir()); remote {
		t.Errorf("the folder for temporary files counts as remote: %s", name)
	}
}

func TestAPathThatCanNotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := openAt(t, filepath.Join(file, "state", "store.db"))
	b.is(store.ModeMemory, "can not be used")
	b.works()
}

func TestASymbolicLinkIsFollowed(t *testing.T) {
	target := newPath(t)
	openAt(t, target).Close()
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	b := openAt(t, link)
	b.put(b.review(1))
	openAt(t, target).has("review", 1)
	b.is(store.ModeFile)
}

// What SQLite keeps beside the file goes when the last window closes it. What
// is left there was opened by its name when that meant another file.
func TestACleanEndLeavesOneFile(t *testing.T) {
	b := openAt(t, newPath(t))
	for _, use := range []func(){func() {}, func() { b.put(b.review(1)) }, func() { b.has("review", 1) }, func() { b.leases("a", "a") }} {
		other := openAt(t, b.path)
		use()
		other.Close()
		b.Close()
		left := contents(t, filepath.Dir(b.path))
		delete(left, "store.db.lock")
		if len(left) != 1 {
			t.Errorf("%d files are left", len(left))
		}
		b.Store = store.Open(b.ctx, b.options())
	}
}
