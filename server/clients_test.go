package server_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

// client is what an initialize of a real editor must lead to. The parameters
// in server/lsp/testdata/caps were recorded from the editors they are named after.
type client struct {
	encoding  string // "": the answer names none, so it is UTF-16
	inline    bool   // the fix's edit is in the action
	versioned bool   // edits are documentChanges
	markdown  bool   // hovers are
	progress  bool
	folders   bool
	column    uint32 // of the finding's end, in the encoding
}

// clientLine has characters of one, two, three and four bytes.
const clientLine = "\treturn n // aé日😀"

func TestEachRealEditorGetsAnswersItCanUse(t *testing.T) {
	clients := map[string]client{
		"emacs-28.2":                           {inline: true, versioned: true, folders: true, column: 18},
		"emacs-30.1":                           {encoding: "utf-32", versioned: true, progress: true, folders: true, column: 17},
		"helix-25.01.1":                        {encoding: "utf-8", versioned: true, markdown: true, progress: true, folders: true, column: 23},
		"nvim-0.7.2":                           {markdown: true, progress: true, folders: true, column: 18},
		"nvim-0.10.4":                          {encoding: "utf-16", markdown: true, progress: true, folders: true, column: 18},
		"vim9.0-ale-3.3.0":                     {inline: true, column: 18},
		"vim9.0-vim-lsp":                       {inline: true, markdown: true, progress: true, column: 18},
		"vscode-1.139.1-languageclient-11.0.0": {encoding: "utf-16", versioned: true, markdown: true, progress: true, folders: true, column: 18},
	}
	files, err := filepath.Glob("lsp/testdata/caps/*.json")
	if err != nil || len(files) != len(clients) {
		t.Fatalf("%d recorded editors, %d known: %v", len(files), len(clients), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			recorded, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkClient(t, recorded, clients[name])
		})
	}
}

func checkClient(t *testing.T, recorded []byte, want client) {
	t.Helper()
	r := connect(t, nil)
	r.initialize(recorded, want)
	source := "package a\n" + clientLine + "\n"
	r.model.next(find(bug(2, clientLine, "m", "\treturn n + 1")))
	r.save(file, source)
	r.awaitFindings(file, "2 m")
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		if end := s.Diagnostics[file].Diagnostics[0].Range.End.Character; end != want.column {
			t.Errorf("the finding ends at column %d, want %d", end, want.column)
		}
		return true
	}))
	var hover struct{ Contents struct{ Kind string } }
	at := map[string]any{"textDocument": map[string]string{"uri": file}, "position": editor.Position{Line: 1}}
	r.must(r.Request(r.ctx, "textDocument/hover", at, &hover))
	if markdown := hover.Contents.Kind == "markdown"; markdown != want.markdown {
		t.Errorf("the hover is %s", hover.Contents.Kind)
	}
	r.checkFix(want)
	r.model.next(find())
	if _, err := r.review(file); err != nil {
		t.Error(err)
	}
	r.must(r.Shutdown(r.ctx)) // behind everything that was sent
	for _, m := range r.Messages() {
		if strings.Contains(m.Method, "rogress") && !want.progress {
			t.Errorf("%s is sent to a client that shows no progress", m.Method)
		}
	}
}

// initialize sends recorded parameters as they are.
func (r *room) initialize(recorded []byte, want client) {
	r.t.Helper()
	var params map[string]json.RawMessage
	r.must(json.Unmarshal(recorded, &params))
	params["processId"] = json.RawMessage("null") // that editor is gone
	var result struct {
		Capabilities struct {
			PositionEncoding   string
			CodeActionProvider struct{ ResolveProvider bool }
			Workspace          *struct{}
		}
	}
	r.must(r.Request(r.ctx, "initialize", params, &result))
	r.must(r.Notify("initialized", struct{}{}))
	caps := result.Capabilities
	if caps.PositionEncoding != want.encoding {
		r.t.Errorf("encoding %q, want %q", caps.PositionEncoding, want.encoding)
	}
	if caps.CodeActionProvider.ResolveProvider == want.inline {
		r.t.Errorf("resolveProvider is %v", !want.inline)
	}
	if (caps.Workspace != nil) != want.folders {
		r.t.Errorf("workspace capabilities: %v", caps.Workspace)
	}
}

