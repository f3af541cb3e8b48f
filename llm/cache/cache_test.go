package cache_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/llm/cache"
	"github.com/ai-lsp/ai-lsp/llm/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const kind = "review"

// window is what one process has.
type window struct {
	*cache.Cache
	t     testing.TB
	store *store.Store
}

// openWindow opens a store and a cache in front of it.
func openWindow(t testing.TB, o store.Options, memory int64) *window {
	t.Helper()
	o.Log = t.Logf
	s := store.Open(context.WithoutCancel(t.Context()), o)
	if s.Note() != "" {
		t.Fatal(s.Note())
	}
	w := &window{Cache: cache.New(s, memory), t: t, store: s}
	t.Cleanup(w.close)
	return w
}

func (w *window) close() {
	w.Close()
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
}

// bothTiers runs a test with a tier in memory and without.
func bothTiers(t *testing.T, test func(t *testing.T, w *window, elapse func(time.Duration))) {
	t.Helper()
	for name, memory := range map[string]int64{"with memory": 1 << 20, "without memory": 0} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
			o := store.Options{Path: filepath.Join(t.TempDir(), "store.db"), Now: func() time.Time { return now }}
			test(t, openWindow(t, o, memory), func(d time.Duration) { now = now.Add(d) })
		})
	}
}

// has holds what is found.
func (w *window) has(want string, keys ...string) {
	w.t.Helper()
	if got := told(w.Find(context.WithoutCancel(w.t.Context()), kind, keys)); got != want {
		w.t.Errorf("of %v there is %q, want %q", keys, got, want)
	}
}

// told writes answers as "a=1 b=2".
func told(found map[string][]byte) string {
	var parts []string
	for key, value := range found {
		parts = append(parts, key+"="+string(value))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// put keeps answers that are written as "a=1 b=2".
func (w *window) put(answers string) {
	w.t.Helper()
	entries := map[string][]byte{}
	for part := range strings.FieldsSeq(answers) {
		key, value, _ := strings.Cut(part, "=")
		entries[key] = []byte(value)
	}
	w.Put(context.WithoutCancel(w.t.Context()), kind, time.Hour, entries)
}

func TestWhatWasPutIsFound(t *testing.T) {
	bothTiers(t, func(t *testing.T, w *window, _ func(time.Duration)) {
		w.put("a=1 b=2")
		w.has("a=1 b=2", "a", "b", "c")
		w.has("a=1 b=2", "a", "b", "c", "a")
		w.put("a=3")
		if found, err := w.store.Find(t.Context(), kind, []string{"a"}); told(found) != "a=3" || err != nil {
			t.Errorf("the store has %q, %v", told(found), err)
		}
		if found := w.Find(t.Context(), "explain", []string{"a"}); len(found) != 0 {
			t.Error("another kind has it too")
		}
	})
}

func TestAnswersOutliveTheMemory(t *testing.T) {
	bothTiers(t, func(_ *testing.T, w *window, _ func(time.Duration)) {
		w.put("a=1")
		for _, size := range []int64{0, 1 << 10, 64 << 20, 0} {
			w.Resize(size)
			w.has("a=1", "a")
			w.has("a=1", "a")
		}
	})
}

func TestMoreThanTheMemoryHoldsIsFound(t *testing.T) {
	w := openWindow(t, store.Options{Path: filepath.Join(t.TempDir(), "store.db")}, 20<<10)
	for i := range 300 {
		w.put(fmt.Sprintf("%064x=%s", i, strings.Repeat(fmt.Sprint(i%10), 1000)))
	}
	for i := range 300 {
		key := fmt.Sprintf("%064x", i)
		w.has(key+"="+strings.Repeat(fmt.Sprint(i%10), 1000), key)
	}
}

func TestAnAnswerEndsAtItsTime(t *testing.T) {
	bothTiers(t, func(_ *testing.T, w *window, elapse func(time.Duration)) {
		w.put("a=1")
		w.has("a=1", "a")
		elapse(time.Hour - time.Microsecond)
		w.has("a=1", "a")
		elapse(time.Microsecond)
		w.has("", "a")
	})
}

func TestWithoutATimeToLiveNothingIsKept(t *testing.T) {
	bothTiers(t, func(t *testing.T, w *window, _ func(time.Duration)) {
		for _, ttl := range []time.Duration{0, -time.Hour} {
			w.Put(t.Context(), kind, ttl, map[string][]byte{"a": []byte("1")})
			w.has("", "a")
		}
	})
}

func TestAnAnswerIsKeptAlthoughWhoAskedHasGone(t *testing.T) {
	bothTiers(t, func(t *testing.T, w *window, _ func(time.Duration)) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.Put(ctx, kind, time.Hour, map[string][]byte{"a": []byte("1")})
		w.has("a=1", "a")
	})
}

func TestValuesAreTheCallers(t *testing.T) {
	bothTiers(t, func(t *testing.T, w *window, _ func(time.Duration)) {
		mine := []byte("1")
		w.Put(t.Context(), kind, time.Hour, map[string][]byte{"a": mine})
		mine[0] = 'x'
		for range 20 { // from the store, and once it is there from memory
			found := w.Find(t.Context(), kind, []string{"a"})
			if string(found["a"]) != "1" {
				t.Fatalf("it became %q", found["a"])
			}
			found["a"][0] = 'y'
		}
	})
}

func TestClearLeavesWhatIsKept(t *testing.T) {
	bothTiers(t, func(t *testing.T, w *window, _ func(time.Duration)) {
		dismissal := store.Entry{Kind: "dismissed", Key: "d", Value: []byte("1")}
		if err := w.store.Put(t.Context(), dismissal); err != nil {
			t.Fatal(err)
		}
		w.put("a=1 b=2")
		w.has("a=1 b=2", "a", "b")
		if n, err := w.Clear(t.Context()); n != 2 || err != nil {
			t.Errorf("cleared %d, %v", n, err)
		}
		w.has("", "a", "b")
		if list, err := w.store.List(t.Context(), "dismissed"); len(list) != 1 || err != nil {
			t.Errorf("%d dismissals are left, %v", len(list), err)
		}
	})
}

func TestEveryWindowForgetsWhatOneClears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		w, other := openWindow(t, store.Options{Path: path}, 1<<20), openWindow(t, store.Options{Path: path}, 0)
		w.put("a=1")
		for range 5 {
			w.has("a=1", "a")
			time.Sleep(2 * time.Second)
		}
		if n, err := other.Clear(t.Context()); n != 1 || err != nil {
			t.Errorf("cleared %d, %v", n, err)
		}
		time.Sleep(2 * time.Second)
		w.has("", "a")
	})
}

