package settings_test

import (
	"encoding/json"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// checkReload reloads and compares what came of it.
func checkReload(t *testing.T, w world, wantChanged bool, wantProblems ...string) {
	t.Helper()
	changed, problems := w.Reload()
	if changed != wantChanged {
		t.Errorf("changed = %v, want %v", changed, wantChanged)
	}
	checkProblems(t, problems, wantProblems...)
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 11"})
	checkReload(t, w, false)

	write(t, w.user, "review.maxFindings = 12") // the same size, within one tick of many clocks
	checkReload(t, w, true)
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "12 user"})

	write(t, w.workspace, "review.maxFindings = 2\nlog.level = 'debug'")
	checkReload(t, w, true, "refused: log.level")
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "2 workspace"})
	checkReload(t, w, false)

	for _, path := range []string{w.user, w.workspace} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	checkReload(t, w, true)
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "20 default"})
	checkProblems(t, w.Problems())
}

// On a file system with a coarse clock, two writes can carry the same time.
func TestAYoungFileIsReadAgainThoughItLooksTheSame(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 11"})
	info, err := os.Stat(w.user)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w.user, "review.maxFindings = 12")
	if err := os.Chtimes(w.user, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	checkReload(t, w, true)
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "12 user"})
}

func TestAnOldFileIsNotReadAgain(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 11"})
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(w.user, long, long); err != nil {
		t.Fatal(err)
	}
	before := w.Now()
	checkReload(t, w, false)
	if w.Now() != before {
		t.Error("equal settings are two values")
	}
	// The same size and time, and so nothing to see without reading.
	write(t, w.user, "review.maxFindings = 12")
	if err := os.Chtimes(w.user, long, long); err != nil {
		t.Fatal(err)
	}
	checkReload(t, w, false)
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "11 user"})
}

func TestAFileThatBreaksKeepsWhatItSaid(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 11", workspace: "review.minConfidence = 0.8"})
	write(t, w.user, "review.maxFindings = \n")
	write(t, w.workspace, "[review\n")
	checkReload(t, w, false,
		"config.toml:1:22: This is not valid TOML: *; what was there before still holds.",
		".ai-lsp.toml:1:8: This is not valid TOML: *; what was there before still holds.")
	want := func() map[string]string {
		return map[string]string{"review.maxFindings": "11 user", "review.minConfidence": "0.8 workspace"}
	}
	checkValues(t, w.Live, want())

	w.SetWorkspace([]string{w.root, t.TempDir()}) // a folder more: the file is still broken
	checkValues(t, w.Live, want())

	write(t, w.user, "review.maxFindings = 13")
	write(t, w.workspace, "")
	checkReload(t, w, true)
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "13 user", "review.minConfidence": "0.5 default"})
	checkProblems(t, w.Problems())
}

func TestAFileThatIsBrokenFromTheStartSaysNothing(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 11\nreview.maxFindings = 12"})
	checkProblems(t, w.Problems(), "config.toml:2:1: This is not valid TOML: *already defined; nothing is sent until it is mended.")
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "20 default"})
}

func TestListenersHearOfEachChangeInOrder(t *testing.T) {
	w := open(t, said{})
	var heard []int
	w.OnChange(func(old, now *settings.Settings) {
		if old.Review.MaxFindings == now.Review.MaxFindings {
			t.Error("a listener heard of no change")
		}
		if w.Now() != now {
			t.Error("a listener heard before the change was there")
		}
		heard = append(heard, now.Review.MaxFindings)
	})
	for _, sent := range []string{
		`{"review": {"maxFindings": 3}}`, `{"review": {"maxFindings": 3}}`, `{"review": {"maxFindings": 0}}`,
		`{"review": {"maxFindings": 20, "nonsense": 1}}`, `{"review": {"maxFindings": 4}}`,
	} {
		w.SetEditor(json.RawMessage(sent))
	}
	if len(heard) != 3 || heard[0] != 3 || heard[1] != 20 || heard[2] != 4 {
		t.Errorf("heard %v", heard)
	}
}

func TestSettingsOfOneMomentDoNotChange(t *testing.T) {
	w := open(t, said{user: "privacy.exclude = ['a']"})
	before := w.Now()
	w.SetEditor(json.RawMessage(`{"privacy": {"exclude": ["b"]}, "review": {"on": "open"}}`))
	if len(before.Privacy.Exclude) != 1 || before.Review.On != settings.OnSave {
		t.Errorf("the earlier settings became %+v", before)
	}
}

func TestManyMayReadWhileOneWrites(t *testing.T) {
	w := open(t, said{})
	w.OnChange(func(_, _ *settings.Settings) { w.Values() })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				if now := w.Now(); now.Review.MaxFindings != 20 && now.Review.MaxFindings != 3 {
					t.Errorf("maxFindings = %d", now.Review.MaxFindings)
				}
				w.Problems()
				w.Values()
			}
		})
	}
	for _, sent := range []string{`{"review": {"maxFindings": 3}}`, `{"review": {"maxFindings": 20}}`} {
		all.Go(func() {
			for range 100 {
				w.SetEditor(json.RawMessage(sent))
				w.Reload()
			}
		})
	}
	all.Wait()
}
