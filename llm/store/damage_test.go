package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// spoil writes noise over a part of a file; a length of 0 is all that follows.
func spoil(t testing.TB, path string, from, length int) {
	t.Helper()
	if length == 0 {
		length = size(t, path) - from
	}
	dice := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, length)
	for i := range noise {
		noise[i] = byte(dice.Uint32())
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(noise, int64(from)); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a file in its place: what has it open sees that.
func rewrite(t testing.TB, path string, content []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		t.Fatal(err)
	}
}

// filled is a file with 50 dismissals and 50 reviews, closed.
func filled(t testing.TB) *bench {
	t.Helper()
	b := openAt(t, newPath(t))
	for i := range 50 {
		b.put(dismissal(i), b.review(i))
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return b
}

// filledLarge is a file with 50 dismissals and 50 reviews, so large that it is
// not checked when it is opened, and checked beside the work before. It is
// open, and nothing of it was read.
func filledLarge(t testing.TB) *bench {
	t.Helper()
	b := filled(t)
	b.Store = store.Open(b.ctx, b.options())
	for i := range 2 * store.CheckedAtOnce / (8 << 10) {
		filler := b.large(i)
		filler.Kind = "filler"
		b.put(filler)
	}
	b.Close()
	withSQL(t, b.path, fmt.Sprintf("INSERT OR REPLACE INTO counter VALUES ('checked', %d)", b.clock.Now().UnixMicro()))
	b.Store = store.Open(b.ctx, b.options())
	return b
}

func TestADamagedFileIsReplacedAndWhatCanBeReadIsSaved(t *testing.T) {
	const page = 4096
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, path string)
		saved  int // at least so many dismissals, and as many reviews
		aside  bool
	}{
		{"no byte left", func(t *testing.T, path string) { rewrite(t, path, nil) }, 0, false},
		{"noise", func(t *testing.T, path string) { spoil(t, path, 0, 0) }, 0, true},
		{"some other text", func(t *testing.T, path string) { rewrite(t, path, []byte(strings.Repeat("hello\n", 999))) }, 0, true},
		{"a few bytes", func(t *testing.T, path string) { rewrite(t, path, []byte("SQLite")) }, 0, true},
		{"a header that is noise", func(t *testing.T, path string) { spoil(t, path, 0, 100) }, 50, true},
		{"a first page that is noise", func(t *testing.T, path string) { spoil(t, path, 0, page) }, 50, true},
		{"one page in the middle", func(t *testing.T, path string) { spoil(t, path, 20*page, page) }, 40, true},
		{"each tenth page", func(t *testing.T, path string) {
			for i := 12; i*page < size(t, path); i += 10 {
				spoil(t, path, i*page, page)
			}
		}, 20, true},
		{"half of it cut off", func(t *testing.T, path string) {
			if err := os.Truncate(path, int64(size(t, path)/2)); err != nil {
				t.Fatal(err)
			}
		}, 10, true},
		{"a table that is gone", func(t *testing.T, path string) { withSQL(t, path, "DROP TABLE counter") }, 50, true},
		{"a table of another shape", func(t *testing.T, path string) { withSQL(t, path, "ALTER TABLE lease DROP COLUMN span") }, 50, true},
		{"an index that is not in step", func(t *testing.T, path string) {
			withSQL(t, path, "PRAGMA writable_schema = on", "CREATE TABLE other (a)",
				"UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'other') WHERE name = 'sqlite_autoindex_entry_1'")
		}, 50, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := filled(t)
			tc.damage(t, b.path)
			b.Store = store.Open(b.ctx, b.options())
			checkRepaired(t, b, tc.saved, tc.aside)
		})
	}
}

// checkRepaired holds that a damaged file was replaced, with a note if that is
// worth one, and that what was saved stays.
func checkRepaired(t *testing.T, b *bench, saved int, aside bool) {
	t.Helper()
	asides, _ := filepath.Glob(b.path + ".corrupt-*")
	if (len(asides) > 0) != aside {
		t.Errorf("moved aside are %v", asides)
	}
	var words []string
	if aside {
		words = []string{"was damaged", filepath.Base(asides[0])}
	}
	b.is(store.ModeFile, words...)
	b.works()
	if b.reopen(); b.Note() != "" {
		t.Errorf("the next window is told %q", b.Note())
	}
	for _, kind := range []string{"dismissed", "review"} {
		list, err := b.List(b.ctx, kind)
		if len(list) < saved || err != nil {
			t.Errorf("of the kind %s %d are saved, want %d, %v", kind, len(list), saved, err)
		}
		for _, e := range list {
			if string(e.Value) != value(e.Key) {
				t.Errorf("%s %s has a value that is not its own", kind, e.Key)
			}
		}
	}
}

func size(t testing.TB, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size())
}

