package lsp_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/server/lsp"
)

var (
	span  = protocol.Range{Start: protocol.Position{Line: 1, Character: 2}, End: protocol.Position{Line: 1, Character: 4}}
	edit  = lsp.TextEdit{Range: span, NewText: "x"}
	place = `{"start":{"line":1,"character":2},"end":{"line":1,"character":4}}`
)

// What is written here by hand is what the specification has for these types:
// everything that it requires is there, though it be zero or empty, and what
// it allows to be left out is left out rather than null.
func TestWhatIsSentIsWhatTheSpecificationHas(t *testing.T) {
	zero := `{"start":{"line":0,"character":0},"end":{"line":0,"character":0}}`
	version := int32(0)
	for _, tc := range []struct {
		name string
		sent any
		want string
	}{
		{
			"an edit with versions", (&lsp.Client{VersionedEdits: true}).Edit("file:///a", 7, []lsp.TextEdit{edit}),
			`{"documentChanges":[{"textDocument":{"uri":"file:///a","version":7},"edits":[{"range":` + place + `,"newText":"x"}]}]}`,
		},
		{
			"an edit without", (&lsp.Client{}).Edit("file:///a", 7, []lsp.TextEdit{edit}),
			`{"changes":{"file:///a":[{"range":` + place + `,"newText":"x"}]}}`,
		},
		{
			"version 0 and no edits", (&lsp.Client{VersionedEdits: true}).Edit("file:///a", 0, []lsp.TextEdit{}),
			`{"documentChanges":[{"textDocument":{"uri":"file:///a","version":0},"edits":[]}]}`,
		},
		{"no edits and no version", (&lsp.Client{}).Edit("file:///a", 0, []lsp.TextEdit{}), `{"changes":{"file:///a":[]}}`},
		{"a deletion at the beginning", lsp.TextEdit{}, `{"range":` + zero + `,"newText":""}`},
		{"a set of diagnostics", lsp.PublishDiagnosticsParams{URI: "file:///a", Version: &version, Diagnostics: []lsp.Diagnostic{{
			Range: span, Severity: lsp.SeverityError, Code: "bug", Source: "ai-lsp", Message: "m", Data: &lsp.DiagnosticData{Finding: "1"},
		}}}, `{"uri":"file:///a","version":0,"diagnostics":[{"range":` + place +
			`,"severity":1,"code":"bug","source":"ai-lsp","message":"m","data":{"finding":"1"}}]}`},
		{
			"an empty set of a document that is gone",
			lsp.PublishDiagnosticsParams{URI: "file:///a", Diagnostics: []lsp.Diagnostic{}},
			`{"uri":"file:///a","diagnostics":[]}`,
		},
		{"an action with all it can have", lsp.CodeAction{
			Title: "t", Kind: lsp.KindQuickFix, Diagnostics: []json.RawMessage{json.RawMessage(`{"a":1}`)}, IsPreferred: true,
			Disabled: &lsp.Disabled{}, Edit: (&lsp.Client{}).Edit("u", 0, []lsp.TextEdit{edit}), Data: json.RawMessage(`{"b":2}`),
			Command: &lsp.Command{Title: "t", Command: "c", Arguments: []any{map[string]any{"uri": "u"}}}, Tags: []int{lsp.CodeActionTagLLMGenerated},
		}, `{"title":"t","kind":"quickfix","diagnostics":[{"a":1}],"isPreferred":true,"disabled":{"reason":""},` +
			`"edit":{"changes":{"u":[{"range":` + place + `,"newText":"x"}]}},` +
			`"command":{"title":"t","command":"c","arguments":[{"uri":"u"}]},"data":{"b":2},"tags":[1]}`},
		{"an action with the least", lsp.CodeAction{}, `{"title":""}`},
		{"a command with the least", lsp.Command{}, `{"title":"","command":""}`},
		{"the answer to initialize", lsp.InitializeResult{
			ServerInfo: lsp.ClientInfo{Name: "ai-lsp"},
			Capabilities: lsp.ServerCapabilities{
				TextDocumentSync:       lsp.TextDocumentSync{OpenClose: true, Change: lsp.SyncIncremental, Save: true},
				CodeActionProvider:     lsp.CodeActionOptions{CodeActionKinds: []string{lsp.KindReview}},
				ExecuteCommandProvider: lsp.ExecuteCommandOptions{Commands: []string{}},
			},
		}, `{"capabilities":{"textDocumentSync":{"openClose":true,"change":2,"save":true},"hoverProvider":false,` +
			`"codeActionProvider":{"codeActionKinds":["refactor.ai-lsp"]},"executeCommandProvider":{"commands":[]}},"serverInfo":{"name":"ai-lsp"}}`},
		{"capabilities with all they can have", lsp.ServerCapabilities{
			PositionEncoding:       "utf-8",
			HoverProvider:          true,
			CodeActionProvider:     lsp.CodeActionOptions{CodeActionKinds: []string{}, ResolveProvider: true},
			ExecuteCommandProvider: lsp.ExecuteCommandOptions{Commands: []string{"c"}},
			Workspace:              &lsp.WorkspaceCapabilities{WorkspaceFolders: lsp.WorkspaceFoldersCapabilities{Supported: true, ChangeNotifications: true}},
		}, `{"positionEncoding":"utf-8","textDocumentSync":{"openClose":false,"change":0,"save":false},"hoverProvider":true,` +
			`"codeActionProvider":{"codeActionKinds":[],"resolveProvider":true},"executeCommandProvider":{"commands":["c"]},` +
			`"workspace":{"workspaceFolders":{"supported":true,"changeNotifications":true}}}`},
	} {
		t.Run(tc.name, func(t *testing.T) { checkJSON(t, tc.sent, tc.want) })
	}
}

