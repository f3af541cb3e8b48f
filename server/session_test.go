package server_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/editor"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/server"
)

const (
	file   = "file:///project/a.go"
	source = "package a\n\nfunc f(n int) int {\n\treturn n - 1\n}\n\nfunc g() int {\n\treturn 2\n}\n"
)

func TestASavedFileGetsItsFindingsOneByOne(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	gate := make(chan struct{})
	first := `{"severity":"warning","issues":[{"line":4,"end_line":4,"quote":"return n - 1","type":"bug",` +
		`"severity":"warning","message":"first","explanation":"","suggested_fix":"","confidence":0.9}`
	rest := `,{"line":8,"end_line":8,"quote":"return 2","type":"style","severity":"info","message":"second",` +
		`"explanation":"","suggested_fix":"","confidence":0.9}],"summary":"s"}`
	r.model.next(then(first, gate, say(rest)))
	r.save(file, source)
	r.awaitFindings(file, "4 first") // while the model still talks
	close(gate)
	r.awaitFindings(file, "4 first", "8 second")
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		p := s.Diagnostics[file]
		return p.Version != nil && *p.Version == 1 && p.Diagnostics[0].Severity == 2 && p.Diagnostics[1].Severity == 3 &&
			p.Diagnostics[0].Source == "ai-lsp" && p.Diagnostics[1].Code == "style" &&
			strings.HasPrefix(string(p.Diagnostics[0].Data), `{"finding":"`)
	}))
}

func TestFindingsFollowTheTextAtOnce(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// 😀\n"}))
	r.awaitFindings(file, "5 m")
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(4, 8, 4, 9), NewText: "m"}))
	r.awaitFindings(file)
	if r.model.count() != 1 {
		t.Errorf("typing cost %d calls", r.model.count()-1)
	}
}

func TestSavingTheSameTextAgainCostsNothing(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	r.model.next(find(bug(4, "return n - 1", "m", "")))
	if _, err := r.review(file); err != nil {
		t.Fatal(err)
	}
	r.save(file, source)
	r.save(file, source)
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.model.next(find(bug(5, "return n - 1", "after the edit", "")))
	r.save(file, source)
	r.awaitFindings(file, "5 after the edit")
	if r.model.count() != 2 {
		t.Errorf("%d calls", r.model.count())
	}
}

func TestASaveLeavesTheReviewAloneThatAPersonWaitsFor(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	old := make(chan struct{})
	r.model.next(then("", old, find(bug(8, "return 2", "of the old text", ""))))
	r.save(file, source)
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	pending, err := r.Start("workspace/executeCommand", map[string]any{
		"command": "ai-lsp.review", "arguments": []any{map[string]string{"uri": file}},
	})
	r.must(err)
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return lastKind(s) == "report" })) // it waits
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.model.next(find(bug(5, "return n - 1", "of the new text", ""), bug(9, "return 2", "of the new text", "")))
	r.save(file, source)
	r.awaitFindings(file, "5 of the new text", "9 of the new text")
	close(old)
	var result reviewResult
	r.must(pending.Wait(r.ctx, &result))
	if result.Findings != 1 || result.Cached != 1 || r.model.count() != 2 { // the save's call answered it
		t.Errorf("%+v, %d calls", result, r.model.count())
	}
}

func TestTwoCommandsAboutOneTextPayOnce(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	gate := make(chan struct{})
	r.model.next(then("", gate, find(bug(4, "return n - 1", "m", ""))))
	var pending [3]*editor.Pending
	for i := range pending {
		var err error
		pending[i], err = r.Start("workspace/executeCommand", map[string]any{
			"command": "ai-lsp.review", "arguments": []any{map[string]string{"uri": file}},
		})
		r.must(err)
	}
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		waiting := 0
		for _, p := range s.Progress {
			if strings.Contains(p.Value.Message, "goes on") {
				waiting++
			}
		}
		return waiting == 2
	}))
	close(gate)
	for _, p := range pending {
		r.must(p.Wait(r.ctx, nil))
	}
}

func TestACommandWaitsForTheReviewThatTheSaveHasStarted(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	gate := make(chan struct{})
	r.model.next(then("", gate, find(bug(4, "return n - 1", "m", ""))))
	r.save(file, source)
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	pending, err := r.Start("workspace/executeCommand", map[string]any{
		"command": "ai-lsp.review", "arguments": []any{map[string]string{"uri": file}},
	})
	r.must(err)
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return lastKind(s) == "report" }))
	close(gate)
	var result reviewResult
	r.must(pending.Wait(r.ctx, &result))
	if result.Findings != 1 || r.model.count() != 1 {
		t.Errorf("%+v, %d calls", result, r.model.count())
	}
}

