package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
	"github.com/ai-lsp/ai-lsp/llm"
)

func TestFilesOfEveryKind(t *testing.T) {
	for _, tc := range []struct {
		name, uri, source, quote string
		want                     string // line and columns of the finding; empty: it is not asked about
		said                     string // in the log
	}{
		{"CRLF", file, "a\r\n\tb😀()\r\n", "b😀()", "1:1-1:6", ""},
		{"lone CR", file, "a\r\tb()\r", "b()", "1:1-1:4", ""},
		{"a byte order mark", file, "\uFEFFb()\n", "b()", "0:0-0:4", ""},
		{"no newline at the end", file, "a\nb()", "b()", "1:0-1:3", ""},
		{"a blank in the name", "file:///project/with%20blank.go", "b()\n", "b()", "0:0-0:3", ""},
		{"a percent sign in the name", "file:///project/100%25.go", "b()\n", "b()", "0:0-0:3", ""},
		{"a name that is no URI", "file:///project/100%.go", "b()\n", "b()", "", ""},
		{"letters of any script in the name", "file:///project/żółć😀.go", "b()\n", "b()", "0:0-0:3", ""},
		{"empty", file, "", "", "", ""},
		{"blank", file, "\n \n", "", "", ""},
		{"huge", file, strings.Repeat("x()\n", 200_000), "", "", "a.go is not reviewed: it has 781 KiB, and review.maxFileSize is 512 KiB"},
		{"binary", file, "PK\x00\x01", "", "", "a.go is not reviewed: it is not text"},
		{"secrets", "file:///project/.env.local", "b()\n", "", "", ".env.local is not reviewed: files of this name hold secrets"},
		{"excluded", "file:///project/gen/a.go", "b()\n", "", "", "a.go is not reviewed: privacy.exclude has gen/**"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := enter(t, editor.Capabilities, nil)
			r.live.SetEditor(json.RawMessage(`{"privacy":{"exclude":["gen/**"]}}`))
			r.model.next(find(bug(1, tc.quote, "m", "")))
			r.save(tc.uri, tc.source)
			switch {
			case tc.want != "":
				r.must(r.Await(r.ctx, func(s *editor.State) bool { return len(s.Diagnostics[tc.uri].Diagnostics) == 1 }))
				r.must(r.Await(r.ctx, func(s *editor.State) bool {
					if got := place(s.Diagnostics[tc.uri].Diagnostics[0].Range); got != tc.want {
						t.Errorf("the finding stands at %s, want %s", got, tc.want)
					}
					return true
				}))
			case tc.said != "":
				r.must(r.Await(r.ctx, func(s *editor.State) bool { return len(s.Logged) == 1 && strings.Contains(s.Logged[0], tc.said) }))
				r.save(tc.uri, tc.source) // not said again
				if _, err := r.review(tc.uri); err == nil || !strings.Contains(err.Error(), "is not sent: ") {
					t.Errorf("a command is answered with %v", err)
				}
				fallthrough
			default:
				r.must(r.Shutdown(r.ctx))
				if r.model.count() != 0 {
					t.Error("the model was asked")
				}
			}
		})
	}
}

func TestAPartOfAHugeFileCanBeAskedAbout(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", strings.Repeat("x()\n", 200_000)))
	r.model.next(find(bug(100_001, "x()", "m", "")), say("It calls x."))
	argument := map[string]any{"uri": file, "range": editor.At(100_000, 0, 100_001, 0)}
	r.must(r.Execute(r.ctx, "ai-lsp.review", argument, nil))
	r.awaitFindings(file, "100001 m")
	r.must(r.Execute(r.ctx, "ai-lsp.explain", argument, nil))
}

func place(r editor.Range) string {
	raw, _ := json.Marshal([]uint32{r.Start.Line, r.Start.Character, r.End.Line, r.End.Character})
	parts := strings.Split(strings.Trim(string(raw), "[]"), ",")
	return parts[0] + ":" + parts[1] + "-" + parts[2] + ":" + parts[3]
}

func TestInvalidUTF8InAReplyIsNoTrouble(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(say(`{"severity":"info","issues":[{"line":4,"end_line":4,"quote":"return n - 1","type":"bug","severity":"info","message":"` +
		"a\xff\xfeb" + `","explanation":"","suggested_fix":"","confidence":1}],"summary":""}`))
	r.save(file, source)
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		d := s.Diagnostics[file].Diagnostics
		return len(d) == 1 && strings.HasPrefix(d[0].Message, "a") && strings.HasSuffix(d[0].Message, "b")
	}))
}