func TestWhatIsKeptForEverIsNotAnsweredFromMemory(t *testing.T) {
	w := openWindow(t, store.Options{}, 1<<20)
	for _, value := range []string{"1", "2", "3"} {
		entry := store.Entry{Kind: kind, Key: "a", Value: []byte(value)}
		if err := w.store.Put(t.Context(), entry); err != nil {
			t.Fatal(err)
		}
		w.has("a="+value, "a")
	}
}

func TestACacheThatFailsIsAMiss(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	s := store.Open(t.Context(), store.Options{Log: func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, fmt.Sprintf(format, args...))
	}})
	c := cache.New(s, 0)
	defer c.Close()
	s.Close()
	c.Put(t.Context(), kind, time.Hour, map[string][]byte{"secret-key": []byte("secret-value")})
	if found := c.Find(t.Context(), kind, []string{"secret-key"}); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	mine, release := c.Lease(t.Context(), []string{"secret-key"})
	if len(mine) != 1 {
		t.Error("without a store nobody may ask")
	}
	release()
	all := strings.Join(lines, "\n")
	if len(lines) < 3 || strings.Contains(all, "secret") {
		t.Errorf("logged is\n%s", all)
	}
}

func TestManyAtOnce(t *testing.T) {
	w := openWindow(t, store.Options{Path: filepath.Join(t.TempDir(), "store.db")}, 64<<10)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 60 {
				key := fmt.Sprint("key", j%10)
				switch (i + j) % 6 {
				case 0:
					w.put(key + "=" + key)
				case 1:
					w.Resize(int64(j) << 10)
				case 2:
					_, _ = w.Clear(t.Context())
				case 3:
					_, release := w.Lease(t.Context(), []string{key})
					release()
				default:
					if got := told(w.Find(t.Context(), kind, []string{key})); got != "" && got != key+"="+key {
						t.Errorf("under %s there is %s", key, got)
					}
				}
			}
		})
	}
	group.Wait()
}
