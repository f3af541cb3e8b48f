package review_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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
	const short, long = "a *something() b", "if~condition(value)~{ *something(value) }"
	for _, tc := range []struct {
		name, rows, kind, unit string
		want                   bool
	}{
		{"the same", short, "bug", "Stack.Push", true},
		{"another type", long, "style", "Stack.Push", false},
		{"another unit", long, "bug", "Stack.Pop", false},
		{"a unit that begins alike", long, "bug", "Stack.PushAll", false},
		{"packed with others of the type", short, "bug", "Stack", true},
		{"packed with others of the type, its neighbour edited", "x *something() b", "bug", "Stack", false},
		{"packed with anything", long, "bug", "", true},
		{"packed with anything, and little to know it by", short, "bug", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dismissed, found := bug(t, tc.rows), bug(t, tc.rows)
			if tc.rows[0] == 'x' {
				dismissed = bug(t, short)
			}
			dismissed.Unit = "Stack.Push"
			found.Unit, found.Type = tc.unit, tc.kind
			for _, way := range []string{"there", "back"} {
				d := review.NewDismissals(nil)
				add(t, d, review.Dismissal{Identity: dismissed})
				if got := d.Dismissed(found, true); got != tc.want {
					t.Errorf("%s: hidden: %v", way, got)
				}
				dismissed, found = found, dismissed
			}
		})
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
