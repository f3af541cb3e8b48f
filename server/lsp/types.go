package lsp

import (
	"encoding/json"

	protocol "github.com/tliron/glsp/protocol_3_16"
)

// InitializeParams keeps capabilities and options raw: they are read where
// they mean something.
type InitializeParams struct {
	ProcessID             *int              `json:"processId"`
	ClientInfo            *ClientInfo       `json:"clientInfo"`
	RootPath              *string           `json:"rootPath"`
	RootURI               *string           `json:"rootUri"`
	Capabilities          json.RawMessage   `json:"capabilities"`
	InitializationOptions json.RawMessage   `json:"initializationOptions"`
	WorkspaceFolders      []WorkspaceFolder `json:"workspaceFolders"`
}

// ClientInfo names the editor.
type ClientInfo struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// WorkspaceFolder is one root of the workspace.
type WorkspaceFolder struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

// DidChangeWorkspaceFoldersParams tells of folders that came and went.
type DidChangeWorkspaceFoldersParams struct {
	Event struct {
		Added   []WorkspaceFolder `json:"added"`
		Removed []WorkspaceFolder `json:"removed"`
	} `json:"event"`
}

// DidChangeConfigurationParams carries settings, or null where the client
// wants to be asked.
type DidChangeConfigurationParams struct {
	Settings json.RawMessage `json:"settings"`
}

// DidChangeTextDocumentParams decodes ranged and whole-text changes alike; the
// library's type guesses between two.
type DidChangeTextDocumentParams struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version *int32 `json:"version"` // some clients send null
	} `json:"textDocument"`
	ContentChanges []ContentChange `json:"contentChanges"`
}

// ContentChange replaces Range, or the whole text where Range is nil.
type ContentChange struct {
	Range *protocol.Range `json:"range"`
	Text  string          `json:"text"`
}

// InitializeResult is the answer to initialize.
type InitializeResult struct {
	Capabilities ServerCapabilities `json:"capabilities"`
	ServerInfo   ClientInfo         `json:"serverInfo"`
}

// ServerCapabilities says what the server does; built by hand, since the
// library's builder claims what is not there.
type ServerCapabilities struct {
	PositionEncoding       string                 `json:"positionEncoding,omitempty"`
	TextDocumentSync       TextDocumentSync       `json:"textDocumentSync"`
	HoverProvider          bool                   `json:"hoverProvider"`
	CodeActionProvider     CodeActionOptions      `json:"codeActionProvider"`
	ExecuteCommandProvider ExecuteCommandOptions  `json:"executeCommandProvider"`
	Workspace              *WorkspaceCapabilities `json:"workspace,omitempty"`
}

// TextDocumentSync asks for incremental changes and for saves.
type TextDocumentSync struct {
	OpenClose bool `json:"openClose"`
	Change    int  `json:"change"`
	Save      bool `json:"save"`
}

// SyncIncremental is TextDocumentSyncKind.Incremental.
const SyncIncremental = 2

// CodeActionOptions lists the kinds that are offered.
type CodeActionOptions struct {
	CodeActionKinds []string `json:"codeActionKinds"`
	ResolveProvider bool     `json:"resolveProvider,omitempty"`
}

// ExecuteCommandOptions lists the commands.
type ExecuteCommandOptions struct {
	Commands []string `json:"commands"`
}

// WorkspaceCapabilities says that folders may change.
type WorkspaceCapabilities struct {
	WorkspaceFolders WorkspaceFoldersCapabilities `json:"workspaceFolders"`
}

// WorkspaceFoldersCapabilities are the two flags of it.
type WorkspaceFoldersCapabilities struct {
	Supported           bool `json:"supported"`
	ChangeNotifications bool `json:"changeNotifications"`
}

// Diagnostic severities.
const (
	SeverityError       = 1
	SeverityWarning     = 2
	SeverityInformation = 3
)