func TestDamageDuringUseIsRepaired(t *testing.T) {
	b := filledLarge(t)
	for i := 12; i*4096 < size(t, b.path); i += 10 {
		spoil(t, b.path, i*4096, 4096)
	}
	list, err := b.List(b.ctx, "dismissed")
	if len(list) < 20 || err != nil {
		t.Errorf("%d entries are left, %v", len(list), err)
	}
	if len(b.notes) != 1 || !strings.Contains(b.notes[0], "was damaged") {
		t.Errorf("the user is told %q", b.notes)
	}
	checkRepaired(t, b, 20, true)
}

func TestALargeFileIsCheckedBesideTheWork(t *testing.T) {
	b := filledLarge(t)
	b.Close()
	spoil(t, b.path, size(t, b.path)-40*4096, 4096)
	told := make(chan string, 8)
	b.clock.advance(2 * store.CheckEach)
	b.Store = store.Open(b.ctx, store.Options{Path: b.path, Now: b.clock.Now, Log: t.Logf, OnNote: func(note string) { told <- note }})
	select {
	case note := <-told:
		if !strings.Contains(note, "was damaged") {
			t.Errorf("told is %q", note)
		}
	case <-time.After(time.Minute):
		t.Fatal("the damage is not found")
	}
	b.has("dismissed", upTo(50)...)
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

func TestOtherWindowsGoOnWithTheNewFile(t *testing.T) {
	b := filledLarge(t)
	other := openAt(t, b.path)
	for _, one := range []*bench{b, other} { // while one repairs, the other waits for it
		one.Close()
		one.Store = store.OpenOn(one.ctx, one.options(), store.System{Patience: time.Minute})
	}
	spoil(t, b.path, 20*4096, 4096)
	if list, err := b.List(b.ctx, "dismissed"); len(list) < 40 || err != nil {
		t.Errorf("%d are left, %v", len(list), err)
	}
	other.put(other.review(58))
	b.put(b.review(57))
	for _, one := range []*bench{b, other} {
		found, err := one.Find(one.ctx, "review", []string{key(57), key(58)})
		if len(found) != 2 || err != nil {
			t.Errorf("%d of the two new entries are found, %v", len(found), err)
		}
	}
	if told := b.Note() + other.Note(); strings.Count(told, "was damaged") != 1 {
		t.Errorf("the user is told %q", told)
	}
	if asides, _ := filepath.Glob(b.path + ".corrupt-*[0-9]"); len(asides) != 1 {
		t.Errorf("moved aside are %v", asides)
	}
}

func TestOnlyTheLastDamagedFilesAreKept(t *testing.T) {
	b := filled(t)
	for range store.Asides + 2 {
		spoil(t, b.path, 0, 0)
		b.clock.advance(time.Second)
		b.reopen()
		b.Close()
	}
	asides, _ := filepath.Glob(b.path + ".corrupt-*")
	if len(asides) != store.Asides || !strings.Contains(fmt.Sprint(asides), b.clock.Now().Format("150405")) {
		t.Errorf("moved aside are %v", asides)
	}
}

func TestFilesBesideTheDatabase(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, path string)
		least  int
	}{
		{"as a killed process leaves them", func(*testing.T, string) {}, 50},
		{"a -wal that was torn", func(t *testing.T, path string) {
			if err := os.Truncate(path+"-wal", int64(size(t, path+"-wal")/2)); err != nil {
				t.Fatal(err)
			}
		}, 5},
		{"a -wal with a damaged frame", func(t *testing.T, path string) { spoil(t, path+"-wal", size(t, path+"-wal")/2, 1) }, 5},
		{"a -wal that is noise", func(t *testing.T, path string) { spoil(t, path+"-wal", 0, 0) }, 0},
		{"a -wal that is gone", func(t *testing.T, path string) {
			if err := os.Remove(path + "-wal"); err != nil {
				t.Fatal(err)
			}
		}, 0},
		{"a -shm that is noise", func(t *testing.T, path string) {
			if err := os.WriteFile(path+"-shm", []byte(strings.Repeat("noise", 6554)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 50},
	} {
		t.Run(tc.name, func(t *testing.T) {
			live := openAt(t, newPath(t))
			for i := range 50 {
				live.put(dismissal(i))
			}
			b := openAt(t, "")
			b.path = newPath(t)
			copyFiles(t, live.path, b.path, "", "-wal")
			tc.change(t, b.path)
			b.reopen()
			b.is(store.ModeFile)
			b.works()
			if list, err := b.List(b.ctx, "dismissed"); len(list) < tc.least || err != nil {
				t.Errorf("%d entries are there, want %d, %v", len(list), tc.least, err)
			}
		})
	}
}

// copyFiles makes what a killed process leaves: the files as they are while
// the database is open.
func copyFiles(t *testing.T, from, to string, suffixes ...string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range suffixes {
		content, err := os.ReadFile(from + suffix)
		if err == nil {
			err = os.WriteFile(to+suffix, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
