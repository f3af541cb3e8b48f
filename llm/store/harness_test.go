package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// player is the environment variable by which a test makes this program play
// one of several processes.
const player = "AI_LSP_STORE_TEST_PLAYS"

func TestMain(m *testing.M) {
	if part := os.Getenv(player); part != "" {
		os.Exit(play(part, os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

// clock is a clock that goes when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a store under test, with what it said.
type bench struct {
	*store.Store
	t     testing.TB
	ctx   context.Context
	clock *clock
	path  string
	mu    sync.Mutex
	notes []string // guarded by mu; changes after opening
}

// options are those of a store under test.
func (b *bench) options() store.Options {
	return store.Options{Path: b.path, Log: b.t.Logf, Now: b.clock.Now, OnNote: b.noted}
}

func (b *bench) noted(note string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, note)
}

// openAt opens a store on a path; empty: in memory.
func openAt(t testing.TB, path string, change ...func(*store.Options)) *bench {
	t.Helper()
	b := &bench{t: t, ctx: context.WithoutCancel(t.Context()), clock: newClock(), path: path}
	o := b.options()
	for _, f := range change {
		f(&o)
	}
	b.Store = store.Open(b.ctx, o)
	t.Cleanup(func() { b.Close() })
	return b
}

// newPath is where a test's file will lie.
func newPath(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "state", "store.db")
}

// key makes a key as callers do.
func key(n int) string { return fmt.Sprintf("%064x", n) }

// value is the one value that a key may have.
func value(key string) string { return strings.Repeat("what was found for "+key+"\n", 20) }

// review is an entry that expires in an hour.
func (b *bench) review(n int) store.Entry {
	return store.Entry{Kind: "review", Key: key(n), Value: []byte(value(key(n))), Expires: b.clock.Now().Add(time.Hour)}
}

// dismissal is an entry that is kept.
func dismissal(n int) store.Entry {
	return store.Entry{Kind: "dismissed", Key: key(n), Value: []byte(value(key(n)))}
}

func (b *bench) put(entries ...store.Entry) {
	b.t.Helper()
	if err := b.Put(b.ctx, entries...); err != nil {
		b.t.Fatal(err)
	}
}

// has holds which of the keys are found, with the right values.
func (b *bench) has(kind string, want ...int) {
	b.t.Helper()
	keys := make([]string, 60)
	for i := range keys {
		keys[i] = key(i)
	}
	found, err := b.Find(b.ctx, kind, keys)
	if err != nil {
		b.t.Fatal(err)
	}
	var got []int
	for i, key := range keys {
		text, ok := found[key]
		if ok && string(text) != value(key) {
			b.t.Errorf("%s %d has a value of %d bytes that is not its own", kind, i, len(text))
		}
		if ok {
			got = append(got, i)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("of the kind %s there are %v, want %v", kind, got, want)
	}
}

// is holds the mode and what the note says; no words mean that there is none.
func (b *bench) is(mode store.Mode, words ...string) {
	b.t.Helper()
	stats, err := b.Stats(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	note := b.Note()
	if stats.Mode != mode || len(words) == 0 && note != "" || strings.Contains(note, "\n") {
		b.t.Errorf("the store is in the mode %s and says %q, want %s", stats.Mode, note, mode)
	}
	for _, word := range words {
		if !strings.Contains(note, word) {
			b.t.Errorf("the note %q does not say %q", note, word)
		}
	}
}

// works holds that a store serves its own process, wherever it keeps things.
func (b *bench) works() {
	b.t.Helper()
	entry := b.review(59)
	b.put(entry)
	found, err := b.Find(b.ctx, "review", []string{entry.Key, "nothing"})
	if err != nil || len(found) != 1 || string(found[entry.Key]) != string(entry.Value) {
		b.t.Errorf("what was put is not there: %d found, %v", len(found), err)
	}
	if err := b.Delete(b.ctx, "review", entry.Key); err != nil {
		b.t.Error(err)
	}
	if found, err := b.Find(b.ctx, "review", []string{entry.Key}); len(found) != 0 || err != nil {
		b.t.Errorf("what was deleted is there: %v", err)
	}
	mine, err := b.Lease(b.ctx, []string{"one", "one", "two"}, time.Minute)
	if fmt.Sprint(mine) != "[one two]" || err != nil {
		b.t.Errorf("leased %v, %v", mine, err)
	}
	if err := b.Release(b.ctx, mine...); err != nil {
		b.t.Error(err)
	}
}

// reopen closes the store and opens it again.
func (b *bench) reopen() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.Store = store.Open(b.ctx, b.options())
}

// withSQL runs statements on the file as another program would.
func withSQL(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := dialSQL(t, path)
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func dialSQL(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// number is the one number that a query gives.
func number(t testing.TB, path, query string) (n int64) {
	t.Helper()
	db := dialSQL(t, path)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