// checkFix asks for the fix and looks at the shape of its edit.
func (r *room) checkFix(want client) {
	r.t.Helper()
	actions, err := r.Actions(r.ctx, file, editor.At(1, 1, 1, 1))
	r.must(err)
	if len(actions) == 0 || actions[0].Title != "Fix: m" {
		r.t.Fatalf("the actions are %+v", actions)
	}
	fix := actions[0]
	if (fix.Edit != nil) != want.inline {
		r.t.Errorf("the edit is inline: %v", fix.Edit != nil)
	}
	if fix.Edit == nil {
		r.must(r.Request(r.ctx, "codeAction/resolve", fix, &fix))
	}
	var edit struct{ Changes, DocumentChanges json.RawMessage }
	r.must(json.Unmarshal(fix.Edit, &edit))
	if (edit.DocumentChanges != nil) != want.versioned || (edit.Changes != nil) == want.versioned {
		r.t.Errorf("the edit is %s", fix.Edit)
	}
	// Editors resolve actions without an edit too; those come back as they are.
	for _, action := range actions[1:] {
		var back, sent any
		raw, err := json.Marshal(action)
		r.must(err)
		r.must(json.Unmarshal(raw, &sent))
		r.must(r.Request(r.ctx, "codeAction/resolve", action, &back))
		if again, _ := json.Marshal(back); string(again) != mustJSON(sent) {
			r.t.Errorf("%s came back as %s", raw, again)
		}
	}
}

func mustJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestAClientWithoutCodeActionLiteralsGetsCommands(t *testing.T) {
	r := enter(t, `{"workspace":{"applyEdit":true}}`, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "\treturn n + 1")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	var commands []struct {
		Title, Command string
		Arguments      []json.RawMessage
	}
	r.must(r.Request(r.ctx, "textDocument/codeAction", map[string]any{
		"textDocument": map[string]string{"uri": file}, "range": editor.At(3, 0, 3, 0), "context": map[string]any{"diagnostics": []any{}},
	}, &commands))
	if len(commands) == 0 || commands[0].Command != "ai-lsp.fix" {
		t.Fatalf("the answer is %+v", commands)
	}
	var result struct{ Applied bool }
	r.must(r.Execute(r.ctx, commands[0].Command, commands[0].Arguments[0], &result))
	if !result.Applied || !strings.Contains(r.Text(file), "return n + 1") {
		t.Errorf("applied %v, the text is %q", result.Applied, r.Text(file))
	}
}

func TestOnlyTheKindsAskedForAreOffered(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "\treturn n + 1")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	for _, tc := range []struct {
		name    string
		only    []string
		trigger int
		want    string
	}{
		{"everything", nil, 1, "Fix: m|Explain: m|Dismiss: m|Review this function|Explain this function|Review file|Review changes since HEAD"},
		{"quick fixes", []string{"quickfix"}, 1, "Fix: m|Explain: m|Dismiss: m"},
		{"refactorings", []string{"refactor"}, 1, "Review this function|Explain this function|Review file|Review changes since HEAD"},
		{"source actions", []string{"source"}, 1, "Review this function|Explain this function|Review file|Review changes since HEAD"},
		{"what no action is", []string{"source.organizeImports"}, 1, ""},
		{"what an editor asks by itself", nil, 2, "Fix: m|Explain: m|Dismiss: m"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var actions []editor.CodeAction
			about := map[string]any{"diagnostics": []any{}, "triggerKind": tc.trigger}
			if tc.only != nil {
				about["only"] = tc.only
			}
			r.must(r.Request(r.ctx, "textDocument/codeAction", map[string]any{
				"textDocument": map[string]string{"uri": file}, "range": editor.At(3, 0, 3, 0), "context": about,
			}, &actions))
			titles := make([]string, len(actions))
			for i, a := range actions {
				titles[i] = a.Title
			}
			if got := strings.Join(titles, "|"); got != tc.want {
				t.Errorf("offered %s\nwant %s", got, tc.want)
			}
		})
	}
}
