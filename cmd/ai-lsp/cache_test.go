package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// withEntries fills the store of a home as a window would: two answers, one of
// them expired, and a dismissal.
func withEntries(t *testing.T, path string) {
	t.Helper()
	now := time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
	s := store.Open(t.Context(), store.Options{Path: path, Now: func() time.Time { return now }})
	err := s.Put(
		t.Context(),
		store.Entry{Kind: "review", Key: "a", Value: []byte("1234"), Expires: time.Now().Add(time.Hour)},
		store.Entry{Kind: "review", Key: "b", Value: make([]byte, 2048), Expires: now.Add(time.Second)},
		store.Entry{Kind: "dismissed", Key: "c", Value: []byte("123")},
	)
	if err != nil || s.Close() != nil {
		t.Fatal(err)
	}
}

func TestCacheStatsAsText(t *testing.T) {
	h := newHome(t)
	path := h.path("state", "ai-lsp", "store.db")
	withEntries(t, path)
	for _, args := range []string{"cache", "cache stats", "cache stats --format text"} {
		o := h.run(strings.Fields(args)...)
		o.check(t, exitFine, path+" (file)\n", " on disk; at most 256.0 MiB of answers\n")
		var rows []string
		for line := range strings.Lines(o.stdout) {
			rows = append(rows, strings.Join(strings.Fields(line), " "))
		}
		table := strings.Join(rows, "\n")
		for _, row := range []string{
			"kind entries expired size oldest", "dismissed 1 0 3 B 2026-11-05 never expires", "review 2 1 2.0 KiB 2026-11-05",
		} {
			if !strings.Contains(table, "\n"+row+"\n") && !strings.HasSuffix(table, "\n"+row) {
				t.Errorf("there is no row %q in\n%s", row, o.stdout)
			}
		}
	}
}

func TestCacheStatsAsJSON(t *testing.T) {
	h := newHome(t)
	path := h.write("elsewhere/my store.db", "")
	withEntries(t, path)
	o := h.run("cache", "stats", "--format", "json", "--set", "store.url=sqlite:"+path)
	o.check(t, exitFine)
	var got struct {
		Path, Mode          string
		FileBytes, MaxBytes int64
		Kinds               map[string]struct {
			Entries, Expired int
			Bytes            int64
			Oldest           time.Time
			Kept             bool
		}
	}
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil {
		t.Fatalf("%v in %s", err, o.stdout)
	}
	review, dismissed := got.Kinds["review"], got.Kinds["dismissed"]
	if got.Path != path || got.Mode != "file" || got.FileBytes < 4096 || got.MaxBytes != 256<<20 || len(got.Kinds) != 2 ||
		review.Entries != 2 || review.Expired != 1 || review.Bytes != 2052 || review.Kept || review.Oldest.Day() != 5 ||
		dismissed.Entries != 1 || dismissed.Bytes != 3 || !dismissed.Kept {
		t.Errorf("it is %s", o.stdout)
	}
}

func TestCacheClearLeavesDismissals(t *testing.T) {
	h := newHome(t)
	withEntries(t, h.path("state", "ai-lsp", "store.db"))
	o := h.run("cache", "clear")
	o.check(t, exitFine)
	if o.stdout != "Forgotten: 2.\nKept: 1 dismissed.\n" || o.stderr != "" {
		t.Errorf("it says %q and %q", o.stdout, o.stderr)
	}
	if o = h.run("cache", "stats"); strings.Contains(o.stdout, "review") || !strings.Contains(o.stdout, "dismissed") {
		t.Errorf("what is left is %s", o.stdout)
	}
	h.run("cache", "clear").check(t, exitFine, "Forgotten: 0.")
}

func TestWhereNothingIsKeptNothingIsMade(t *testing.T) {
	h := newHome(t)
	path := h.path("state", "ai-lsp", "store.db")
	for _, args := range []string{"stats", "stats --format json", "clear"} {
		h.run(append([]string{"cache"}, strings.Fields(args)...)...).check(t, exitFine, "nothing is kept yet: there is no "+path)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a store was made")
	}
}

func TestAStoreThatCanNotBeUsedIsAFaultOfTheCache(t *testing.T) {
	h := newHome(t)
	path := h.path("state", "ai-lsp", "store.db")
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"stats", "clear"} {
		o := h.run("cache", args)
		o.check(t, exitFault, path+" is no file")
		if strings.Contains(o.stdout, "Forgotten") || strings.Count(o.stderr, "\n") != 1 {
			t.Errorf("it says %q and %q", o.stdout, o.stderr)
		}
	}
}