func TestCancellingTheWaitStopsTheReviewThatTheSaveHasStarted(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.save(file, source) // hangs
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	pending, err := r.Start("workspace/executeCommand", map[string]any{
		"command": "ai-lsp.review", "arguments": []any{map[string]string{"uri": file}},
	})
	r.must(err)
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return lastKind(s) == "report" }))
	r.must(pending.Cancel())
	r.model.await(t, func(made, ended int) bool { return made == 1 && ended == 1 })
}

func TestANewerSaveReplacesTheReviewOfTheOlder(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.save(file, source) // hangs
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	r.model.next(find(bug(4, "return n - 1", "of the newer", "")))
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.save(file, source)
	r.awaitFindings(file, "5 of the newer")
	r.model.await(t, func(made, ended int) bool { return made == 2 && ended == 2 })
}

func TestClosingAFileTakesItsFindingsBackAndStopsItsReview(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.save(file, source) // hangs
	r.model.await(t, func(made, _ int) bool { return made == 2 })
	r.must(r.Close(file))
	r.awaitFindings(file)
	r.model.await(t, func(_, ended int) bool { return ended == 2 })
}

func TestClosingAFileEndsTheCallsThatAPersonStarted(t *testing.T) {
	for _, command := range []string{"ai-lsp.review", "ai-lsp.explain"} {
		t.Run(command, func(t *testing.T) {
			r := enter(t, editor.Capabilities, nil)
			r.must(r.Open(file, "go", source))
			pending, err := r.Start("workspace/executeCommand", map[string]any{
				"command": command, "arguments": []any{map[string]any{"uri": file, "range": editor.At(0, 0, 9, 0)}},
			})
			r.must(err)
			r.model.await(t, func(made, _ int) bool { return made == 1 })
			r.must(r.Close(file))
			r.model.await(t, func(_, ended int) bool { return ended == 1 })
			if e, ok := errors.AsType[*editor.Error](pending.Wait(r.ctx, nil)); !ok || e.Code != -32801 {
				t.Errorf("answered with %v", e)
			}
		})
	}
}

func TestSavingTheSameTextWhileItIsReviewedCostsNothing(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	gate := make(chan struct{})
	r.model.next(then("", gate, find(bug(4, "return n - 1", "m", ""))))
	r.save(file, source)
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	r.save(file, source)
	r.must(r.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{ // a second time
		"uri": file, "languageId": "go", "version": 1, "text": source,
	}}))
	r.save(file, source)
	close(gate)
	r.awaitFindings(file, "4 m")
	r.must(r.Shutdown(r.ctx))
	if r.model.count() != 1 {
		t.Errorf("%d calls", r.model.count())
	}
}

func TestHoverExplainsAFinding(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "Wrong *sign*.", "\treturn n + 1")))
	r.save(file, source)
	r.awaitFindings(file, "4 Wrong *sign*.")
	card, err := r.Hover(r.ctx, file, editor.Position{Line: 3, Character: 20})
	r.must(err)
	for _, part := range []string{`Wrong \*sign\*.`, "bug (warning), 90 % sure", "Because.", "-\treturn n - 1\n+\treturn n + 1\n"} {
		if !strings.Contains(card, part) {
			t.Errorf("the card lacks %q:\n%s", part, card)
		}
	}
	none, err := r.Hover(r.ctx, file, editor.Position{Line: 0})
	r.must(err)
	if none != "" {
		t.Errorf("a hover away from findings shows %q", none)
	}
}

func TestAFixIsForTheTextOfNowOrRefused(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "\treturn n + 1")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	actions, err := r.Actions(r.ctx, file, editor.At(3, 1, 3, 1))
	r.must(err)
	fix := actions[0]
	if fix.Title != "Fix: m" || fix.Edit != nil || fix.Data == nil {
		t.Fatalf("the first action is %+v", fix)
	}
	// Offered for version 1; the text moves before it is chosen.
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.must(r.Choose(r.ctx, fix))
	if want := "// x\n" + strings.Replace(source, "n - 1", "n + 1", 1); r.Text(file) != want {
		t.Errorf("the text became %q", r.Text(file))
	}
	r.awaitFindings(file)
	refused := r.Choose(r.ctx, fix)
	if e, ok := errors.AsType[*editor.Error](refused); !ok || e.Code != -32801 || !strings.Contains(e.Message, "has changed") {
		t.Errorf("a fix whose code has changed is answered with %v", refused)
	}
}

