package review_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// drawer is a store that several windows share, and that can fail.
type drawer struct {
	mu         sync.Mutex
	kept       map[string]review.Dismissal
	generation int64
	lists      int
	fault      error
}

func newDrawer() *drawer { return &drawer{kept: map[string]review.Dismissal{}} }

func (s *drawer) List(context.Context) ([]review.Dismissal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists++
	var all []review.Dismissal
	for _, d := range s.kept {
		all = append(all, d)
	}
	return all, s.fault
}

func (s *drawer) Put(_ context.Context, d review.Dismissal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		s.kept[d.ID], s.generation = d, s.generation+1
	}
	return s.fault
}

func (s *drawer) Delete(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		delete(s.kept, id)
		s.generation++
	}
	return s.fault
}

func (s *drawer) Generation(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation, s.fault
}

func (s *drawer) fail(fault error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// bug is the identity of a bug on a row of a text, all of which is one unit.
func bug(t *testing.T, rows string) review.Identity {
	t.Helper()
	doc, first, last := marked(rows)
	if first < 0 {
		t.Fatal("nothing is marked")
	}
	return review.QuoteOf(doc, whole(doc), first, last).Identity("bug", "f")
}

// sole says that what is marked stands once.
func sole(t *testing.T, rows string) bool {
	t.Helper()
	doc, first, last := marked(rows)
	return review.StandsOnce(doc, whole(doc), first, last)
}

func add(t *testing.T, d *review.Dismissals, one review.Dismissal) {
	t.Helper()
	if err := d.Add(t.Context(), one); err != nil {
		t.Fatal(err)
	}
}

func refresh(t *testing.T, d *review.Dismissals) (changed bool) {
	t.Helper()
	changed, err := d.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestADismissalHidesTheSameFinding(t *testing.T) {
	for _, tc := range []struct {
		name, dismissed, found string
		want                   bool
	}{
		{"again", "a *x b", "a *x b", true},
		{"elsewhere in the file", "a *x b", "_ _ new a *x b", true},
		{"indented anew", "a *x~y b", "~a *~~x~y ~b", true},
		{"other code reformatted", "a~b *x b", "a~~b _ *x _ b", true},
		{"its neighbour edited", "a *something() b", "new *something() b", true},
		{"its neighbour edited, without words", "a *} b", "new *} b", true},
		{"both neighbours edited", "a *something() b", "new *something() other", true},
		{"both neighbours edited, without words", "a *} b", "new *} other", false},
		{"its own code edited", "a *x b", "a *y b", false},
		{"its own code commented", "a *x b", "a *x~//~fine b", false},
		{"one more line of it", "a *x b", "a *x *b", false},
		{"an equal line in the unit", "a *x b", "a x b c *x d", false},
		{"a twin of it with the same neighbours", "a *x b", "a x b a *x b", true},
		{"its neighbour edited and a twin in the unit", "a *something() b", "new *something() b something()", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := review.NewDismissals(nil)
			add(t, d, review.Dismissal{Identity: bug(t, tc.dismissed)})
			if got := d.Dismissed(bug(t, tc.found), sole(t, tc.found)); got != tc.want {
				t.Errorf("hidden: %v", got)
			}
			refresh(t, d)
			if got := d.Dismissed(bug(t, tc.found), sole(t, tc.found)); got != tc.want {
				t.Errorf("hidden once it has been read back: %v", got)
			}
		})
	}
}

func TestADismissalIsOfOneTypeAndUnit(t *testing.T) {
	d := review.NewDismissals(nil)
	add(t, d, review.Dismissal{Identity: bug(t, "a *something() b")})
	for _, tc := range []struct {
		name   string
		change func(*review.Identity)
	}{
		{"another type", func(i *review.Identity) { i.Type = "style" }},
		{"another unit", func(i *review.Identity) { i.Unit = "g" }},
		{"no unit", func(i *review.Identity) { i.Unit = "" }},
	} {
		other := bug(t, "a *something() b")
		tc.change(&other)
		if d.Dismissed(other, true) {
			t.Errorf("%s is hidden", tc.name)
		}
	}
}

func TestUnitsWithoutANameNeedANeighbour(t *testing.T) {
	nameless := func(rows string) review.Identity {
		about := bug(t, rows)
		about.Unit = ""
		return about
	}
	d := review.NewDismissals(nil)
	add(t, d, review.Dismissal{Identity: nameless("a *something() b")})
	for rows, want := range map[string]bool{
		"a *something() b": true, "a *something() c": true, "c *something() d": false, "*something()": false,
	} {
		if got := d.Dismissed(nameless(rows), true); got != want {
			t.Errorf("%q is hidden: %v", rows, got)
		}
	}
}

func TestDismissalsAreSharedByWindowsAndSurviveThem(t *testing.T) {
	store := newDrawer()
	one, two := review.NewDismissals(store), review.NewDismissals(store)
	about := bug(t, "a *x b")
	refresh(t, two)
	add(t, one, review.Dismissal{Identity: about, Message: "m"})
	if two.Dismissed(about, true) {
		t.Error("known without a look")
	}
	if !refresh(t, two) || !two.Dismissed(about, true) {
		t.Error("the other window does not know it")
	}
	if refresh(t, two) {
		t.Error("nothing has changed since")
	}
	restored, err := two.Restore(t.Context(), two.List()[0].ID)
	if err != nil || !restored || two.Dismissed(about, true) {
		t.Errorf("not restored: %v %v", restored, err)
	}
	refresh(t, one)
	if one.Dismissed(about, true) || len(one.List()) != 0 {
		t.Error("the first window still hides it")
	}
	if restored, err := two.Restore(t.Context(), "gone"); err != nil || restored {
		t.Errorf("restored what is not there: %v", err)
	}
}

func TestOnlyAChangedStoreIsRead(t *testing.T) {
	store := newDrawer()
	d := review.NewDismissals(store)
	for range 5 {
		refresh(t, d)
	}
	if store.lists != 1 {
		t.Errorf("read %d times", store.lists)
	}
}

func TestWhatCanNotBeWrittenStaysHiddenAndIsWrittenLater(t *testing.T) {
	store := newDrawer()
	d := review.NewDismissals(store)
	fault := errors.New("the disk is full")
	store.fail(fault)
	about := bug(t, "a *x b")
	if err := d.Add(t.Context(), review.Dismissal{Identity: about}); !errors.Is(err, fault) {
		t.Errorf("the error is %v", err)
	}
	if _, err := d.Refresh(t.Context()); !errors.Is(err, fault) {
		t.Errorf("the error is %v", err)
	}
	if !d.Dismissed(about, true) || len(d.List()) != 1 {
		t.Error("it is shown again")
	}
	store.fail(nil)
	refresh(t, d)
	if len(store.kept) != 1 || !d.Dismissed(about, true) {
		t.Error("it was not written")
	}
}

func TestHidingComesBeforeWriting(t *testing.T) {
	store := newDrawer()
	d := review.NewDismissals(store)
	about := bug(t, "a *x b")
	keep, err := d.Hide(review.Dismissal{Identity: about})
	if err != nil || !d.Dismissed(about, true) || len(store.kept) != 0 {
		t.Fatalf("not hidden, or written: %v", err)
	}
	if restored, err := d.Restore(t.Context(), d.List()[0].ID); err != nil || !restored {
		t.Fatalf("not restored: %v", err)
	}
	if err := keep(t.Context()); err != nil || len(store.kept) != 0 || d.Dismissed(about, true) {
		t.Error("what was restored meanwhile came back")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	keep, _ = d.Hide(review.Dismissal{Identity: about})
	if err := keep(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	refresh(t, d)
	if len(store.kept) != 1 || !d.Dismissed(about, true) {
		t.Error("it was not written")
	}
}

func TestADismissalIsSafeToRead(t *testing.T) {
	d := review.NewDismissals(nil)
	d.SignAs("ann")
	add(t, d, review.Dismissal{
		Identity: bug(t, "a *x b"), Message: "see [this](command:x)\x1b[31m", Reason: "a\nb " + strings.Repeat("é", 300),
		File: "/etc/\u202egpj.go\nx",
	})
	got := d.List()[0]
	if strings.ContainsAny(got.Message+got.Reason+got.File, "\x1b\u202e\n") || strings.Contains(got.Message, "](") {
		t.Errorf("it holds what acts: %+v", got)
	}
	if len(got.Reason) > 300 || !strings.HasPrefix(got.Reason, "a b é") || got.By != "ann" || got.ID == "" || got.At.IsZero() {
		t.Errorf("got %+v", got)
	}
	for _, empty := range []review.Identity{{}, {Type: "bug"}, {Type: "bug", Quote: []string{" ", ""}}, {Quote: []string{"x"}}} {
		if d.Add(t.Context(), review.Dismissal{Identity: empty}) == nil {
			t.Errorf("%+v is dismissed", empty)
		}
	}
	var none *review.Dismissals
	if none.Dismissed(bug(t, "a *x b"), true) {
		t.Error("nothing at all dismisses")
	}
}

func TestManyMayUseDismissalsAtOnce(t *testing.T) {
	store, folder := newDrawer(), teamFolder(t, "")
	var all sync.WaitGroup
	for w := range 4 {
		d := review.NewDismissals(store)
		d.SetRoots([]string{folder})
		for n := range 20 {
			all.Go(func() {
				one := review.Dismissal{Identity: bug(t, fmt.Sprintf("a *x%d-%d b", w, n))}
				if n%2 == 0 {
					one.File = filepath.Join(folder, "a.go")
				}
				if err := d.Add(t.Context(), one); err != nil {
					t.Error(err)
				}
				_, _ = d.Refresh(t.Context())
				if !d.Dismissed(one.Identity, true) {
					t.Error("it is shown")
				}
			})
		}
	}
	all.Wait()
	d := review.NewDismissals(store)
	d.SetRoots([]string{folder})
	refresh(t, d)
	if got := len(d.List()); got != 80 || len(d.Notes()) > 0 {
		t.Errorf("%d of 80 are there", got)
	}
}

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

func BenchmarkDismissed(b *testing.B) {
	d := review.NewDismissals(newDrawer())
	var about review.Identity
	for n := range 10_000 {
		doc := text.New(uri, "go", 1, fmt.Sprintf("a\nx%d()\nb", n))
		about = review.QuoteOf(doc, syntax.Lines{Last: 2}, 1, 1).Identity("bug", "f")
		if err := d.Add(b.Context(), review.Dismissal{Identity: about}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := d.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		d.Dismissed(about, true)
	}
}
