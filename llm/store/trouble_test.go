package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// hold keeps a lock on a file until the returned function is called. Within a
// process SQLite keeps its connections apart as it does between processes.
func hold(t *testing.T, path string, statements ...string) (letGo func()) {
	t.Helper()
	db := dialSQL(t, path)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		_, err := conn.ExecContext(context.WithoutCancel(t.Context()), "ROLLBACK")
		if err != nil {
			t.Error(err)
		}
		conn.Close()
		db.Close()
	}
}

func TestWhileAnotherProgramWritesForLong(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1), dismissal(1))
	letGo := hold(t, b.path, "BEGIN IMMEDIATE")
	b.put(b.review(2), dismissal(2))
	if err := b.Delete(b.ctx, "dismissed", key(1)); err != nil {
		t.Error(err)
	}
	b.has("review", 1, 2)
	b.has("dismissed", 2)
	b.is(store.ModeReadOnly, "has locked", "until it lets go")
	b.works()
	other := openAt(t, b.path)
	other.has("dismissed", 1)

	letGo()
	b.put(b.review(3)) // it is not yet time to look again
	other.has("review", 1)
	b.clock.advance(store.LockedPause)
	b.put(b.review(4))
	b.is(store.ModeFile)
	other.has("review", 1, 2, 3, 4)
	other.has("dismissed", 2)
	if len(b.notes) != 2 || b.notes[1] != "" {
		t.Errorf("the user is told %q", b.notes)
	}
}

func TestWhileAnotherProgramHoldsTheFileAlone(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1))
	b.Close()
	letGo := hold(t, b.path, "PRAGMA locking_mode = exclusive", "BEGIN EXCLUSIVE")
	b.Store = store.Open(b.ctx, b.options())
	b.is(store.ModeMemory, "has locked")
	b.put(b.review(2))
	b.has("review", 2)
	b.works()
	letGo()
	b.clock.advance(store.LockedPause)
	b.has("review", 1, 2)
	b.is(store.ModeFile)
	b.reopen()
	b.has("review", 1, 2)
}

func TestOneOutageIsToldOnce(t *testing.T) {
	b := openAt(t, newPath(t))
	letGo := hold(t, b.path, "BEGIN IMMEDIATE")
	for i := range 3 {
		b.put(b.review(i))
		b.clock.advance(store.LockedPause)
	}
	letGo()
	b.put(b.review(3))
	b.put(b.review(4))
	if len(b.notes) != 2 || b.notes[1] != "" {
		t.Errorf("the user is told %q", b.notes)
	}
	b.has("review", 0, 1, 2, 3, 4)
}

func TestManyCallersWaitForALockOnlyOnce(t *testing.T) {
	b := openAt(t, newPath(t))
	defer hold(t, b.path, "BEGIN IMMEDIATE")()
	done := make(chan error)
	for i := range 30 {
		go func() { done <- b.Put(b.ctx, b.review(i)) }()
	}
	for range 30 { // at a second each, the test would run into its limit
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	b.has("review", upTo(30)...)
}

func TestWhatWaitsIsWrittenAtTheEnd(t *testing.T) {
	b := openAt(t, newPath(t))
	letGo := hold(t, b.path, "BEGIN IMMEDIATE")
	b.put(b.review(1), dismissal(1))
	letGo()
	b.reopen()
	b.has("review", 1)
	b.has("dismissed", 1)
}

func TestAClearWhileNothingCanBeWrittenIsDoneLater(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1), b.review(2), dismissal(1))
	letGo := hold(t, b.path, "BEGIN IMMEDIATE")
	if _, err := b.Clear(b.ctx); err != nil {
		t.Error(err)
	}
	b.has("review")
	b.has("dismissed", 1)
	b.put(b.review(2))
	b.has("review", 2)
	letGo()
	b.reopen()
	b.has("review", 2)
	b.has("dismissed", 1)
}

// The rights of a file do not bind root, so that here the store is told that
// it may not write; SQLite itself is made to open the file as read-only.
func TestAFileThatMayNotBeWrittenIsRead(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1), dismissal(1))
	b.Close()
	may := false
	b.Store = store.OpenOn(b.ctx, b.options(), store.System{IsWritable: func(string) bool { return may }})
	b.is(store.ModeReadOnly, "can not be written", "Make it and its folder writable")
	b.put(b.review(2))
	b.has("review", 1, 2)
	b.works()
	openAt(t, b.path).has("review", 1)
	may = true
	b.clock.advance(store.ReadOnlyPause)
	b.put(b.review(3))
	b.is(store.ModeFile)
	b.reopen()
	b.has("review", 1, 2, 3)
	b.has("dismissed", 1)
}

func TestAFileThatCanOnlyBeReadMustBeWhole(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(path string)
		says   string
	}{
		{"noise", func(path string) { spoil(t, path, 0, 0) }, "neither written nor read"},
		{"a damaged page", func(path string) { spoil(t, path, 20*4096, 4096) }, "neither written nor read"},
		{"a newer version", func(path string) { withSQL(t, path, "PRAGMA user_version = 99") }, "newer ai-lsp"},
		{"no file", func(path string) { _ = os.Remove(path) }, "No store can be made"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := filled(t)
			tc.damage(b.path)
			b.Store = store.OpenOn(b.ctx, b.options(), store.System{IsWritable: func(string) bool { return false }})
			b.is(store.ModeMemory, tc.says)
			b.works()
		})
	}
}

func TestAReallyReadOnlyFolderIsRead(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1), dismissal(1))
	b.Close()
	makeReadOnly(t, filepath.Dir(b.path))
	b.Store = store.Open(b.ctx, b.options())
	b.is(store.ModeReadOnly, "can not be written")
	b.has("review", 1)
	b.has("dismissed", 1)
	b.put(b.review(2))
	b.has("review", 1, 2)
	b.works()
}

func TestAFileThatIsDeletedWhileOpenIsMadeAnew(t *testing.T) {
	for _, suffixes := range [][]string{{""}, {"", "-wal", "-shm"}, {"", "-wal", "-shm", ".lock"}} {
		t.Run(strings.Join(suffixes, ","), func(t *testing.T) {
			b := openAt(t, newPath(t))
			other := openAt(t, b.path)
			other.put(other.review(1))
			for _, suffix := range suffixes {
				if err := os.Remove(b.path + suffix); err != nil {
					t.Skip("a file in use can not be deleted here:", err)
				}
			}
			b.put(b.review(2))
			b.has("review", 2)
			b.is(store.ModeFile, "was deleted while in use")
			other.put(other.review(3))
			for _, one := range []*bench{b, other, openAt(t, b.path)} {
				one.has("review", 2, 3)
			}
			other.is(store.ModeFile)
			b.Close()
			other.put(other.review(4))
			openAt(t, b.path).has("review", 2, 3, 4)
		})
	}
}

func TestAReaderNoticesADeletedFileToo(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1))
	b.has("review", 1)
	if err := os.RemoveAll(filepath.Dir(b.path)); err != nil {
		t.Skip("a file in use can not be deleted here:", err)
	}
	b.clock.advance(time.Second)
	b.has("review")
	b.is(store.ModeFile, "was deleted while in use")
}