// Diagnostic is one finding as an editor shows it. Message is never empty:
// VS Code refuses the whole set otherwise.
type Diagnostic struct {
	Range    protocol.Range  `json:"range"`
	Severity int             `json:"severity"`
	Code     string          `json:"code"`
	Source   string          `json:"source"`
	Message  string          `json:"message"`
	Data     *DiagnosticData `json:"data,omitempty"`
}

// DiagnosticData travels to the editor and back, so that an action finds its
// finding again.
type DiagnosticData struct {
	Finding string `json:"finding"`
}

// PublishDiagnosticsParams is the whole set of a document. Diagnostics must
// not be nil: null breaks clients.
type PublishDiagnosticsParams struct {
	URI         string       `json:"uri"`
	Version     *int32       `json:"version,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Code action kinds that are offered.
const (
	KindQuickFix     = "quickfix"
	KindReview       = "refactor.ai-lsp"
	KindSourceReview = "source.ai-lsp"
	KindFixAll       = "source.fixAll.ai-lsp"
)

// CodeActionTagLLMGenerated marks an action as made by a language model
// (LSP 3.18, CodeActionTag.LLMGenerated).
const CodeActionTagLLMGenerated = 1

// CodeActionTriggerAutomatic is CodeActionTriggerKind.Automatic: the editor
// asked by itself.
const CodeActionTriggerAutomatic = 2

// CodeActionParams keeps the diagnostics raw: they are echoed, whatever other
// tools put into them.
type CodeActionParams struct {
	TextDocument protocol.TextDocumentIdentifier `json:"textDocument"`
	Range        protocol.Range                  `json:"range"`
	Context      struct {
		Diagnostics []json.RawMessage `json:"diagnostics"`
		Only        []string          `json:"only"`
		TriggerKind int               `json:"triggerKind"`
	} `json:"context"`
}

// CodeAction is one entry of the light bulb.
type CodeAction struct {
	Title       string            `json:"title"`
	Kind        string            `json:"kind,omitempty"`
	Diagnostics []json.RawMessage `json:"diagnostics,omitempty"`
	IsPreferred bool              `json:"isPreferred,omitempty"`
	Disabled    *Disabled         `json:"disabled,omitempty"`
	Edit        *WorkspaceEdit    `json:"edit,omitempty"`
	Command     *Command          `json:"command,omitempty"`
	Data        json.RawMessage   `json:"data,omitempty"`
	Tags        []int             `json:"tags,omitempty"`
}

// Disabled says why an action can not be used now.
type Disabled struct {
	Reason string `json:"reason"`
}

// Command is a command with its one object argument.
type Command struct {
	Title     string `json:"title"`
	Command   string `json:"command"`
	Arguments []any  `json:"arguments,omitempty"`
}

// ExecuteCommandParams keeps the arguments raw.
type ExecuteCommandParams struct {
	Command   string            `json:"command"`
	Arguments []json.RawMessage `json:"arguments"`
}

// TextEdit replaces a range.
type TextEdit struct {
	Range   protocol.Range `json:"range"`
	NewText string         `json:"newText"`
}

// WorkspaceEdit is in one of its two shapes, as the client can take it.
type WorkspaceEdit struct {
	Changes         map[string][]TextEdit `json:"changes,omitempty"`
	DocumentChanges []TextDocumentEdit    `json:"documentChanges,omitempty"`
}

// TextDocumentEdit holds for one version of one document.
type TextDocumentEdit struct {
	TextDocument VersionedDocument `json:"textDocument"`
	Edits        []TextEdit        `json:"edits"`
}

// VersionedDocument names a version.
type VersionedDocument struct {
	URI     string `json:"uri"`
	Version int32  `json:"version"`
}

// Edit makes the edit of one document in the shape that the client takes.
func (c *Client) Edit(uri string, version int32, edits []TextEdit) *WorkspaceEdit {
	if c.VersionedEdits {
		doc := VersionedDocument{URI: uri, Version: version}
		return &WorkspaceEdit{DocumentChanges: []TextDocumentEdit{{TextDocument: doc, Edits: edits}}}
	}
	return &WorkspaceEdit{Changes: map[string][]TextEdit{uri: edits}}
}
