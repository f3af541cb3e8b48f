package editor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// Position and Range are LSP's, in UTF-16 units.
type (
	// Position is a place in a document.
	Position struct {
		Line      uint32 `json:"line"`
		Character uint32 `json:"character"`
	}
	// Range is the text between two places.
	Range struct {
		Start Position `json:"start"`
		End   Position `json:"end"`
	}
	// Diagnostic is one that the server published.
	Diagnostic struct {
		Range    Range           `json:"range"`
		Severity int             `json:"severity"`
		Code     string          `json:"code"`
		Source   string          `json:"source"`
		Message  string          `json:"message"`
		Data     json.RawMessage `json:"data,omitempty"`
	}
	// TextEdit replaces a range.
	TextEdit struct {
		Range   Range  `json:"range"`
		NewText string `json:"newText"`
	}
	// CodeAction is an entry of the light bulb.
	CodeAction struct {
		Title    string          `json:"title"`
		Kind     string          `json:"kind,omitempty"`
		Edit     json.RawMessage `json:"edit,omitempty"`
		Data     json.RawMessage `json:"data,omitempty"`
		Disabled *struct {
			Reason string `json:"reason"`
		} `json:"disabled,omitempty"`
		Command *struct {
			Title     string            `json:"title"`
			Command   string            `json:"command"`
			Arguments []json.RawMessage `json:"arguments"`
		} `json:"command,omitempty"`
	}
)

// document is an open document, as the editor has it.
type document struct{ text *text.Document }

// At makes a range from zero-based lines and UTF-16 columns.
func At(line, character, endLine, endCharacter uint32) Range {
	return Range{Position{line, character}, Position{endLine, endCharacter}}
}

type identifier struct {
	URI     string `json:"uri"`
	Version *int32 `json:"version,omitempty"`
}

// Capabilities are those of a capable editor.
const Capabilities = `{
	"window": {"workDoneProgress": true, "showDocument": {"support": true}},
	"workspace": {"applyEdit": true, "configuration": true, "workspaceFolders": true,
		"workspaceEdit": {"documentChanges": true}},
	"textDocument": {
		"hover": {"contentFormat": ["markdown", "plaintext"]},
		"publishDiagnostics": {"versionSupport": true, "dataSupport": true},
		"codeAction": {"isPreferredSupport": true, "disabledSupport": true, "dataSupport": true,
			"resolveSupport": {"properties": ["edit"]},
			"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}}}}}`

// Initialize sends initialize with the capabilities (JSON), then initialized.
func (e *Editor) Initialize(ctx context.Context, rootURI, capabilities string) (json.RawMessage, error) {
	var result json.RawMessage
	err := e.Request(ctx, "initialize", map[string]any{
		"processId": nil, "rootUri": rootURI, "capabilities": json.RawMessage(capabilities),
		"workspaceFolders": []map[string]string{{"uri": rootURI, "name": "workspace"}},
	}, &result)
	if err != nil {
		return nil, fmt.Errorf("initialize: %w", err)
	}
	return result, e.Notify("initialized", struct{}{})
}

// Open opens a document.
func (e *Editor) Open(uri, language, content string) error {
	e.mu.Lock()
	e.docs[uri] = &document{text.New(uri, language, 1, content)}
	e.mu.Unlock()
	return e.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": language, "version": 1, "text": content,
	}})
}

// Text is the text of an open document.
func (e *Editor) Text(uri string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if d := e.docs[uri]; d != nil {
		return d.text.Text()
	}
	return ""
}

// Version is the version of an open document.
func (e *Editor) Version(uri string) int32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if d := e.docs[uri]; d != nil {
		return d.text.Version()
	}
	return 0
}

// Change applies edits one after the other, as one notification.
func (e *Editor) Change(uri string, edits ...TextEdit) error {
	type change struct {
		Range Range  `json:"range"`
		Text  string `json:"text"`
	}
	e.mu.Lock()
	d := e.docs[uri]
	if d == nil {
		e.mu.Unlock()
		return fmt.Errorf("change %s: it is not open", uri)
	}
	changes, wire := make([]text.Change, len(edits)), make([]change, len(edits))
	for i, edit := range edits {
		r := toText(edit.Range)
		changes[i] = text.Change{Range: &r, Text: edit.NewText}
		wire[i] = change{edit.Range, edit.NewText}
	}
	d.text, _ = d.text.Apply(d.text.Version()+1, changes, text.UTF16)
	version := d.text.Version()
	e.mu.Unlock()
	return e.Notify("textDocument/didChange", map[string]any{
		"textDocument": identifier{uri, &version}, "contentChanges": wire,
	})
}

