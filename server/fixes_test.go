package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

// action is a code action with all that matters of a fix.
type action struct {
	editor.CodeAction

	IsPreferred bool `json:"isPreferred"`
}

// actionsFor asks for actions on lines (from 0), of some kinds, as a person
// (1) or the editor by itself (2) does.
func (r *room) actionsFor(uri string, lines [2]uint32, only []string, trigger int) []action {
	r.t.Helper()
	about := map[string]any{"diagnostics": []any{}}
	if only != nil {
		about["only"] = only
	}
	if trigger != 0 {
		about["triggerKind"] = trigger
	}
	var actions []action
	r.must(r.Request(r.ctx, "textDocument/codeAction", map[string]any{
		"textDocument": map[string]string{"uri": uri}, "range": editor.At(lines[0], 0, lines[1], 0), "context": about,
	}, &actions))
	return actions
}

func titled(actions []action, title string) (action, bool) {
	i := slices.IndexFunc(actions, func(a action) bool { return a.Title == title })
	if i < 0 {
		return action{}, false
	}
	return actions[i], true
}

const fixAll = "Fix all safe findings in this file"

// capabilitiesWithout is those of an editor that lacks some words of them.
func capabilitiesWithout(words ...string) string {
	caps := editor.Capabilities
	for _, w := range words {
		caps = strings.ReplaceAll(caps, w, "x"+w)
	}
	return caps
}

func TestAFixThatIsNotSafeSaysWhy(t *testing.T) {
	for _, tc := range []struct{ name, caps, fix, reason string }{
		{"one that leaves code out", editor.Capabilities, "\t// ... existing code ...", "The suggested fix is not safe to apply: it leaves code out"},
		{"one that does not parse", editor.Capabilities, "\treturn n +", "The suggested fix is not safe to apply: it does not parse"},
		{"one for an editor that shows no reason", capabilitiesWithout("disabledSupport"), "\treturn n +", ""},
		{"one for an editor that wants edits at once", capabilitiesWithout("resolveSupport"), "\treturn n +", "The suggested fix is not safe to apply: it does not parse"},
		{"none", editor.Capabilities, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := enter(t, tc.caps, nil)
			r.model.next(find(bug(4, "return n - 1", "m", tc.fix)))
			r.save(file, source)
			r.awaitFindings(file, "4 m")
			fix, there := titled(r.actionsFor(file, [2]uint32{3, 3}, nil, 1), "Fix: m")
			if there != (tc.reason != "") {
				t.Fatalf("the action is there: %v", there)
			}
			if there && (fix.Disabled == nil || fix.Disabled.Reason != tc.reason || fix.IsPreferred || fix.Edit != nil || fix.Data != nil) {
				t.Errorf("the action is %+v", fix)
			}
		})
	}
}

func TestAFixIsHeldToTheTextOfNow(t *testing.T) {
	needsGrammars(t)
	const js = "file:///project/a.js"
	for _, tc := range []struct{ name, caps string }{
		{"resolved", editor.Capabilities},
		{"in the list", capabilitiesWithout("resolveSupport")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := enter(t, tc.caps, nil)
			r.model.next(find(bug(2, "always(n);", "m", "else { always(n); }")))
			r.must(r.Open(js, "javascript", "if (n) { first(n); }\nalways(n);\n"))
			r.must(r.Save(js))
			r.awaitFindings(js, "2 m")
			// Another line is edited: the finding stands, its fix would not parse.
			r.must(r.Change(js, editor.TextEdit{Range: editor.At(0, 0, 0, 20), NewText: "first(n);"}))
			fix, there := titled(r.actionsFor(js, [2]uint32{1, 1}, nil, 1), "Fix: m")
			if !there {
				t.Fatal("the action is gone")
			}
			reason := ""
			if fix.Disabled != nil {
				reason = fix.Disabled.Reason
			} else if err := r.Choose(r.ctx, fix.CodeAction); err != nil {
				reason = err.Error()
			}
			if !strings.Contains(reason, "is not safe to apply: it does not parse") {
				t.Errorf("it was refused with %q; the text is %q", reason, r.Text(js))
			}
		})
	}
}

func TestAFixWhoseCodeHasChangedIsGone(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "\treturn n + 1")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	fix, _ := titled(r.actionsFor(file, [2]uint32{3, 3}, nil, 1), "Fix: m")
	if !fix.IsPreferred {
		t.Error("it is not preferred")
	}
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(3, 8, 3, 9), NewText: "m"}))
	err := r.Choose(r.ctx, fix.CodeAction)
	if answer, ok := errors.AsType[*editor.Error](err); !ok || answer.Code != -32801 {
		t.Errorf("the answer is %v", err)
	}
}

