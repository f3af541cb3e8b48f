package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// finds is a model that finds a bug on each line that reads "bad()".
type finds struct{}

func (finds) Complete(_ context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	issue := prompt.Issue{Quote: "bad()", Type: "bug", Severity: "warning", Message: "It is bad.", Confidence: 1}
	for row := range strings.SplitSeq(req.Messages[len(req.Messages)-1].Content, "\n") {
		if number, code, _ := strings.Cut(row, "|"); strings.TrimSpace(code) == "bad()" {
			_ = json.Unmarshal([]byte(strings.TrimSpace(number)), &issue.Line)
		}
	}
	issue.EndLine = issue.Line
	raw, err := json.Marshal(prompt.CodeReview{Issues: []prompt.Issue{issue}})
	sink(llm.Event{Text: string(raw)})
	return llm.Reply{Text: string(raw)}, err
}

// window is a session with one document, in which something was found.
type window struct {
	*Handlers

	t      *testing.T
	editor *recorder
	folder string
	uri    string
}

const badSource = "func a() {\n\tfirst()\n\tbad()\n\tlast()\n}\n"

func openWindow(t *testing.T, folder string, kept review.DismissalStore) *window {
	t.Helper()
	live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + t.TempDir()}})
	w := &window{t: t, editor: newRecorder(), folder: folder}
	w.Handlers = New(Deps{Client: w.editor, Settings: live, Model: finds{}, Dismissals: review.NewDismissals(kept)})
	t.Cleanup(w.end)
	w.roots.add(folder)
	path := filepath.ToSlash(filepath.Join(folder, "a.txt"))
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	w.uri = (&url.URL{Scheme: "file", Path: path}).String()
	doc := text.New(w.uri, "plaintext", 1, badSource)
	w.docs.Open(doc)
	w.board.Open(doc)
	if _, err := w.reviewer.Review(t.Context(), review.Ask{Doc: doc}); err != nil {
		t.Fatal(err)
	}
	w.publisher.now(w.uri)
	return w
}

// shown is the id of the finding that is shown; empty: none is.
func (w *window) shown() string {
	w.t.Helper()
	_, findings := w.board.Findings(w.uri, w.view())
	if len(findings) == 0 {
		return ""
	}
	return findings[0].ID
}

// run runs a command whole, as wire text.
func (w *window) run(command string, arg argument) (answer string, err error) {
	w.t.Helper()
	result, err := commands[command](w.Handlers, arg)
	if later, ok := result.(Later); ok && err == nil {
		result, err = later(w.t.Context())
	}
	return wire(result), err
}

func (w *window) mustRun(command string, arg argument) (answer string) {
	w.t.Helper()
	answer, err := w.run(command, arg)
	if err != nil {
		w.t.Fatalf("%s: %v", command, err)
	}
	return answer
}

// listed are the dismissals that ai-lsp.dismissed lists.
func (w *window) listed(uri string) []dismissedFinding {
	w.t.Helper()
	var result dismissedResult
	if err := json.Unmarshal([]byte(w.mustRun("ai-lsp.dismissed", argument{URI: uri})), &result); err != nil {
		w.t.Fatal(err)
	}
	if result.Dismissed == nil {
		w.t.Error("an array is null")
	}
	return result.Dismissed
}

// drawer is a store that can fail.
type drawer struct {
	review.DismissalStore

	fault error
}

func (d drawer) Put(context.Context, review.Dismissal) error { return d.fault }

func (d drawer) List(context.Context) ([]review.Dismissal, error) { return nil, d.fault }

func (d drawer) Generation(context.Context) (int64, error) { return 0, d.fault }

func TestADismissedFindingIsGoneAtOnceListedAndRestored(t *testing.T) {
	w := openWindow(t, t.TempDir(), nil)
	id := w.shown()
	result, err := commands[commandDismiss](w.Handlers, argument{URI: w.uri, Finding: id, Reason: "a\nreason"})
	later, ok := result.(Later)
	if err != nil || !ok || w.shown() != "" {
		t.Fatalf("on the lane: %v, %v, and %q is shown", result, err, w.shown())
	}
	if told := w.editor.take(); !strings.Contains(told, `"diagnostics":[]`) {
		t.Errorf("told %s", told)
	}
	if answer, err := later(t.Context()); err != nil || wire(answer) != `{"dismissed":true,"kept":true}` {
		t.Errorf("answered %v, %v", answer, err)
	}
	if _, err := w.run(commandDismiss, argument{URI: w.uri, Finding: id}); err == nil {
		t.Error("it was dismissed twice")
	}

	listed := w.listed("")
	if len(listed) != 1 || listed[0].Type != "bug" || listed[0].Message != "It is bad." || listed[0].Reason != "a reason" ||
		listed[0].File != "a.txt" || listed[0].At == "" || listed[0].Shared || strings.Join(listed[0].Quote, "") != "bad()" {
		t.Fatalf("listed %+v", listed)
	}
	if len(w.listed(w.uri)) != 1 || len(w.listed("file:///elsewhere/a.txt")) != 0 {
		t.Error("a document does not list what was dismissed in it, and nothing else")
	}

	w.editor.take()
	if answer := w.mustRun("ai-lsp.restore", argument{Dismissal: listed[0].ID}); answer != `{"restored":true}` || w.shown() != id {
		t.Errorf("answered %s, shown is %q", answer, w.shown())
	}
	if told := w.editor.take(); !strings.Contains(told, "It is bad.") {
		t.Errorf("told %s", told)
	}
	if answer := w.mustRun("ai-lsp.restore", argument{Dismissal: listed[0].ID}); answer != `{"restored":false}` || len(w.listed("")) != 0 {
		t.Errorf("restored twice: %s", answer)
	}
	if _, err := w.run("ai-lsp.restore", argument{}); rpcCode(err) != rpc.InvalidParams {
		t.Errorf("without an id: %v", err)
	}
}

func rpcCode(err error) int {
	if fault, ok := errors.AsType[*rpc.Error](err); ok {
		return fault.Code
	}
	return 0
}

func TestADismissalThatCanNotBeKeptIsTold(t *testing.T) {
	w := openWindow(t, t.TempDir(), drawer{fault: errors.New("the disk is full")})
	w.editor.take()
	answer := w.mustRun(commandDismiss, argument{URI: w.uri, Finding: w.shown()})
	if answer != `{"dismissed":true,"kept":false}` || w.shown() != "" {
		t.Errorf("answered %s, shown is %q", answer, w.shown())
	}
	if told := w.editor.take(); !strings.Contains(told, "window/showMessage") || !strings.Contains(told, "the disk is full") {
		t.Errorf("told %s", told)
	}
}

func TestWhatATeamDismissesIsGoneInOtherWindows(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, filepath.FromSlash(review.TeamFile))
	if err := errors.Join(os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("<<<<<<< HEAD\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	one, two := openWindow(t, folder, nil), openWindow(t, folder, nil)
	one.mustRun(commandDismiss, argument{URI: one.uri, Finding: one.shown()})
	two.editor.take()
	two.dismissedElsewhere(t.Context())
	if two.shown() != "" || !two.listed("")[0].Shared {
		t.Error("the other window shows it")
	}
	told := two.editor.take()
	if !strings.Contains(told, `"diagnostics":[]`) || strings.Count(told, "dismissed.jsonl:1 is no dismissal") != 1 {
		t.Errorf("told %s", told)
	}
	two.mustRun("ai-lsp.restore", argument{Dismissal: two.listed("")[0].ID})
	one.dismissedElsewhere(t.Context())
	if one.shown() == "" || two.shown() == "" {
		t.Error("it is not restored in both")
	}
}
