package main

import (
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestALongAnswerIsShownAsAFileThatGoesWithTheSession(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(s *session)
	}{
		{"shutdown", func(s *session) { s.leave() }},
		{"the end of input", func(s *session) { s.must(s.stdin.Close()); s.wait() }},
		{"SIGTERM", func(s *session) { s.must(s.cmd.Process.Signal(syscall.SIGTERM)); s.wait() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.name == "SIGTERM" && runtime.GOOS == "windows" {
				t.Skip("Windows has no such signal for another process")
			}
			u := play(t, answer)
			h := newHome(t)
			s := h.enter(u.settings())
			s.open()
			s.awaitModel("played")
			markdown, err := s.explain()
			s.must(err)
			_, err = s.explain()
			s.must(err)
			shown := pathIn(t, s.shownDocument(1))
			content, err := os.ReadFile(shown)
			s.must(err)
			if want := "# a.go line 3\n\n" + markdown; string(content) != want || !strings.Contains(markdown, "subtracts") {
				t.Errorf("the file holds %q, want %q", content, want)
			}
			folder := filepath.Dir(shown)
			if filepath.Dir(folder) != h.path("cache", "ai-lsp", "answers") {
				t.Errorf("it lies in %s", folder)
			}
			checkMode(t, shown, 0o600)
			checkMode(t, folder, 0o700)
			if second := pathIn(t, s.shownDocument(2)); second == shown || filepath.Dir(second) != folder {
				t.Errorf("the second answer is %s", second)
			}
			tc.end(s)
			if _, err := os.Stat(folder); !os.IsNotExist(err) {
				t.Errorf("after the end, its folder is there: %v", err)
			}
		})
	}
}

// pathIn is the path that a file URI names.
func pathIn(t *testing.T, uri string) string {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		t.Fatalf("%q is no URI of a file: %v", uri, err)
	}
	path := u.Path
	if runtime.GOOS == "windows" {
		path = strings.TrimPrefix(path, "/")
	}
	return filepath.FromSlash(path)
}

func TestNamesOfAnswersAreFitForFiles(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"a.go line 3", "1-a.go-line-3.md"},
		{"../../etc/passwd", "1-etc-passwd.md"},
		{"żółć 😀.go", "1-żółć-.go.md"},
		{"???", "1-.md"},
		{strings.Repeat("ż", 60), "1-" + strings.Repeat("ż", 40) + ".md"},
		{"x" + strings.Repeat("ż", 60), "1-x" + strings.Repeat("ż", 39) + ".md"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := &answers{folder: t.TempDir()}
			uri, err := a.keep(tc.name, "text")
			if err != nil {
				t.Fatal(err)
			}
			if got := filepath.Base(pathIn(t, uri)); got != tc.want || filepath.Dir(pathIn(t, uri)) != a.folder {
				t.Errorf("it is kept as %s, want %s", pathIn(t, uri), tc.want)
			}
		})
	}
}

func TestTwoServersInOneHomeDoNotDisturbEachOther(t *testing.T) {
	u := play(t, answer)
	h := newHome(t)
	log := h.path("shared.log")
	h.config("[log]\nfile = \"" + filepath.ToSlash(log) + "\"\n[cache]\nttl.explain = \"0s\"\n")
	one, two := h.enter(u.settings()), h.enter(u.settings())
	var kept []string
	for _, s := range []*session{one, two} {
		s.open()
		s.awaitModel("played")
		s.must(s.review())
		_, err := s.explain()
		s.must(err)
		kept = append(kept, pathIn(t, s.shownDocument(1)))
	}
	if filepath.Dir(kept[0]) == filepath.Dir(kept[1]) {
		t.Error("both keep their answers in one folder")
	}
	one.leave()
	if _, err := os.Stat(kept[1]); err != nil {
		t.Errorf("the end of one took the answer of the other: %v", err)
	}
	_, err := two.explain()
	two.must(err)
	u.Close() // so that there is something to log
	if _, err := two.explain(); err == nil {
		t.Error("a model that is gone explains")
	}
	checkLogged(t, log, "model call failed")
	two.leave()
	left, err := os.ReadDir(h.path("cache", "ai-lsp", "answers"))
	if err != nil || len(left) != 0 {
		t.Errorf("answers are left: %v, %v", left, err)
	}
}

func TestWhatKilledSessionsLeftIsSweptAfterAWeek(t *testing.T) {
	parent := t.TempDir()
	ago := func(name string, days int) {
		path := filepath.Join(parent, name)
		when := time.Now().AddDate(0, 0, -days)
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	ago("session-old", 8)
	ago("session-young", 6)
	ago("other", 8)
	sweep(parent)
	left, err := filepath.Glob(filepath.Join(parent, "*"))
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != "other" || filepath.Base(left[1]) != "session-young" {
		t.Errorf("left are %v, %v", left, err)
	}
}
