package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/editor"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// long is two functions that are units of their own. "return n - 1" stands on
// line 40, "return 2" on line 81.
var long = "package a\n\nfunc f(n int) int {\n" + strings.Repeat("\tn = step(n, 1)\n", 36) + "\treturn n - 1\n}\n" +
	"\nfunc g() int {\n\tn := 0\n" + strings.Repeat("\tn = other(n, 2)\n", 36) + "\treturn 2\n}\n"

func TestWhatIsKnownIsShownOnOpenAtNoCost(t *testing.T) {
	first := enter(t, editor.Capabilities, nil)
	first.model.next(find(bug(40, "return n - 1", "m", "\treturn n"), bug(81, "return 2", "n", "")))
	first.save(file, long)
	first.awaitFindings(file, "40 m", "81 n")

	t.Run("in another window, in a file of another name", func(t *testing.T) {
		r := enterBeside(t, first.cache, editor.Capabilities, nil)
		const other = "file:///elsewhere/b.go"
		r.must(r.Open(other, "go", "package a\n\nvar x int\n"+strings.TrimPrefix(long, "package a\n")))
		r.awaitFindings(other, "42 m", "83 n")
		actions, err := r.Actions(r.ctx, other, editor.At(41, 1, 41, 1))
		r.must(err)
		r.must(r.Choose(r.ctx, actions[0]))
		if !strings.Contains(r.Text(other), "\n\treturn n\n") {
			t.Errorf("after the fix, the text is\n%s", r.Text(other))
		}
		if n := r.model.count(); n != 0 {
			t.Errorf("it cost %d calls", n)
		}
	})
	t.Run("and a save of it asks nothing", func(t *testing.T) {
		r := enterBeside(t, first.cache, editor.Capabilities, nil)
		r.save(file, long)
		r.awaitFindings(file, "40 m", "81 n")
		result, err := r.review(file)
		r.must(err)
		if result.Calls != 0 || result.Cached != result.Units || result.Findings != 2 || r.model.count() != 0 {
			t.Errorf("%+v, %d calls", result, r.model.count())
		}
	})
	t.Run("after the text came back to it", func(t *testing.T) {
		r := enterBeside(t, first.cache, editor.Capabilities, nil)
		r.must(r.Open(file, "go", "package a\n"))
		r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 1, 0), NewText: long})) // a branch was switched
		r.awaitFindings(file, "40 m", "81 n")
		if n := r.model.count(); n != 0 {
			t.Errorf("it cost %d calls", n)
		}
	})
	t.Run("but not what is excluded by now", func(t *testing.T) {
		r := enterBeside(t, first.cache, editor.Capabilities, map[string]any{"privacy.exclude": []string{"a.go"}})
		r.save(file, long)
		r.must(r.Await(r.ctx, func(s *editor.State) bool { return len(s.Logged) > 0 })) // that it is not reviewed
		r.awaitFindings(file)
	})
}