func TestDismissedFindingsStayAway(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "")), find(bug(5, "return n - 1", "other words", "")))
	r.must(r.Open(file, "go", source))
	_, err := r.review(file)
	r.must(err)
	r.awaitFindings(file, "4 m")
	actions, err := r.Actions(r.ctx, file, editor.At(3, 1, 3, 1))
	r.must(err)
	for _, a := range actions {
		if strings.HasPrefix(a.Title, "Dismiss: ") {
			r.must(r.Choose(r.ctx, a))
		}
	}
	r.awaitFindings(file)
	result, err := r.review(file)
	r.must(err)
	if result.Findings != 0 || result.Calls != 0 || result.Cached != 1 {
		t.Errorf("the same text again gave %+v", result)
	}
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	if result, err = r.review(file); err != nil || result.Findings != 0 || result.Calls != 1 {
		t.Errorf("the review after it gave %+v, %v", result, err)
	}
	r.awaitFindings(file)
}

func TestTheCommandsReviewWhatTheyAreAsked(t *testing.T) {
	for _, tc := range []struct {
		name     string
		argument map[string]any
		sent     string
		notSent  string
	}{
		{"a file", map[string]any{"scope": "file"}, "1| package a\n", "\x00"},
		{"a function", map[string]any{"scope": "function", "range": editor.At(7, 1, 7, 1)}, "[review]\n7| func g() int {\n8| \treturn 2\n9| }\n", "[review]\n1|"},
		{"a selection", map[string]any{"scope": "selection", "range": editor.At(2, 0, 3, 0)}, "[review]\n3| func f(n int) int {\n[context]\n4| ", "[review]\n1|"},
		{"a range without a scope", map[string]any{"range": editor.At(3, 2, 3, 4)}, "[review]\n4| \treturn n - 1\n[context]\n", "[review]\n1|"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := enter(t, editor.Capabilities, nil)
			r.must(r.Open(file, "go", source))
			r.model.next(find())
			tc.argument["uri"] = file
			r.must(r.Execute(r.ctx, "ai-lsp.review", tc.argument, nil))
			messages := r.model.calls[0].Messages
			turn := messages[len(messages)-1].Content
			if !strings.Contains(turn, tc.sent) || strings.Contains(turn, tc.notSent) {
				t.Errorf("sent:\n%s", turn)
			}
			if !r.model.calls[0].Interactive {
				t.Error("a person's review is not marked as one")
			}
		})
	}
}

func TestAnExplanationStreamsAndIsReturnedWhole(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	prose := "It returns a number. " + strings.Repeat("Déjà vu, 日本語 and more words follow here. ", 20) + "[x](command:y) The end."
	r.model.next(say(prose))
	var result struct{ Markdown string }
	argument := map[string]any{"uri": file, "range": editor.At(2, 0, 4, 1)}
	r.must(r.Execute(r.ctx, "ai-lsp.explain", argument, &result))
	if want := strings.Replace(prose, "](", "] (", 1); result.Markdown != want {
		t.Errorf("the result is %q", result.Markdown)
	}
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return lastKind(s) == "end" }))
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		whole := ""
		for _, p := range s.Progress {
			if p.Value.Kind == "report" {
				whole += p.Value.Message
			}
		}
		if whole != result.Markdown {
			t.Errorf("the reports together are %q", whole)
		}
		return true
	}))
}

func lastKind(s *editor.State) string {
	if len(s.Progress) == 0 {
		return ""
	}
	return s.Progress[len(s.Progress)-1].Value.Kind
}

func TestProgressCanBeCancelled(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	pending, err := r.Start("workspace/executeCommand", map[string]any{
		"command": "ai-lsp.review", "arguments": []any{map[string]string{"uri": file}},
	})
	r.must(err)
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	var token json.RawMessage
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		if len(s.Progress) > 0 && s.Progress[0].Value.Kind == "begin" && s.Progress[0].Value.Cancellable {
			token = s.Progress[0].Token
		}
		return token != nil
	}))
	r.must(r.Notify("window/workDoneProgress/cancel", map[string]any{"token": token}))
	r.model.await(t, func(_, ended int) bool { return ended == 1 })
	if e, ok := errors.AsType[*editor.Error](pending.Wait(r.ctx, nil)); !ok || e.Code != -32800 {
		t.Errorf("a cancelled review is answered with %v", e)
	}
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return lastKind(s) == "end" }))
}