func checkJSON(t *testing.T, sent any, want string) {
	t.Helper()
	raw, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	if string(raw) != want {
		t.Errorf("sent %s\nwant %s", raw, want)
	}
	if strings.Contains(string(raw), "null") {
		t.Errorf("there is a null in %s", raw)
	}
}

func TestWhatIsReceivedIsReadWhole(t *testing.T) {
	number := func(n int) *int { return &n }
	word := func(s string) *string { return &s }
	for _, tc := range []struct {
		name, raw string
		into      any // points to a zero value
		want      any
	}{
		{
			"initialize with nulls", `{"processId":null,"clientInfo":null,"rootPath":null,"rootUri":null,"workspaceFolders":null}`,
			&lsp.InitializeParams{}, &lsp.InitializeParams{},
		},
		{
			"initialize", `{"processId":3,"clientInfo":{"name":"n","version":"v"},"rootPath":"/a","rootUri":"file:///a","capabilities":{"x":1},
			"initializationOptions":[1],"trace":"off","workspaceFolders":[{"uri":"file:///a","name":"a"}]}`,
			&lsp.InitializeParams{}, &lsp.InitializeParams{
				ProcessID: number(3), ClientInfo: &lsp.ClientInfo{Name: "n", Version: "v"}, RootPath: word("/a"), RootURI: word("file:///a"),
				Capabilities: json.RawMessage(`{"x":1}`), InitializationOptions: json.RawMessage(`[1]`),
				WorkspaceFolders: []lsp.WorkspaceFolder{{URI: "file:///a", Name: "a"}},
			},
		},
		{"a ranged change", `{"range":` + place + `,"rangeLength":2,"text":"x"}`, &lsp.ContentChange{}, &lsp.ContentChange{Range: &span, Text: "x"}},
		{"a change of everything", `{"text":"x"}`, &lsp.ContentChange{}, &lsp.ContentChange{Text: "x"}},
		{"a change of everything, with null", `{"range":null,"text":""}`, &lsp.ContentChange{}, &lsp.ContentChange{}},
		{
			"settings that are null", `{"settings":null}`, &lsp.DidChangeConfigurationParams{},
			&lsp.DidChangeConfigurationParams{Settings: json.RawMessage(`null`)},
		},
		{
			"a command with arguments of any kind", `{"command":"c","arguments":[{"a":1},null,2]}`, &lsp.ExecuteCommandParams{},
			&lsp.ExecuteCommandParams{Command: "c", Arguments: []json.RawMessage{[]byte(`{"a":1}`), []byte(`null`), []byte(`2`)}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := json.Unmarshal([]byte(tc.raw), tc.into); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(tc.into, tc.want) {
				t.Errorf("read %+v, want %+v", tc.into, tc.want)
			}
		})
	}
}

// An action goes to the editor and comes back to be resolved. What other tools
// put into the diagnostics must survive that.
func TestAnActionComesBackAsItWent(t *testing.T) {
	raw := `{"title":"t","kind":"quickfix","diagnostics":[{"range":` + place + `,"message":"m","relatedInformation":[],"code":12}],"data":{"x":[null,1.50]}}`
	var action lsp.CodeAction
	if err := json.Unmarshal([]byte(raw), &action); err != nil {
		t.Fatal(err)
	}
	back, err := json.Marshal(action)
	if err != nil || string(back) != raw {
		t.Errorf("went as %s\ncame as %s, %v", raw, back, err)
	}
}

func TestTheDiagnosticsOfACodeActionRequestStayRaw(t *testing.T) {
	var params lsp.CodeActionParams
	raw := `{"textDocument":{"uri":"file:///a"},"range":` + place + `,"context":{"diagnostics":[{"code":{"value":1}}],"only":["quickfix"],"triggerKind":2}}`
	if err := json.Unmarshal([]byte(raw), &params); err != nil {
		t.Fatal(err)
	}
	about := params.Context
	if len(about.Diagnostics) != 1 || string(about.Diagnostics[0]) != `{"code":{"value":1}}` {
		t.Errorf("the diagnostics are %s", about.Diagnostics)
	}
	if about.TriggerKind != lsp.CodeActionTriggerAutomatic || !reflect.DeepEqual(about.Only, []string{"quickfix"}) || params.Range != span {
		t.Errorf("read %+v", params)
	}
}