// threeBugs are on lines 4, 4 and 8 of source; the first two are at odds.
func threeBugs() act {
	worse := bug(4, "return n - 1", "worse", "\treturn n + 1")
	worse.Severity = "critical"
	return find(bug(4, "return n - 1", "slight", "\treturn n"), worse, bug(8, "return 2", "other", "\tn := 3\n\treturn n"))
}

const threeFixed = "package a\n\nfunc f(n int) int {\n\treturn n + 1\n}\n\nfunc g() int {\n\tn := 3\n\treturn n\n}\n"

func TestAllSafeFixesAreAppliedAtOnce(t *testing.T) {
	choose := func(ctx context.Context, r *room) error {
		all, there := titled(r.actionsFor(file, [2]uint32{0, 0}, nil, 1), fixAll)
		if !there || all.Kind != "source.fixAll.ai-lsp" || all.IsPreferred {
			t.Errorf("the action is %+v", all)
		}
		return r.Choose(ctx, all.CodeAction)
	}
	for _, tc := range []struct {
		name, caps string
		apply      func(ctx context.Context, r *room) error
	}{
		{"from an action that is resolved", editor.Capabilities, choose},
		{"from an action that has the edit", capabilitiesWithout("resolveSupport"), choose},
		{"from an edit without a version", capabilitiesWithout("resolveSupport", "documentChanges"), choose},
		{"from the command", editor.Capabilities, func(ctx context.Context, r *room) error {
			return r.Execute(ctx, "ai-lsp.fix", map[string]any{"uri": file, "all": true}, nil)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := enter(t, tc.caps, nil)
			r.model.next(threeBugs())
			r.save(file, source)
			r.awaitFindings(file, "4 slight", "4 worse", "8 other")
			r.must(tc.apply(r.ctx, r))
			if r.Text(file) != threeFixed {
				t.Errorf("the text is %q", r.Text(file))
			}
			r.awaitFindings(file)
		})
	}
}

func TestNothingIsFixedOnSaveUnlessAskedFor(t *testing.T) {
	one, several := enter(t, editor.Capabilities, nil), enter(t, editor.Capabilities, nil)
	one.model.next(find(bug(4, "return n - 1", "one", "\treturn n + 1")))
	one.save(file, source)
	one.awaitFindings(file, "4 one")
	several.model.next(threeBugs())
	several.save(file, source)
	several.awaitFindings(file, "4 slight", "4 worse", "8 other")
	for _, tc := range []struct {
		name    string
		r       *room
		only    []string
		trigger int
		want    bool
	}{
		{"a save that names ours", several, []string{"source.fixAll.ai-lsp"}, 2, true},
		{"a save that names ours, one finding", one, []string{"source.fixAll.ai-lsp"}, 2, true},
		{"a save that names everyone's", several, []string{"source.fixAll"}, 2, false},
		{"a save that names all of source", several, []string{"source"}, 2, false},
		{"a move of the cursor", several, nil, 2, false},
		{"a person who names everyone's", several, []string{"source.fixAll"}, 1, true},
		{"a person who names everyone's, one finding", one, []string{"source.fixAll"}, 1, true},
		{"a person who names source", several, []string{"source"}, 1, true},
		{"a person who names source, one finding", one, []string{"source"}, 1, false},
		{"a person who names nothing", several, nil, 1, true},
		{"a person who names nothing, one finding", one, nil, 1, false},
		{"an editor that does not say", several, nil, 0, true},
		{"a person who names quick fixes", several, []string{"quickfix"}, 1, false},
		{"a person who names ours among others", several, []string{"quickfix", "source.fixAll.ai-lsp"}, 1, true},
		{"someone else's", several, []string{"source.fixAll.eslint"}, 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			actions := tc.r.actionsFor(file, [2]uint32{0, 0}, tc.only, tc.trigger)
			if _, there := titled(actions, fixAll); there != tc.want {
				t.Errorf("it is offered: %v", there)
			}
		})
	}
}

func TestAllFixesThatAreNotSafeLeaveTheTextAlone(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "\treturn n +"), bug(8, "return 2", "o", "\t// rest of the code")))
	r.save(file, source)
	r.awaitFindings(file, "4 m", "8 o")
	err := r.Execute(r.ctx, "ai-lsp.fix", map[string]any{"uri": file, "all": true}, nil)
	if err == nil || !strings.Contains(err.Error(), "safe to apply") || r.Text(file) != source {
		t.Errorf("the answer is %v, the text %q", err, r.Text(file))
	}
}

func TestResolvingEveryActionOfAListWorks(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(8, "return 2", "o", "\treturn 3"), bug(4, "return n - 1", "m", "\treturn n +")))
	r.save(file, source)
	r.awaitFindings(file, "4 m", "8 o")
	for _, a := range r.actionsFor(file, [2]uint32{0, 9}, nil, 1) {
		var back json.RawMessage
		if err := r.Request(r.ctx, "codeAction/resolve", a, &back); err != nil || len(back) == 0 {
			t.Errorf("%s: %v", a.Title, err)
		}
	}
}