func TestDocumentsThatAreNoFilesAreReviewedOnlyWhenAsked(t *testing.T) {
	for _, uri := range []string{"untitled:Untitled-1", "git:/project/a.go?%7B%22ref%22%3A%22HEAD%22%7D", "vscode-notebook-cell:/a#1", "jdt://x/y"} {
		t.Run(uri, func(t *testing.T) {
			r := enter(t, editor.Capabilities, map[string]any{"review": map[string]any{"on": "open"}})
			r.must(r.Open(uri, "go", source))
			r.must(r.Save(uri))
			r.model.next(find(bug(4, "return n - 1", "m", "")))
			result, err := r.review(uri)
			if err != nil || result.Findings != 1 || r.model.count() != 1 {
				t.Errorf("%+v, %v, %d calls", result, err, r.model.count())
			}
			r.awaitFindings(uri, "4 m")
		})
	}
}

func TestRequestsThatMakeNoSenseAreRefusedAndTheServerGoesOn(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.must(r.Open(file, "go", source))
	execute := func(command string, arguments ...any) map[string]any {
		return map[string]any{"command": command, "arguments": arguments}
	}
	for _, tc := range []struct {
		name, method string
		params       any
		code         int
	}{
		{"an unknown method", "textDocument/unheardOf", nil, -32601},
		{"an unknown command", "workspace/executeCommand", execute("ai-lsp.dance"), -32602},
		{"a command without arguments", "workspace/executeCommand", execute("ai-lsp.review"), -32602},
		{"a command with a list", "workspace/executeCommand", execute("ai-lsp.review", []int{1}), -32602},
		{"a file that is not open", "workspace/executeCommand", execute("ai-lsp.review", map[string]string{"uri": "file:///x"}), -32602},
		{"an unknown scope", "workspace/executeCommand", execute("ai-lsp.review", map[string]string{"uri": file, "scope": "galaxy"}), -32602},
		{"a function without a range", "workspace/executeCommand", execute("ai-lsp.review", map[string]string{"uri": file, "scope": "function"}), -32602},
		{"a function where none is", "workspace/executeCommand", execute("ai-lsp.review", map[string]any{
			"uri": file, "scope": "function", "range": editor.At(0, 0, 0, 0),
		}), -32803},
		{"an explanation of nothing", "workspace/executeCommand", execute("ai-lsp.explain", map[string]string{"uri": file}), -32602},
		{"a fix of no finding", "workspace/executeCommand", execute("ai-lsp.fix", map[string]string{"uri": file, "finding": "x"}), -32801},
		{"a dismissal of no finding", "workspace/executeCommand", execute("ai-lsp.dismiss", map[string]string{"uri": file}), -32801},
		{"a hover that is a number", "textDocument/hover", map[string]int{"textDocument": 1}, -32602},
		{"a position below zero", "textDocument/hover", map[string]any{
			"textDocument": map[string]string{"uri": file}, "position": map[string]int{"line": -1, "character": 0},
		}, -32602},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := r.Request(r.ctx, tc.method, tc.params, nil)
			if e, ok := errors.AsType[*editor.Error](err); !ok || e.Code != tc.code || e.Message == "" {
				t.Errorf("answered with %v, want code %d", err, tc.code)
			}
		})
	}
	far := editor.Position{Line: 1 << 30, Character: 1 << 30}
	if card, err := r.Hover(r.ctx, file, far); err != nil || card != "" {
		t.Errorf("a hover far outside is answered with %q, %v", card, err)
	}
	if card, err := r.Hover(r.ctx, "file:///never/opened", far); err != nil || card != "" {
		t.Errorf("a hover in no document is answered with %q, %v", card, err)
	}
	if actions, err := r.Actions(r.ctx, "file:///never/opened", editor.At(0, 0, 9, 9)); err != nil || actions == nil || len(actions) != 0 {
		t.Errorf("actions in no document: %v, %v", actions, err)
	}
}

func TestNotificationsOutOfOrderChangeNothing(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	nowhere := map[string]any{"textDocument": map[string]any{"uri": "file:///x", "version": 2}, "contentChanges": []any{}}
	r.must(r.Notify("textDocument/didChange", nowhere))
	r.must(r.Notify("textDocument/didSave", nowhere))
	r.must(r.Notify("textDocument/didClose", nowhere))
	r.must(r.Notify("textDocument/didChange", []int{1}))
	r.must(r.Open(file, "go", source))
	r.must(r.Change(file, editor.TextEdit{Range: editor.At(0, 0, 0, 0), NewText: "// x\n"}))
	r.must(r.Notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": file, "version": 1}, "contentChanges": []any{map[string]string{"text": "old"}},
	}))
	r.model.next(find(bug(5, "return n - 1", "m", "")))
	if _, err := r.review(file); err != nil {
		t.Fatal(err)
	}
	r.awaitFindings(file, "5 m")
	if r.model.count() != 1 {
		t.Errorf("%d calls", r.model.count())
	}
}

