package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

// awaitFinding waits until the document shows just the finding of answer.
func (s *session) awaitFinding() {
	s.home.t.Helper()
	s.must(s.Await(s.home.ctx, func(state *editor.State) bool {
		shown := state.Diagnostics[s.uri].Diagnostics
		return len(shown) == 1 && shown[0].Message == "Off by one."
	}))
}

func TestWhatIsKnownOutlivesTheProcess(t *testing.T) {
	u := play(t, answer)
	h := newHome(t)
	first := h.enter(u.settings())
	first.open()
	first.must(first.review())
	u.next()
	first.leave()
	checkMode(t, h.path("state", "ai-lsp"), 0o700)
	checkMode(t, h.path("state", "ai-lsp", "store.db"), 0o600)

	second := h.enter(u.settings())
	second.open()
	second.awaitFinding()
	var result struct{ Findings, Units, Calls, Cached int }
	second.must(second.Execute(h.ctx, "ai-lsp.review", map[string]string{"uri": second.uri}, &result))
	second.leave()
	if result.Calls != 0 || result.Cached != result.Units || result.Findings != 1 || len(u.calls) != 0 {
		t.Errorf("%+v, %d calls", result, len(u.calls))
	}
}

func TestADismissalOutlivesTheProcess(t *testing.T) {
	u := play(t, answer)
	h := newHome(t)
	first := h.enter(u.settings())
	first.open()
	first.must(first.review())
	first.awaitFinding()
	var data struct{ Finding string }
	first.must(first.Await(h.ctx, func(state *editor.State) bool {
		return json.Unmarshal(state.Diagnostics[first.uri].Diagnostics[0].Data, &data) == nil
	}))
	argument := map[string]string{"uri": first.uri, "finding": data.Finding, "reason": "it is meant so"}
	first.must(first.Execute(h.ctx, "ai-lsp.dismiss", argument, nil))
	first.leave()

	second := h.enter(u.settings())
	second.open()
	var result struct{ Findings, Cached int }
	second.must(second.Execute(h.ctx, "ai-lsp.review", map[string]string{"uri": second.uri}, &result))
	second.leave()
	if result.Findings != 0 || result.Cached != 1 {
		t.Errorf("%+v", result)
	}
	h.run("dismissed").check(t, exitFine, "Off by one.", "it is meant so")
}

func TestTwoWindowsAskAboutTheSameCodeOnce(t *testing.T) {
	gate := make(chan struct{})
	u := play(t, func(w http.ResponseWriter, r *http.Request, c call) {
		<-gate
		answer(w, r, c)
	})
	h := newHome(t)
	one, two := h.enter(u.settings()), h.enter(u.settings())
	argument := map[string]string{"uri": one.uri, "scope": "file"}
	one.open()
	first := one.start("ai-lsp.review", argument)
	u.next()
	two.open()
	second := two.start("ai-lsp.review", argument)
	two.must(two.Await(h.ctx, func(state *editor.State) bool { return len(state.Progress) > 0 }))
	close(gate)
	for _, p := range []*editor.Pending{first, second} {
		one.must(p.Wait(h.ctx, nil))
	}
	two.awaitFinding()
	one.leave()
	two.leave()
	if len(u.calls) != 0 {
		t.Errorf("%d calls more than one", len(u.calls))
	}
}

func TestAStoreThatCannotBeUsedCostsOneNote(t *testing.T) {
	newer := func(t *testing.T, path string) {
		t.Helper()
		// What a later version of the program leaves behind.
		u := play(t, answer)
		h := newHome(t)
		s := h.enter(u.settings(), "--set", "store.url=sqlite:"+path)
		s.open()
		s.must(s.review())
		s.leave()
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		if _, err := file.WriteAt([]byte{0, 0, 1, 0}, 60); err != nil { // user_version, in the file's header
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name string
		make func(t *testing.T, path string)
		keep bool // the file stays as it is
	}{
		{"random bytes", func(t *testing.T, path string) { writeFile(t, path, strings.Repeat("no database ", 1000)) }, false},
		{"a database cut short", func(t *testing.T, path string) {
			newer(t, path)
			if err := os.Truncate(path, 5000); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a newer version", newer, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := play(t, answer)
			h := newHome(t)
			path := filepath.Join(t.TempDir(), "store.db")
			tc.make(t, path)
			before, _ := os.ReadFile(path)
			s := h.enter(u.settings(), "--set", "store.url=sqlite:"+path)
			s.open()
			s.must(s.review())
			s.awaitFinding()
			s.must(s.Await(h.ctx, func(state *editor.State) bool { return len(state.Logged) > 0 }))
			s.must(s.review())
			s.leave()
			notes := 0
			for _, m := range s.Messages() {
				if m.Method == "window/logMessage" || m.Method == "window/showMessage" {
					notes++
				}
			}
			if notes != 1 || len(u.calls) != 1 {
				t.Errorf("%d notes, %d calls", notes, len(u.calls))
			}
			if after, _ := os.ReadFile(path); tc.keep && string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestASaveInARepositoryAsksAboutWhatChanged(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	u := play(t, answer)
	h := newHome(t)
	filler := "\nfunc g(n int) int {\n" + strings.Repeat("\tn += other(n)\n", 40) + "\treturn n\n}\n"
	h.write("work/a.go", strings.Replace(source, "n - 1", "n", 1)+filler)
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "a.go"}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"},
	} {
		git := exec.CommandContext(h.ctx, "git", append([]string{"-C", h.path("work")}, args...)...)
		git.Env = append(os.Environ(), "HOME="+h.path("user"), "GIT_CONFIG_NOSYSTEM=1")
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	s := h.enter(u.settings())
	s.must(s.Open(s.uri, "go", source+filler))
	s.must(s.Save(s.uri))
	s.awaitFinding()
	messages, _ := json.Marshal(u.next().body["messages"])
	if !strings.Contains(string(messages), `4| \treturn n - 1`) || strings.Contains(string(messages), "other(n)") {
		t.Errorf("sent: %s", messages)
	}
	s.leave()
}
