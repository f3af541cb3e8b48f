package cache_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// twoWindows runs a test with two caches over one file, in a bubble.
func twoWindows(t *testing.T, test func(t *testing.T, w, other *window)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "store.db")
		test(t, openWindow(t, store.Options{Path: path}, 1<<20), openWindow(t, store.Options{Path: path}, 1<<20))
	})
}

// leases takes leases and holds which they are.
func (w *window) leases(want string, keys ...string) (release func()) {
	w.t.Helper()
	mine, release := w.Lease(context.WithoutCancel(w.t.Context()), keys)
	if got := fmt.Sprint(mine); got != want {
		w.t.Errorf("of %v it leases %s, want %s", keys, got, want)
	}
	return release
}

func TestOneAsksAndTheOthersWait(t *testing.T) {
	twoWindows(t, func(_ *testing.T, w, other *window) {
		release := w.leases("[a b]", "a", "b", "a")
		w.leases("[]", "a", "b")
		other.leases("[]", "a", "b")()
		others := other.leases("[c]", "a", "c")
		w.leases("[]", "c")()
		release()
		release()
		other.leases("[a b]", "a", "b", "c")()
		others()
		w.leases("[a b c]", "a", "b", "c")()
	})
}

func TestALeaseIsExtendedUntilItIsReleased(t *testing.T) {
	twoWindows(t, func(_ *testing.T, w, other *window) {
		release := w.leases("[a]", "a")
		for range 20 {
			time.Sleep(17 * time.Second)
			other.leases("[]", "a")()
		}
		release()
		other.leases("[a]", "a")()
	})
}

func TestALeaseOutlivesTheContextItWasTakenWith(t *testing.T) {
	twoWindows(t, func(t *testing.T, w, other *window) {
		ctx, cancel := context.WithCancel(t.Context())
		_, release := w.Lease(ctx, []string{"a"})
		cancel()
		time.Sleep(time.Hour)
		other.leases("[]", "a")()
		release()
		other.leases("[a]", "a")()
	})
}

func TestCloseGivesLeasesUp(t *testing.T) {
	twoWindows(t, func(_ *testing.T, w, other *window) {
		release := w.leases("[a]", "a")
		w.Close()
		other.leases("[a]", "a")()
		release()
		w.Close()
	})
}

func TestAwait(t *testing.T) {
	for _, tc := range []struct {
		name  string
		asks  []string                  // what is waited for
		after func(w *window, r func()) // what the holder of a and b does after a minute; r releases both
		want  string
		waits time.Duration // at least, and at most half a second longer
	}{
		{"gets the answers when they are put", []string{"a", "b"}, func(w *window, r func()) { w.put("a=1 b=2"); r() }, "a=1 b=2", time.Minute},
		{"gets what there is when the other gives up", []string{"a", "b"}, func(w *window, r func()) { w.put("a=1"); r() }, "a=1", time.Minute},
		{"gets nothing when nothing was put", []string{"a"}, func(_ *window, r func()) { r() }, "", time.Minute},
		{"needs no release when all is there", []string{"a"}, func(w *window, _ func()) { w.put("a=1") }, "a=1", time.Minute},
		{"does not wait for what nobody asks about", []string{"x", "y"}, func(_ *window, r func()) { r() }, "", 0},
		{"does not wait for what is known", []string{"k"}, func(_ *window, r func()) { r() }, "k=0", 0},
		{"waits for the rest of what is known", []string{"k", "a"}, func(w *window, r func()) { w.put("a=1"); r() }, "a=1 k=0", time.Minute},
		{"ends with its context", []string{"a", "k"}, func(*window, func()) {}, "k=0", 10 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, sameWindow := range []bool{true, false} {
				twoWindows(t, func(t *testing.T, w, other *window) {
					if sameWindow {
						other = w
					}
					w.put("k=0")
					release := w.leases("[a b]", "a", "b")
					defer release()
					done := make(chan bool)
					go func() {
						defer close(done)
						time.Sleep(time.Minute)
						tc.after(w, release)
					}()
					checkAwait(t, other, tc.asks, tc.want, tc.waits)
					<-done
				})
			}
		})
	}
}

func checkAwait(t *testing.T, w *window, asks []string, want string, waits time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	began := time.Now()
	got := told(w.Await(ctx, kind, slices.Clone(asks)))
	if waited := time.Since(began); waited < waits || waited > waits+500*time.Millisecond {
		t.Errorf("it waits %s, want %s", waited, waits)
	}
	if got != want {
		t.Errorf("it gets %q, want %q", got, want)
	}
}

func TestAProcessThatHangsIsWaitedForAtMostHalfAMinute(t *testing.T) {
	twoWindows(t, func(t *testing.T, w, other *window) {
		if mine, err := w.store.Lease(t.Context(), []string{"a"}, 30*time.Second); len(mine) != 1 || err != nil {
			t.Fatal(mine, err)
		}
		checkAwait(t, other, []string{"a"}, "", 30*time.Second)
	})
}