func TestSettingsChangeWhatIsShownAtOnce(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.model.next(find(bug(4, "return n - 1", "m", "")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
	change := func(confidence float64) {
		r.Configure(map[string]any{"review": map[string]any{"minConfidence": confidence}})
		r.must(r.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil}))
	}
	change(0.95)
	r.awaitFindings(file)
	change(0.8)
	r.awaitFindings(file, "4 m")
}

func TestTheFirstReviewWaitsForTheEditorsSettings(t *testing.T) {
	r := enter(t, editor.Capabilities, map[string]any{"review": map[string]any{"on": "manual"}})
	r.save(file, source) // right behind initialized, before the settings can have come
	r.model.next(find(bug(4, "return n - 1", "asked for", "")))
	if _, err := r.review(file); err != nil {
		t.Fatal(err)
	}
	r.awaitFindings(file, "4 asked for")
	if r.model.count() != 1 {
		t.Errorf("%d calls", r.model.count())
	}
}

func TestAnEditorThatNeverTellsItsSettingsIsNotWaitedForLong(t *testing.T) {
	r := connect(t, nil)
	r.Refuse("workspace/configuration", nil)
	_, err := r.Initialize(r.ctx, "file:///project", editor.Capabilities)
	r.must(err)
	r.model.next(find(bug(4, "return n - 1", "m", "")))
	r.save(file, source)
	r.awaitFindings(file, "4 m")
}

func TestSettingsThatAreWrongAreNamedOnce(t *testing.T) {
	r := enter(t, editor.Capabilities, map[string]any{"review": map[string]any{"minConfidense": 0.5}})
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		return len(s.Shown) == 1 && strings.Contains(s.Shown[0], "minConfidense") && strings.Contains(s.Shown[0], "review.minConfidence")
	}))
	r.must(r.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil}))
	r.must(r.Execute(r.ctx, "ai-lsp.status", map[string]any{}, nil))
	r.must(r.Shutdown(r.ctx))
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		if len(s.Shown) != 1 {
			t.Errorf("said: %q", s.Shown)
		}
		return true
	}))
}

func TestTheWorkspaceFileMayOnlyNarrow(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, ".ai-lsp.toml")
	write := func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[provider]\nbaseUrl = \"https://evil.example/v1\"\n[privacy]\nexclude = [\"*.key\"]\n")
	r := connect(t, nil)
	_, err := r.Initialize(r.ctx, "file://"+root, editor.Capabilities)
	r.must(err)
	r.must(r.Await(r.ctx, func(s *editor.State) bool {
		return len(s.Shown) == 1 && strings.Contains(s.Shown[0], "provider.baseUrl")
	}))
	if now := r.live.Now(); strings.Contains(now.Provider.BaseURL, "evil") || len(now.Privacy.Exclude) != 1 {
		t.Errorf("the settings are %+v", now)
	}
	write("[review]\non = \"manual\"\n")
	r.must(r.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": "file://" + path, "type": 2}}}))
	uri := "file://" + root + "/a.go"
	r.save(uri, source) // reads the file anew, if the notification has not done so yet
	r.must(r.Shutdown(r.ctx))
	if r.model.count() != 0 || r.live.Now().Review.On != "manual" {
		t.Errorf("%d calls, review.on is %s", r.model.count(), r.live.Now().Review.On)
	}
}

func TestAPanicInTheModelsSideIsSurvived(t *testing.T) {
	r := enter(t, editor.Capabilities, nil)
	r.panics.Store(true)
	r.must(r.Open(file, "go", source))
	r.model.next(func(context.Context, llm.Request, llm.Sink) (llm.Reply, error) { panic("boom") })
	_, err := r.review(file)
	if e, ok := errors.AsType[*editor.Error](err); !ok || e.Code != -32603 || strings.Contains(e.Message, "goroutine") {
		t.Errorf("answered with %v", err)
	}
	ended := func(s *editor.State) bool { return len(s.Progress) == 0 || lastKind(s) == "end" }
	r.must(r.Await(r.ctx, ended))
	r.model.next(find(bug(4, "return n - 1", "m", "")))
	if _, err := r.review(file); err != nil {
		t.Error(err)
	}
}
