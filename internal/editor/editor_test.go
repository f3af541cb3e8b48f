package editor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a state is waited for before a test fails.
const patience = 30 * time.Second

const uri = "file:///project/a.go"

// stage is an editor whose server is played by the test.
type stage struct {
	*editor.Editor

	t    *testing.T
	ctx  context.Context
	out  io.WriteCloser   // what the server writes
	sent <-chan *envelope // what the editor has sent
}

// envelope is a message of the editor.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *editor.Error   `json:"error"`
}

func connect(t *testing.T, settings any) *stage {
	t.Helper()
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	sent := make(chan *envelope, 100)
	s := &stage{t: t, ctx: ctx, out: toEditor, sent: sent}
	go func() {
		defer close(sent)
		for in := bufio.NewReader(fromEditor); ; {
			header, err := textproto.NewReader(in).ReadMIMEHeader()
			if err != nil {
				return
			}
			length, _ := strconv.Atoi(header.Get("Content-Length"))
			body := make([]byte, length)
			var m envelope
			if _, err := io.ReadFull(in, body); err != nil || json.Unmarshal(body, &m) != nil {
				t.Errorf("the editor sent %q (%v)", body, err)
				return
			}
			sent <- &m
		}
	}()
	s.Editor = editor.Connect(fromServer, toServer, settings)
	t.Cleanup(func() {
		_ = toEditor.Close()
		_ = toServer.Close()
		_ = s.Await(context.WithoutCancel(ctx), func(*editor.State) bool { return false })
		cancel()
	})
	return s
}

// say has the server send a body.
func (s *stage) say(format string, args ...any) {
	s.t.Helper()
	body := fmt.Sprintf(format, args...)
	if _, err := fmt.Fprintf(s.out, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		s.t.Fatal(err)
	}
}