func TestACancelledRequestEndsItsCall(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	pending, err := r.Start("workspace/executeCommand", map[string]any{
		"command": "ai-lsp.explain", "arguments": []any{map[string]any{"uri": file, "range": editor.At(0, 0, 1, 0)}},
	})
	r.must(err)
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	r.must(pending.Cancel())
	if e, ok := errors.AsType[*editor.Error](pending.Wait(r.ctx, nil)); !ok || e.Code != -32800 {
		t.Errorf("answered with %v", e)
	}
	r.model.await(t, func(_, ended int) bool { return ended == 1 })
}

func TestShutdownWorksWhileTheModelNeverAnswers(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.save(file, source)
	r.model.await(t, func(made, _ int) bool { return made == 1 })
	r.must(r.Shutdown(r.ctx))
	if code := <-r.done; code != 0 {
		t.Errorf("exit code %d", code)
	}
	r.done <- 0
	r.model.await(t, func(_, ended int) bool { return ended == 1 })
}

func TestTheSessionIsAGlspHandler(t *testing.T) {
	live := settings.Open(settings.Source{Environ: []string{"AI_LSP_CONFIG=" + oneLook(t)}})
	var handler glsp.Handler = server.New(strings.NewReader(""), &strings.Builder{}, server.Options{Deps: handlers.Deps{
		Settings: live,
		Model:    &model{acts: []act{find(bug(4, "return n - 1", "m", ""))}},
	}})
	call := func(method string, params any) (any, bool, bool, error) {
		raw, err := json.Marshal(params)
		if err != nil {
			t.Fatal(err)
		}
		return handler.Handle(&glsp.Context{Method: method, Params: raw, Context: t.Context()})
	}
	if _, validMethod, validParams, err := call("initialize", map[string]any{"capabilities": map[string]any{}}); !validMethod || !validParams || err != nil {
		t.Fatalf("initialize: %v %v %v", validMethod, validParams, err)
	}
	_, _, _, err := call("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": file, "languageId": "go", "version": 1, "text": source,
	}})
	if err != nil {
		t.Fatal(err)
	}
	// What runs beside the lane there is run to its end here.
	result, _, _, err := call("workspace/executeCommand", map[string]any{
		"command": "ai-lsp.review", "arguments": []any{map[string]string{"uri": file}},
	})
	raw, _ := json.Marshal(result)
	if err != nil || string(raw) != `{"findings":1,"units":1,"calls":1,"cached":0}` {
		t.Errorf("the review gave %s, %v", raw, err)
	}
	if _, validMethod, _, _ := call("no/such", nil); validMethod {
		t.Error("a method that is not there is valid")
	}
	if _, _, validParams, err := call("textDocument/hover", []int{1}); validParams || err == nil {
		t.Error("parameters of a wrong type are valid")
	}
}

func TestOneMessageAnOutage(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	down := &llm.Error{Class: llm.ClassRetry, Say: "Nothing answers at 127.0.0.1."}
	r.model.next(fail(down), fail(down), fail(down), find(bug(4, "return n - 1", "m", "")))
	r.must(r.Open(file, "go", source))
	for range 3 {
		if _, err := r.review(file); err == nil || !strings.Contains(err.Error(), "Nothing answers") {
			t.Errorf("a review that failed is answered with %v", err)
		}
	}
	var status struct{ State, Detail string }
	r.must(r.Execute(r.ctx, "ai-lsp.status", map[string]any{}, &status))
	if status.State != "offline" || status.Detail != down.Say {
		t.Errorf("status %+v", status)
	}
	if _, err := r.review(file); err != nil {
		t.Fatal(err)
	}
	r.awaitFindings(file, "4 m")
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return len(s.Logged) > 0 }))
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		if len(s.Shown) != 1 || len(s.Logged) != 1 || !strings.Contains(s.Shown[0], down.Say) {
			t.Errorf("shown %q, logged %q", s.Shown, s.Logged)
		}
		return true
	}))
}

func TestABlankFileSaysNothingOfTheModel(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	r.must(r.Open("file:///project/blank.go", "go", "\n"))
	down := &llm.Error{Class: llm.ClassRetry, Say: "Nothing answers."}
	r.model.next(fail(down), fail(down))
	for range 2 {
		if _, err := r.review(file); err == nil {
			t.Error("the outage is not told")
		}
		if _, err := r.review("file:///project/blank.go"); err != nil {
			t.Error(err)
		}
	}
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		if len(s.Shown) != 1 || len(s.Logged) != 0 {
			t.Errorf("shown %q, logged %q", s.Shown, s.Logged)
		}
		return true
	}))
}

