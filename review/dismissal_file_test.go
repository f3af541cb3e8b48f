package review_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/review"
)

// teamFolder is a workspace with a team's file.
func teamFolder(t *testing.T, content string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, ".ai-lsp"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeTeam(t, folder, content)
	return folder
}

func writeTeam(t *testing.T, folder, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, filepath.FromSlash(review.TeamFile)), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readTeam(t *testing.T, folder string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(review.TeamFile)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func inTeam(folder string, store review.DismissalStore) *review.Dismissals {
	d := review.NewDismissals(store)
	d.SetRoots([]string{folder})
	return d
}

func TestATeamFileTakesTheDismissalsOfItsFolder(t *testing.T) {
	store, folder := newDrawer(), teamFolder(t, "")
	d := inTeam(folder, store)
	d.SignAs("ann")
	about := bug(t, "if~a~<~b *x~&&~y }")
	at := time.Date(2026, 11, 23, 12, 0, 0, 5, time.UTC)
	add(t, d, review.Dismissal{Identity: about, Message: "m", Reason: "r", File: filepath.Join(folder, "pkg", "a.go"), At: at})
	want := `{"id":"` + d.List()[0].ID + `","type":"bug","unit":"f","quote":["x && y"],"before":"if a < b","after":"}",` +
		`"message":"m","reason":"r","file":"pkg/a.go","at":"2026-11-23T12:00:00Z","by":"ann"}` + "\n"
	if got := readTeam(t, folder); got != want {
		t.Errorf("the file holds\n%swant\n%s", got, want)
	}
	if len(store.kept) != 0 || !d.List()[0].Shared || !d.Dismissed(about, true) {
		t.Error("it is in the store, or not shared, or shown")
	}
	add(t, d, review.Dismissal{Identity: bug(t, "a *elsewhere b"), File: filepath.Join(t.TempDir(), "b.go")})
	if len(store.kept) != 1 {
		t.Error("what is not in the folder is not in the store")
	}
	mate := inTeam(folder, newDrawer())
	if refresh(t, mate); !mate.Dismissed(about, true) {
		t.Error("a mate sees it")
	}
	if !d.IsIn(d.List()[0], filepath.Join(folder, "pkg", "a.go")) || d.IsIn(d.List()[0], filepath.Join(folder, "a.go")) {
		t.Error("it is not known by its file")
	}
}

func TestWithoutATeamFileTheStoreIsUsed(t *testing.T) {
	store, folder := newDrawer(), t.TempDir()
	d := inTeam(folder, store)
	add(t, d, review.Dismissal{Identity: bug(t, "a *x b"), File: filepath.Join(folder, "a.go")})
	if entries, _ := os.ReadDir(folder); len(entries) != 0 || len(store.kept) != 1 || len(d.Notes()) != 0 {
		t.Error("a file was made, or something is not in the store")
	}
}

func TestTheInnermostFolderTakesIt(t *testing.T) {
	outer, store := teamFolder(t, ""), newDrawer()
	inner := filepath.Join(outer, "inner")
	if err := os.MkdirAll(filepath.Join(inner, ".ai-lsp"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeTeam(t, inner, "")
	d := review.NewDismissals(store)
	d.SetRoots([]string{outer, inner})
	add(t, d, review.Dismissal{Identity: bug(t, "a *x b"), File: filepath.Join(inner, "a.go")})
	if readTeam(t, outer) != "" || readTeam(t, inner) == "" {
		t.Error("the wrong file has it")
	}
	about := bug(t, "a *x b")
	d.SetRoots([]string{outer})
	if !refresh(t, d) || d.Dismissed(about, true) {
		t.Error("a folder that is closed still hides")
	}
}

func TestRestoringInATeamFileAddsALine(t *testing.T) {
	folder := teamFolder(t, "")
	d := inTeam(folder, newDrawer())
	about := bug(t, "a *x b")
	file := filepath.Join(folder, "a.go")
	for range 3 { // over and over within one second
		add(t, d, review.Dismissal{Identity: about, Message: "m", File: file})
		if !d.Dismissed(about, true) {
			t.Fatal("it is shown")
		}
		if restored, err := d.Restore(t.Context(), d.List()[0].ID); err != nil || !restored {
			t.Fatalf("not restored: %v", err)
		}
		if d.Dismissed(about, true) || len(d.List()) != 0 {
			t.Fatal("it is hidden")
		}
	}
	if lines := strings.Count(readTeam(t, folder), "\n"); lines != 6 {
		t.Errorf("there are %d lines", lines)
	}
	if mate := inTeam(folder, nil); refresh(t, mate) && mate.Dismissed(about, true) {
		t.Error("a mate does not see it")
	}
}

func TestATeamFileMergesInAnyOrder(t *testing.T) {
	folder := teamFolder(t, "")
	d := inTeam(folder, newDrawer())
	about, other := bug(t, "a *x b"), bug(t, "a *other b")
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	add(t, d, review.Dismissal{Identity: about, File: filepath.Join(folder, "a.go"), At: at})
	if _, err := d.Restore(t.Context(), d.List()[0].ID); err != nil {
		t.Fatal(err)
	}
	add(t, d, review.Dismissal{Identity: other, File: filepath.Join(folder, "a.go"), At: at})
	lines := strings.SplitAfter(readTeam(t, folder), "\n")[:3]
	for _, order := range [][]int{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {0, 2, 1, 0}, {1, 1, 0, 2, 2, 0}} {
		var merged string
		for _, n := range order {
			merged += lines[n]
		}
		mate := inTeam(teamFolder(t, merged), nil)
		refresh(t, mate)
		if mate.Dismissed(about, true) || !mate.Dismissed(other, true) || len(mate.Notes()) != 0 {
			t.Errorf("merged as %v it is another file", order)
		}
	}
}

func TestABrokenTeamFileIsReadAsFarAsItGoes(t *testing.T) {
	folder := teamFolder(t, "")
	d := inTeam(folder, nil)
	about := bug(t, "a *x b")
	add(t, d, review.Dismissal{Identity: about, File: filepath.Join(folder, "a.go")})
	line := readTeam(t, folder)
	for _, tc := range []struct{ name, content, note string }{
		{"conflict markers", "<<<<<<< HEAD\n" + line + "=======\n" + line + ">>>>>>> other\n", ":1 is no dismissal and was skipped, and so were 2 other lines."},
		{"no end of the last line", strings.TrimSuffix(line, "\n"), ""},
		{"Windows line ends and blank lines", "\r\n" + strings.ReplaceAll(line, "\n", "\r\n") + "\r\n\r\n", ""},
		{"a byte order mark", "\uFEFF" + line, ""},
		{"half of a line", line[:40] + "\n" + line, ":1 is no dismissal and was skipped."},
		{"JSON that is something else", line + "[]\n{\"a\":1}\nnull\n{\"type\":\"bug\",\"quote\":7}\n", ":2 is no dismissal and was skipped, and so were 3 other lines."},
		{"a restored line of what nobody knows", line + `{"restored":"feedfeedfeedfeed"}` + "\n", ""},
		{"too many lines", line + strings.Repeat("\n", 20000), " is too long: only its first 10000 lines or 1024 KiB count."},
		{"too many bytes", line + strings.Repeat(strings.Repeat(" ", 1000)+"\n", 2000), " is too long: only its first 10000 lines or 1024 KiB count."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			folder := teamFolder(t, tc.content)
			d := inTeam(folder, newDrawer())
			refresh(t, d)
			refresh(t, d)
			if !d.Dismissed(about, true) || len(d.List()) != 1 {
				t.Error("what can be read is not there")
			}
			notes := d.Notes()
			if tc.note == "" && len(notes) > 0 || tc.note != "" && (len(notes) != 1 || !strings.HasSuffix(notes[0], "dismissed.jsonl"+tc.note)) {
				t.Errorf("it says %q", notes)
			}
			add(t, d, review.Dismissal{Identity: bug(t, "a *new b"), File: filepath.Join(folder, "a.go")})
			mate := inTeam(folder, nil)
			refresh(t, mate)
			if full := strings.Contains(tc.note, "too long"); mate.Dismissed(bug(t, "a *new b"), true) == full {
				t.Error("a new line is not read, or was added to a file that is full")
			}
			if !d.Dismissed(bug(t, "a *new b"), true) {
				t.Error("it is shown")
			}
		})
	}
}

func TestATeamFileThatIsEditedCountsAsItIs(t *testing.T) {
	folder := teamFolder(t, "")
	d := inTeam(folder, nil)
	about := bug(t, "a *x b")
	add(t, d, review.Dismissal{Identity: about, File: filepath.Join(folder, "a.go")})
	line := readTeam(t, folder)
	writeTeam(t, folder, "")
	if !refresh(t, d) || d.Dismissed(about, true) {
		t.Error("a deleted line still counts")
	}
	writeTeam(t, folder, `{"type":"BUG","unit":"f","quote":["  x  "],"before":"a","after":"b"}`)
	if !refresh(t, d) || !d.Dismissed(about, true) {
		t.Error("a line written by hand does not count")
	}
	old := time.Now().Add(-time.Hour)
	path := filepath.Join(folder, filepath.FromSlash(review.TeamFile))
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	refresh(t, d)
	if refresh(t, d) || !d.Dismissed(about, true) {
		t.Error("an old file is another each time")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if !refresh(t, d) || d.Dismissed(about, true) {
		t.Error("a file that is gone still counts")
	}
	writeTeam(t, folder, line)
	if !refresh(t, d) || !d.Dismissed(about, true) {
		t.Error("a file that came back does not count")
	}
}

func TestATeamFileThatCanNotBeUsed(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, path string)
	}{
		{"a folder in its place", func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Mkdir(path, 0o755))
		}},
		{"a link out of the workspace", func(t *testing.T, path string) {
			t.Helper()
			outside := filepath.Join(t.TempDir(), "outside.jsonl")
			must(t, os.WriteFile(outside, []byte(`{"type":"bug","unit":"f","quote":["evil"]}`+"\n"), 0o644))
			must(t, os.Symlink(outside, path))
		}},
		{"its folder a link out of the workspace", func(t *testing.T, path string) {
			t.Helper()
			outside := teamFolder(t, `{"type":"bug","unit":"f","quote":["evil"]}`+"\n")
			must(t, os.Remove(filepath.Dir(path)))
			must(t, os.Symlink(filepath.Join(outside, ".ai-lsp"), filepath.Dir(path)))
		}},
		{"a file that is read-only", func(t *testing.T, path string) {
			t.Helper()
			if os.Geteuid() == 0 {
				t.Skip("for a superuser no file is read-only")
			}
			must(t, os.WriteFile(path, nil, 0o444))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store, folder := newDrawer(), teamFolder(t, "")
			path := filepath.Join(folder, filepath.FromSlash(review.TeamFile))
			must(t, os.Remove(path))
			tc.spoil(t, path)
			d := inTeam(folder, store)
			refresh(t, d)
			about := bug(t, "a *x b")
			for range 2 {
				add(t, d, review.Dismissal{Identity: about, File: filepath.Join(folder, "a.go")})
			}
			if len(store.kept) != 1 || !d.Dismissed(about, true) || d.Dismissed(review.Identity{Type: "bug", Unit: "f", Quote: []string{"evil"}}, true) {
				t.Error("it is not in the store, or the file was read")
			}
			refresh(t, d)
			if notes := d.Notes(); !strings.Contains(strings.Join(notes, "\n"), "is kept for you alone.") || len(notes) > 2 {
				t.Errorf("it says %q", notes)
			}
			if notes := d.Notes(); len(notes) > 0 {
				t.Errorf("it says again %q", notes)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAClockThatIsAheadDoesNotKeepOthersFromDismissing(t *testing.T) {
	folder := teamFolder(t, "")
	d := inTeam(folder, nil)
	about, file := bug(t, "a *x b"), filepath.Join(folder, "a.go")
	add(t, d, review.Dismissal{Identity: about, File: file, At: time.Now().Add(1000 * time.Hour)})
	if _, err := d.Restore(t.Context(), d.List()[0].ID); err != nil {
		t.Fatal(err)
	}
	if d.Dismissed(about, true) {
		t.Error("it is not restored")
	}
	add(t, d, review.Dismissal{Identity: about, File: file})
	if refresh(t, d); !d.Dismissed(about, true) {
		t.Error("it can not be dismissed again")
	}
}

func FuzzTeamFile(f *testing.F) {
	f.Add(`{"type":"bug","quote":["x"],"at":"2026-01-01T00:00:00Z"}` + "\n" + `{"restored":"x"}`)
	f.Add("<<<<<<<\n{}\n\xff\n{\"quote\":[\"\\u0000\"],\"type\":\"\"}")
	f.Fuzz(func(t *testing.T, content string) {
		folder := teamFolder(t, content)
		d := inTeam(folder, nil)
		if _, err := d.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, one := range d.List() {
			if !d.Dismissed(one.Identity, false) || !one.Shared {
				t.Errorf("%+v is listed and does not count", one)
			}
			if _, err := d.Restore(t.Context(), one.ID); err != nil && !strings.Contains(err.Error(), "full") {
				t.Fatal(err)
			}
		}
		if left := d.List(); len(left) > 0 && len(content) < 1<<10 {
			t.Errorf("%+v is not restored", left)
		}
	})
}