// Save says that a document was saved.
func (e *Editor) Save(uri string) error {
	return e.Notify("textDocument/didSave", map[string]any{"textDocument": identifier{URI: uri}})
}

// Close closes a document.
func (e *Editor) Close(uri string) error {
	e.mu.Lock()
	delete(e.docs, uri)
	e.mu.Unlock()
	return e.Notify("textDocument/didClose", map[string]any{"textDocument": identifier{URI: uri}})
}

// Hover gives the text of a hover; empty: there is none.
func (e *Editor) Hover(ctx context.Context, uri string, at Position) (string, error) {
	var hover *struct {
		Contents struct{ Value string }
	}
	err := e.Request(ctx, "textDocument/hover", map[string]any{"textDocument": identifier{URI: uri}, "position": at}, &hover)
	if err != nil || hover == nil {
		return "", err
	}
	return hover.Contents.Value, nil
}

// Actions are the code actions for a range.
func (e *Editor) Actions(ctx context.Context, uri string, r Range) ([]CodeAction, error) {
	var actions []CodeAction
	err := e.Request(ctx, "textDocument/codeAction", map[string]any{
		"textDocument": identifier{URI: uri}, "range": r,
		"context": map[string]any{"diagnostics": []any{}, "triggerKind": 1},
	}, &actions)
	return actions, err
}

// Execute runs a command with its one argument.
func (e *Editor) Execute(ctx context.Context, command string, argument, result any) error {
	params := map[string]any{"command": command, "arguments": []any{argument}}
	return e.Request(ctx, "workspace/executeCommand", params, result)
}

// Choose does what an editor does when a person picks a code action: resolve
// it if needed, apply its edit, run its command.
func (e *Editor) Choose(ctx context.Context, action CodeAction) error {
	if action.Edit == nil && action.Data != nil {
		if err := e.Request(ctx, "codeAction/resolve", action, &action); err != nil {
			return err
		}
	}
	if action.Edit != nil {
		if err := e.applyEdit(json.RawMessage(`{"edit":` + string(action.Edit) + `}`)); err != nil {
			return err
		}
	}
	if action.Command != nil {
		params := map[string]any{"command": action.Command.Command, "arguments": action.Command.Arguments}
		return e.Request(ctx, "workspace/executeCommand", params, nil)
	}
	return nil
}

// applyEdit applies a workspace edit, and refuses one for another version.
func (e *Editor) applyEdit(params json.RawMessage) error {
	var in struct {
		Edit struct {
			Changes         map[string][]TextEdit `json:"changes"`
			DocumentChanges []struct {
				TextDocument identifier `json:"textDocument"`
				Edits        []TextEdit `json:"edits"`
			} `json:"documentChanges"`
		} `json:"edit"`
	}
	if err := json.Unmarshal(params, &in); err != nil {
		return fmt.Errorf("read edit: %w", err)
	}
	for _, c := range in.Edit.DocumentChanges {
		if v := c.TextDocument.Version; v != nil && *v != e.Version(c.TextDocument.URI) {
			return fmt.Errorf("the edit is for version %d, and %d is open", *v, e.Version(c.TextDocument.URI))
		}
		if err := e.Change(c.TextDocument.URI, lastFirst(c.Edits)...); err != nil {
			return err
		}
	}
	for uri, edits := range in.Edit.Changes {
		if err := e.Change(uri, lastFirst(edits)...); err != nil {
			return err
		}
	}
	return nil
}

// lastFirst orders edits so that none moves another. Of several at one place the
// last goes first too, so that they come out in the order of the list.
func lastFirst(edits []TextEdit) []TextEdit {
	edits = slices.Clone(edits)
	slices.Reverse(edits)
	slices.SortStableFunc(edits, func(a, b TextEdit) int {
		if a.Range.Start.Line != b.Range.Start.Line {
			return int(b.Range.Start.Line) - int(a.Range.Start.Line)
		}
		return int(b.Range.Start.Character) - int(a.Range.Start.Character)
	})
	return edits
}

func toText(r Range) text.Range {
	return text.Range{Start: text.Position(r.Start), End: text.Position(r.End)}
}

// Shutdown ends the session as an editor does.
func (e *Editor) Shutdown(ctx context.Context) error {
	if err := e.Request(ctx, "shutdown", nil, nil); err != nil {
		return err
	}
	return e.Notify("exit", nil)
}