// next is the next message of the editor.
func (s *stage) next() *envelope {
	s.t.Helper()
	select {
	case m, ok := <-s.sent:
		if !ok {
			s.t.Fatal("the editor has ended")
		}
		return m
	case <-s.ctx.Done():
		s.t.Fatal("the editor sent nothing")
	}
	return nil
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestTheServersRequestsAreAnswered(t *testing.T) {
	for _, tc := range []struct{ name, method, params, want string }{
		{"settings", "workspace/configuration", `{"items":[{"section":"ai-lsp"}]}`, `[{"review":{"on":"save"}}]`},
		{"a place for progress", "window/workDoneProgress/create", `{"token":"t"}`, `null`},
		{"a document to show", "window/showDocument", `{"uri":"file:///a.md"}`, `{"success":true}`},
		{"an edit that fits", "workspace/applyEdit", `{"edit":{"changes":{"` + uri + `":[]}}}`, `{"applied":true}`},
		{"an edit for another version", "workspace/applyEdit", `{"edit":{"documentChanges":[{"textDocument":{"uri":"` + uri + `","version":7},"edits":[]}]}}`, `{"applied":false}`},
		{"an edit of a document that is not open", "workspace/applyEdit", `{"edit":{"changes":{"file:///other":[{"newText":"x"}]}}}`, `{"applied":false}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := connect(t, map[string]any{"review": map[string]string{"on": "save"}})
			s.must(s.Open(uri, "go", "one\n"))
			s.next()
			s.say(`{"jsonrpc":"2.0","id":"s1","method":%q,"params":%s}`, tc.method, tc.params)
			answer := s.next()
			for answer.Method == "textDocument/didChange" {
				answer = s.next()
			}
			if string(answer.ID) != `"s1"` || string(answer.Result) != tc.want || answer.Error != nil {
				t.Errorf("the answer to %s is %s %v, want %s", answer.ID, answer.Result, answer.Error, tc.want)
			}
		})
	}
}

func TestAMethodCanBeRefused(t *testing.T) {
	s := connect(t, nil)
	s.Refuse("window/workDoneProgress/create", &editor.Error{Code: -32601, Message: "not here"})
	s.say(`{"jsonrpc":"2.0","id":1,"method":"window/workDoneProgress/create","params":{"token":"t"}}`)
	if answer := s.next(); answer.Error == nil || answer.Error.Code != -32601 || answer.Result != nil {
		t.Errorf("the answer is %+v", answer)
	}
}

func TestSettingsCanChange(t *testing.T) {
	s := connect(t, 1)
	s.Configure(2)
	s.say(`{"jsonrpc":"2.0","id":1,"method":"workspace/configuration","params":{"items":[{}]}}`)
	if answer := s.next(); string(answer.Result) != "[2]" {
		t.Errorf("the answer is %s", answer.Result)
	}
}

func TestTheTextFollowsEveryChange(t *testing.T) {
	for _, tc := range []struct {
		name, before string
		edits        []editor.TextEdit
		want         string
	}{
		{"one", "a\nb\n", []editor.TextEdit{{Range: editor.At(1, 0, 1, 1), NewText: "c"}}, "a\nc\n"},
		{"one after the other", "a\n", []editor.TextEdit{
			{Range: editor.At(0, 0, 0, 0), NewText: "x\n"}, {Range: editor.At(1, 0, 1, 1), NewText: "y"},
		}, "x\ny\n"},
		{"columns in UTF-16", "😀b\n", []editor.TextEdit{{Range: editor.At(0, 2, 0, 3), NewText: "c"}}, "😀c\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := connect(t, nil)
			s.must(s.Open(uri, "go", tc.before))
			s.next()
			s.must(s.Change(uri, tc.edits...))
			var sent struct {
				TextDocument   struct{ Version int32 }
				ContentChanges []struct{ Text string }
			}
			s.must(json.Unmarshal(s.next().Params, &sent))
			if s.Text(uri) != tc.want || s.Version(uri) != 2 || sent.TextDocument.Version != 2 || len(sent.ContentChanges) != len(tc.edits) {
				t.Errorf("the text is %q in version %d, and %+v was sent", s.Text(uri), s.Version(uri), sent)
			}
		})
	}
}

func TestADocumentThatIsClosedCannotChange(t *testing.T) {
	s := connect(t, nil)
	s.must(s.Open(uri, "go", "a\n"))
	s.must(s.Close(uri))
	if err := s.Change(uri, editor.TextEdit{}); err == nil || s.Text(uri) != "" || s.Version(uri) != 0 {
		t.Errorf("%q in version %d, %v", s.Text(uri), s.Version(uri), err)
	}
}

// Edits of one workspace edit all mean the text as it was.
func TestEditsOfTheServerDoNotMoveEachOther(t *testing.T) {
	s := connect(t, nil)
	s.must(s.Open(uri, "go", "a\nb\nc\n"))
	s.next()
	s.say(`{"jsonrpc":"2.0","id":1,"method":"workspace/applyEdit","params":{"edit":{"documentChanges":[{"textDocument":{"uri":%q,"version":1},"edits":[
		{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"newText":"x\nx"},
		{"range":{"start":{"line":2,"character":0},"end":{"line":2,"character":1}},"newText":"z"}]}]}}}`, uri)
	s.next() // didChange
	s.next() // the answer
	if got := s.Text(uri); got != "x\nx\nb\nz\n" {
		t.Errorf("the text is %q", got)
	}
}

func TestRequestsGetTheirAnswers(t *testing.T) {
	s := connect(t, nil)
	first, err := s.Start("one", nil)
	s.must(err)
	second, err := s.Start("two", nil)
	s.must(err)
	one, two := s.next(), s.next()
	s.say(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32803,"message":"no"}}`, two.ID) // in any order
	s.say(`{"jsonrpc":"2.0","id":%s,"result":"yes"}`, one.ID)
	var got string
	s.must(first.Wait(s.ctx, &got))
	refused, ok := errors.AsType[*editor.Error](second.Wait(s.ctx, nil))
	if got != "yes" || !ok || refused.Code != -32803 || refused.Error() != "no (-32803)" {
		t.Errorf("the answers are %q and %v", got, refused)
	}
}

func TestAHoverOfNothingIsEmpty(t *testing.T) {
	s := connect(t, nil)
	answer := func(result string) string {
		go func() { s.say(`{"jsonrpc":"2.0","id":%s,"result":%s}`, s.next().ID, result) }()
		card, err := s.Hover(s.ctx, uri, editor.Position{})
		s.must(err)
		return card
	}
	if got := answer(`null`) + answer(`{"contents":{"kind":"markdown","value":"text"}}`); got != "text" {
		t.Errorf("the hovers are %q", got)
	}
}

func TestACancelNamesItsRequest(t *testing.T) {
	s := connect(t, nil)
	p, err := s.Start("slow", nil)
	s.must(err)
	s.next()
	s.must(p.Cancel())
	if m := s.next(); m.Method != "$/cancelRequest" || string(m.Params) != fmt.Sprintf(`{"id":%d}`, p.ID) {
		t.Errorf("it sends %s %s", m.Method, m.Params)
	}
}

func TestWhatTheServerSaysIsKept(t *testing.T) {
	s := connect(t, nil)
	var each []string
	s.OnEach(func(m *editor.Message) { each = append(each, m.Method) })
	s.say(`{"jsonrpc":"2.0","method":"window/showMessage","params":{"type":2,"message":"shown"}}`)
	s.say(`{"jsonrpc":"2.0","method":"window/logMessage","params":{"type":3,"message":"logged"}}`)
	s.say(`{"jsonrpc":"2.0","method":"$/progress","params":{"token":"t","value":{"kind":"begin","title":"T"}}}`)
	for range 2 { // the newest counts
		s.say(`{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":%q,"version":3,"diagnostics":[{"message":"m"}]}}`, uri)
	}
	s.must(s.Await(s.ctx, func(state *editor.State) bool {
		return len(state.Messages) == 5 && len(state.Diagnostics[uri].Diagnostics) == 1 && *state.Diagnostics[uri].Version == 3 &&
			strings.Join(append(state.Shown, state.Logged...), " ") == "shown logged" && state.Progress[0].Value.Title == "T"
	}))
	_ = s.out.Close()
	if err := s.Await(s.ctx, func(*editor.State) bool { return false }); !errors.Is(err, editor.ErrGone) {
		t.Errorf("after the end, waiting gives %v", err)
	}
	if len(each) != 5 || len(s.Messages()) != 5 {
		t.Errorf("%d messages were given and %d kept", len(each), len(s.Messages()))
	}
}

func TestTheEndOfTheServerIsAnError(t *testing.T) {
	for _, tc := range []struct{ name, last string }{
		{"its pipe closes", ""},
		{"it sends no header", "nonsense\r\n\r\n"},
		{"it sends no length", "Content-Type: x\r\n\r\n{}"},
		{"it sends half a body", "Content-Length: 10\r\n\r\n{}"},
		{"it sends no JSON", "Content-Length: 2\r\n\r\n{]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := connect(t, nil)
			p, err := s.Start("slow", nil)
			s.must(err)
			if _, err := io.WriteString(s.out, tc.last); err != nil {
				t.Fatal(err)
			}
			_ = s.out.Close()
			if err := p.Wait(s.ctx, nil); !errors.Is(err, editor.ErrGone) {
				t.Errorf("the request ends with %v", err)
			}
		})
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	s := connect(t, nil)
	p, err := s.Start("slow", nil)
	s.must(err)
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if err := p.Wait(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the request ends with %v", err)
	}
	if err := s.Await(ctx, func(*editor.State) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting ends with %v", err)
	}
}

func TestAChosenActionIsResolvedAppliedAndRun(t *testing.T) {
	s := connect(t, nil)
	s.must(s.Open(uri, "go", "a\n"))
	s.next()
	done := make(chan error, 1)
	go func() {
		done <- s.Choose(s.ctx, editor.CodeAction{Title: "Fix", Data: json.RawMessage(`{"finding":"f"}`)})
	}()
	resolve := s.next()
	s.say(`{"jsonrpc":"2.0","id":%s,"result":{"title":"Fix","edit":{"changes":{%q:[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"newText":"b"}]}},
		"command":{"title":"then","command":"ai-lsp.status","arguments":[{}]}}}`, resolve.ID, uri)
	change, run := s.next(), s.next()
	s.say(`{"jsonrpc":"2.0","id":%s,"result":null}`, run.ID)
	s.must(<-done)
	if resolve.Method != "codeAction/resolve" || change.Method != "textDocument/didChange" || run.Method != "workspace/executeCommand" || s.Text(uri) != "b\n" {
		t.Errorf("it sends %s, %s, %s; the text is %q", resolve.Method, change.Method, run.Method, s.Text(uri))
	}
}
