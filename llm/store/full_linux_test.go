package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

func TestAFullDisk(t *testing.T) {
	folder := smallDisk(t, "600k")
	b := openAt(t, filepath.Join(folder, "store.db"))
	b.put(b.review(1), dismissal(1))
	ballast := filepath.Join(folder, "ballast")
	fill(t, ballast)
	n := b.putUntilFull()
	b.is(store.ModeReadOnly, "no room left", "Make room there")
	b.put(dismissal(2))
	b.has("dismissed", 1, 2)
	b.works()
	b.holdsLarge(n)

	if err := os.Truncate(ballast, 0); err != nil {
		t.Fatal(err)
	}
	b.clock.advance(store.FullPause)
	b.put(dismissal(3))
	b.is(store.ModeFile)
	b.reopen()
	b.has("dismissed", 1, 2, 3)
	b.holdsLarge(n)
	if len(b.notes) != 2 || b.notes[1] != "" {
		t.Errorf("the user is told %q", b.notes)
	}
}

// fill takes all room that is left but a little.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for written := 0; ; written += 4096 {
		if _, err := file.Write(make([]byte, 4096)); err != nil {
			if err := file.Truncate(int64(written - 20*4096)); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

// putUntilFull puts large entries until the store says that it is full, and
// says how many.
func (b *bench) putUntilFull() int {
	b.t.Helper()
	for i := range 1000 {
		k := key(i)
		b.put(store.Entry{Kind: "kept", Key: k, Value: []byte(large(k))})
		if strings.Contains(b.Note(), "no room") {
			return i + 1
		}
	}
	b.t.Fatal("the disk does not get full")
	return 0
}

// holdsLarge holds that all those entries are there.
func (b *bench) holdsLarge(n int) {
	b.t.Helper()
	list, err := b.List(b.ctx, "kept")
	if len(list) != n || err != nil {
		b.t.Errorf("%d entries are there, want %d, %v", len(list), n, err)
	}
	for _, e := range list {
		if string(e.Value) != large(e.Key) {
			b.t.Error("a value is not its own")
		}
	}
}

func TestAFullDiskWithOldAnswersOnItTakesNewOnes(t *testing.T) {
	folder := smallDisk(t, "600k")
	b := openAt(t, filepath.Join(folder, "store.db"), func(o *store.Options) { o.MaxBytes = 4 << 20 })
	for i := range 150 {
		b.clock.advance(2 * time.Minute) // beyond the pause between two makings of room
		b.put(b.large(i))
		if found, err := b.Find(b.ctx, "review", []string{key(i)}); len(found) != 1 || err != nil {
			t.Fatalf("the entry %d is not there, %v", i, err)
		}
	}
}

// A process that may only write small files gets another error than one on a
// full disk, and needs no rights to be set up.
func TestAFileThatMayNotGrow(t *testing.T) {
	out, err := start(t, partBounded, newPath(t)).CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// playBounded runs in a process of its own, since the bound holds for all of
// it.
func playBounded(path string) error {
	ctx := context.Background()
	signal.Ignore(syscall.SIGXFSZ) // else exceeding the bound ends the process
	now := time.Now()
	s := store.Open(ctx, store.Options{Path: path, Now: func() time.Time { return now }})
	defer s.Close()
	var bound syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &bound); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 200 << 10, Max: bound.Max}); err != nil {
		return err
	}
	const entries = 200
	for i := range entries {
		k := key(i)
		if err := s.Put(ctx, store.Entry{Kind: "kept", Key: k, Value: []byte(large(k))}); err != nil {
			return err
		}
	}
	if !strings.Contains(s.Note(), "no room left") {
		return fmt.Errorf("the note is %q", s.Note())
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &bound); err != nil {
		return err
	}
	now = now.Add(store.FullPause)
	last := store.Entry{Kind: "kept", Key: key(entries), Value: []byte(large(key(entries)))}
	if err := errors.Join(s.Put(ctx, last), s.Close()); err != nil {
		return err
	}
	s = store.Open(ctx, store.Options{Path: path})
	defer s.Close()
	list, err := s.List(ctx, "kept")
	if len(list) != entries+1 || s.Note() != "" {
		return fmt.Errorf("%d entries are there, and the note is %q", len(list), s.Note())
	}
	return err
}
