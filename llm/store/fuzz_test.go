package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// FuzzOpenADamagedFile changes bytes of a good file. Whatever becomes of it,
// the store works, and no key ever has a value that is not its own.
func FuzzOpenADamagedFile(f *testing.F) {
	b := filled(f)
	good, err := os.ReadFile(b.path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{0, 0, 18, 99})                            // the version of the format
	f.Add([]byte{0, 0, 28, 255, 0, 0, 31, 1})              // the number of pages
	f.Add([]byte{0, 0, 60, 0, 0, 0, 63, 9})                // our version
	f.Add([]byte{0, 0, 68, 1})                             // whose it is
	f.Add([]byte{0, 1, 100, 1, 0, 2, 0, 1, 0, 3, 200, 13}) // what is where
	f.Add([]byte{0, 16, 0, 5, 0, 16, 3, 255, 0, 32, 8, 0}) // the heads of pages
	f.Fuzz(func(t *testing.T, changes []byte) {
		bad := append([]byte(nil), good...)
		for ; len(changes) >= 4; changes = changes[4:] {
			at := int(changes[0])<<16 | int(changes[1])<<8 | int(changes[2])
			bad[at%len(bad)] = changes[3]
		}
		path := filepath.Join(t.TempDir(), "store.db")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		checkOpensDamaged(t, b, path)
	})
}

// checkOpensDamaged holds that a store works on a file, and gives no wrong
// value.
func checkOpensDamaged(t *testing.T, b *bench, path string) {
	t.Helper()
	ctx := t.Context()
	s := store.Open(ctx, store.Options{Path: path, Now: b.clock.Now})
	defer s.Close()
	for _, kind := range []string{"dismissed", "review"} {
		keys := make([]string, 50)
		for i := range keys {
			keys[i] = key(i)
		}
		found, err := s.Find(ctx, kind, keys)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.List(ctx, kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if string(e.Value) != value(e.Key) || e.Expires.IsZero() != (kind == "dismissed") {
				t.Errorf("%s %s is listed with what is not its own", kind, e.Key)
			}
		}
		for k, v := range found {
			if string(v) != value(k) {
				t.Errorf("%s %s has a value that is not its own", kind, k)
			}
		}
	}
	fresh := b.review(55)
	if err := s.Put(ctx, fresh); err != nil {
		t.Fatal(err)
	}
	found, err := s.Find(ctx, "review", []string{fresh.Key})
	if string(found[fresh.Key]) != string(fresh.Value) || err != nil {
		t.Errorf("what was put is not there, %v; the note is %q", err, s.Note())
	}
}