func TestASaveAsksAboutWhatChangedSinceTheCommit(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	base := text.New(file, "go", 0, long)
	changed := strings.Replace(long, "return 2", "return 3", 1)
	r.changed.Store(&handlers.Change{Lines: []syntax.Lines{{First: 80, Last: 80}}, Base: base})
	r.model.next(find(bug(81, "return 3", "near", ""), bug(60, "n = other(n, 2)", "far", "")))
	r.save(file, changed)
	r.awaitFindings(file, "81 near")
	sent := r.model.calls[0].Messages[len(r.model.calls[0].Messages)-1].Content
	if strings.Contains(sent, "step(n, 1)") || !strings.Contains(sent, "81| \treturn 3\n") {
		t.Errorf("sent:\n%s", sent)
	}

	t.Run("a command asks about it too, and pays nothing twice", func(t *testing.T) {
		var result reviewResult
		r.must(r.Execute(r.ctx, "ai-lsp.review", map[string]string{"uri": file, "scope": "changed"}, &result))
		if result.Units != 1 || result.Findings != 1 || r.model.count() != 1 {
			t.Errorf("%+v, %d calls", result, r.model.count())
		}
	})
	t.Run("a review of the file asks about the rest", func(t *testing.T) {
		r.model.next(find())
		result, err := r.review(file)
		r.must(err)
		if result.Calls != 1 || result.Cached != 1 {
			t.Errorf("%+v", result)
		}
		r.awaitFindings(file, "60 far", "81 near")
	})
	t.Run("a file as it was committed is not asked about", func(t *testing.T) {
		same := enter(t, editor.Capabilities, nil)
		same.changed.Store(&handlers.Change{Base: base})
		same.save(file, long)
		var result reviewResult
		same.must(same.Execute(same.ctx, "ai-lsp.review", map[string]string{"uri": file, "scope": "changed"}, &result))
		if result != (reviewResult{}) || same.model.count() != 0 {
			t.Errorf("%+v, %d calls", result, same.model.count())
		}
	})
	t.Run("a function that was only moved is not asked about", func(t *testing.T) {
		moved := enter(t, editor.Capabilities, nil)
		moved.changed.Store(&handlers.Change{Lines: []syntax.Lines{{First: 2, Last: 40}}, Base: base})
		moved.must(moved.Open(file, "go", long))
		var result reviewResult
		moved.must(moved.Execute(moved.ctx, "ai-lsp.review", map[string]string{"uri": file, "scope": "changed"}, &result))
		if result.Calls != 0 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("with review.scope file, all of it is", func(t *testing.T) {
		all := enter(t, editor.Capabilities, map[string]any{"review.scope": "file"})
		all.changed.Store(&handlers.Change{Base: base})
		all.model.next(find(bug(81, "return 2", "found", "")))
		all.save(file, long)
		all.awaitFindings(file, "81 found")
	})
}

func TestASecondLookFollowsWhatAPersonStarts(t *testing.T) {
	verdict := say(`{"verdicts":[{"index":1,"keep":false,"reason":"No."},{"index":2,"keep":true,"reason":""}]}`)
	found := find(bug(40, "return n - 1", "doubtful", ""), bug(81, "return 2", "sure", ""))
	for _, tc := range []struct {
		verify  string
		byHand  bool
		calls   int
		visible []string
	}{
		{"explicit", true, 2, []string{"81 sure"}},
		{"explicit", false, 1, []string{"40 doubtful", "81 sure"}},
		{"always", false, 2, []string{"81 sure"}},
		{"off", true, 1, []string{"40 doubtful", "81 sure"}},
	} {
		t.Run(fmt.Sprintf("%s, by a person: %v", tc.verify, tc.byHand), func(t *testing.T) {
			r := enter(t, editor.Capabilities, map[string]any{"review.verify": tc.verify})
			r.model.next(found, verdict)
			r.must(r.Open(file, "go", long))
			if tc.byHand {
				result, err := r.review(file)
				r.must(err)
				if result.Calls != tc.calls || result.Findings != len(tc.visible) {
					t.Errorf("%+v", result)
				}
			} else {
				r.must(r.Save(file))
			}
			r.awaitFindings(file, tc.visible...)
			r.model.await(t, func(made, ended int) bool { return made == tc.calls && ended == made })
		})
	}
}

func TestClearingTheCacheMakesTheNextReviewAsk(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(), find())
	r.must(r.Open(file, "go", long))
	_, err := r.review(file)
	r.must(err)
	var cleared struct{ Cleared int }
	r.must(r.Execute(r.ctx, "ai-lsp.clearCache", map[string]any{}, &cleared))
	result, err := r.review(file)
	r.must(err)
	var status struct{ Cache struct{ Hits, Misses int } }
	r.must(r.Execute(r.ctx, "ai-lsp.status", map[string]any{}, &status))
	if cleared.Cleared < 2 || result.Calls != 1 || status.Cache.Hits != 0 || status.Cache.Misses != 2*result.Units {
		t.Errorf("%d cleared, then %+v, status %+v", cleared.Cleared, result, status)
	}
}

func TestADismissalOutlivesTheReviewAndCanBeTakenBack(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(40, "return n - 1", "m", ""), bug(81, "return 2", "n", "")))
	r.save(file, long)
	r.awaitFindings(file, "40 m", "81 n")
	var id struct{ Finding string }
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		return json.Unmarshal(s.Diagnostics[file].Diagnostics[0].Data, &id) == nil
	}))
	r.must(r.Execute(r.ctx, "ai-lsp.dismiss", map[string]string{"uri": file, "finding": id.Finding, "reason": "on purpose"}, nil))
	r.awaitFindings(file, "81 n")
	var list struct {
		Dismissed []struct{ ID, Type, Unit, Message, Reason string }
	}
	r.must(r.Execute(r.ctx, "ai-lsp.dismissed", map[string]string{"uri": file}, &list))
	if len(list.Dismissed) != 1 || list.Dismissed[0].Reason != "on purpose" || list.Dismissed[0].Unit != "f" {
		t.Fatalf("%+v", list)
	}
	r.must(r.Close(file))
	r.awaitFindings(file)
	r.must(r.Open(file, "go", "package a\n\n// moved\n"+strings.TrimPrefix(long, "package a\n")))
	r.awaitFindings(file, "83 n")
	var restored struct{ Restored bool }
	r.must(r.Execute(r.ctx, "ai-lsp.restore", map[string]string{"dismissal": list.Dismissed[0].ID}, &restored))
	if !restored.Restored {
		t.Error("it was not restored")
	}
	r.awaitFindings(file, "42 m", "83 n")
}

func TestACommentInTheCodeSilencesAFinding(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(40, "return n - 1", "m", "")))
	r.save(file, long)
	r.awaitFindings(file, "40 m")
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(39, 0, 39, 0), NewText: "\t// ai-lsp: ignore bug\n"}))
	r.awaitFindings(file)
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(39, 0, 40, 0), NewText: ""}))
	r.awaitFindings(file, "40 m")
}

func TestWhatWasFoundBeforeAFailureIsAnAnswer(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", long))
	gate := make(chan struct{})
	close(gate)
	first := `{"severity":"warning","issues":[{"line":40,"end_line":40,"quote":"return n - 1","type":"bug",` +
		`"severity":"warning","message":"first","explanation":"","suggested_fix":"","confidence":0.9}`
	r.model.next(then(first, gate, fail(&llm.Error{Class: llm.ClassRetry, Say: "Gone."})))
	result, err := r.review(file)
	r.must(err)
	if result.Findings != 1 || !result.Partial {
		t.Errorf("%+v", result)
	}
	r.awaitFindings(file, "40 first")
}