func TestATextThatIsTooLongSaysNothingOfTheModel(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	long := &llm.Error{Class: llm.ClassTooLong, Say: "The request does not fit the model."}
	r.model.next(fail(long), fail(long))
	r.must(r.Open(file, "go", source))
	for range 2 {
		if _, err := r.review(file); err == nil || !strings.Contains(err.Error(), long.Say) {
			t.Errorf("answered with %v", err)
		}
	}
	var status struct{ State string }
	r.must(r.Execute(r.ctx, "ai-lsp.status", map[string]any{}, &status))
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		if status.State != "ready" || len(s.Shown) != 0 || len(s.Logged) != 1 {
			t.Errorf("%s, shown %q, logged %q", status.State, s.Shown, s.Logged)
		}
		return true
	}))
}

func TestSavesWaitAsLongAsTheUpstreamAsksFor(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(fail(&llm.Error{Class: llm.ClassWait, Status: 429, RetryAfter: time.Hour, Say: "Too many requests."}))
	r.save(file, source)
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return len(s.Shown) == 1 }))
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.save(file, source)
	r.model.next(find(bug(5, "return n - 1", "asked for", "")))
	if _, err := r.review(file); err != nil { // a person may try
		t.Error(err)
	}
	r.awaitFindings(file, "5 asked for")
	if r.model.count() != 2 {
		t.Errorf("%d calls", r.model.count())
	}
}

func TestNothingIsLiveWhereNobodyRendersCodeBlocks(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	uri := "file:///project/%5BRun%5D%28command:quit%29.go"
	r.must(r.Open(uri, "go", source))
	code := "```go\nm[k](v)\n```\n"
	r.model.next(say(code), find(bug(4, "return n - 1", "```\n[x](command:y)\n```", "")))
	var result struct{ Markdown string }
	r.must(r.Execute(r.ctx, "ai-lsp.explain", map[string]any{"uri": uri, "range": editor.At(0, 0, 1, 0)}, &result))
	if result.Markdown != code {
		t.Errorf("the code became %q", result.Markdown)
	}
	if _, err := r.review(uri); err != nil {
		t.Error(err)
	}
	r.must(r.Shutdown(r.ctx))
	for _, m := range r.Messages() {
		if strings.Contains(string(m.Params), "](") {
			t.Errorf("%s %s", m.Method, m.Params)
		}
	}
}

func TestAFaultThatNeedsAPersonStopsAutomaticCalls(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(fail(&llm.Error{Class: llm.ClassFatal, Status: 401, Say: "The key was refused."}))
	r.save(file, source)
	r.must(r.Await(r.ctx, func(s *editor.State) bool { return len(s.Shown) == 1 }))
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.save(file, source)
	if _, err := r.review(file); err == nil || !strings.Contains(err.Error(), "The key was refused. A command tries again from") {
		t.Errorf("a command within the minute is answered with %v", err)
	}
	actions, err := r.Actions(r.ctx, file, editor.At(3, 0, 3, 0))
	r.must(err)
	if len(actions) == 0 {
		t.Error("nothing is offered")
	}
	for _, a := range actions {
		if a.Disabled == nil || !strings.Contains(a.Disabled.Reason, "The key was refused.") {
			t.Errorf("%s is not disabled: %+v", a.Title, a.Disabled)
		}
	}
	// New settings may have mended it.
	r.model.next(find(bug(5, "return n - 1", "m", "")))
	r.live.SetEditor(json.RawMessage(`{"provider":{"headers":{"X-Account":"another"}}}`))
	r.save(file, source)
	r.awaitFindings(file, "5 m")
	if r.model.count() != 2 {
		t.Errorf("%d calls", r.model.count())
	}
}

func TestACutReviewSaysSo(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	open := `{"severity":"info","issues":[{"line":4,"quote":"return n - 1","type":"bug","severity":"warning","message":"m"},{"line":`
	cut := make(chan struct{})
	close(cut)
	r.model.next(then(open, cut, fail(&llm.Error{Class: llm.ClassTruncated, Say: "The answer was cut off."})))
	result, err := r.review(file)
	if err != nil || result.Findings != 1 || !result.Partial {
		t.Errorf("%+v, %v", result, err)
	}
	r.awaitFindings(file, "4 m")
}
