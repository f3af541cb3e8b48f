package lsp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// Client is what the other side can do, resolved once from the raw
// initialize parameters: a typed 3.16 struct would drop the newer fields.
type Client struct {
	Name, Version string // from clientInfo; empty when the client did not say

	Encoding        text.Encoding // of positions, both ways
	EncodingOffered bool          // the client named encodings, so the choice is answered
	Progress        bool          // window.workDoneProgress
	ShowDocument    bool          // window.showDocument.support
	ShowsAnswers    bool          // a long answer gets before the person's eyes
	Configuration   bool          // workspace/configuration may be asked
	ConfigDynamic   bool          // didChangeConfiguration wants a registration
	WatchedDynamic  bool          // didChangeWatchedFiles may be registered
	ApplyEdit       bool          // workspace/applyEdit may be sent
	VersionedEdits  bool          // workspaceEdit.documentChanges
	Folders         bool          // workspaceFolders notifications
	ActionLiterals  bool          // code actions as such, not only commands
	ActionResolve   bool          // an edit may be left to codeAction/resolve
	ActionDisabled  bool          // disabled.reason is understood
	ActionPreferred bool          // isPreferred is understood
	ActionTagLLM    bool          // tag LLMGenerated (3.18) is understood
	HoverMarkdown   bool          // markdown hovers are rendered
}

// capabilities mirrors the little of ClientCapabilities that decides anything.
type capabilities struct {
	General struct {
		PositionEncodings []string `json:"positionEncodings"`
	} `json:"general"`
	Window struct {
		WorkDoneProgress bool `json:"workDoneProgress"`
		ShowDocument     struct {
			Support bool `json:"support"`
		} `json:"showDocument"`
	} `json:"window"`
	Workspace struct {
		ApplyEdit        bool `json:"applyEdit"`
		Configuration    bool `json:"configuration"`
		WorkspaceFolders bool `json:"workspaceFolders"`
		WorkspaceEdit    struct {
			DocumentChanges bool `json:"documentChanges"`
		} `json:"workspaceEdit"`
		DidChangeConfiguration dynamic `json:"didChangeConfiguration"`
		DidChangeWatchedFiles  dynamic `json:"didChangeWatchedFiles"`
	} `json:"workspace"`
	TextDocument struct {
		Hover struct {
			ContentFormat []string `json:"contentFormat"`
		} `json:"hover"`
		CodeAction codeActionCapabilities `json:"codeAction"`
	} `json:"textDocument"`
}

type dynamic struct {
	DynamicRegistration bool `json:"dynamicRegistration"`
}

type codeActionCapabilities struct {
	CodeActionLiteralSupport *struct{} `json:"codeActionLiteralSupport"`
	IsPreferredSupport       bool      `json:"isPreferredSupport"`
	DisabledSupport          bool      `json:"disabledSupport"`
	DataSupport              bool      `json:"dataSupport"`
	ResolveSupport           struct {
		Properties []string `json:"properties"`
	} `json:"resolveSupport"`
	TagSupport struct {
		ValueSet []int `json:"valueSet"`
	} `json:"tagSupport"`
}

// ResolveClient reads initialize parameters. A capability of a wrong type counts
// as not there: the client is served without it.
func ResolveClient(params *InitializeParams) (*Client, error) {
	var caps capabilities
	if len(params.Capabilities) > 0 {
		err := json.Unmarshal(params.Capabilities, &caps)
		// Decoding goes on after a wrong type, and only leaves that field out.
		if _, wrongType := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !wrongType {
			return nil, fmt.Errorf("read client capabilities: %w", err)
		}
	}
	action := caps.TextDocument.CodeAction
	c := &Client{
		EncodingOffered: len(caps.General.PositionEncodings) > 0,
		Encoding:        chooseEncoding(caps.General.PositionEncodings),
		Progress:        caps.Window.WorkDoneProgress,
		ShowDocument:    caps.Window.ShowDocument.Support,
		Configuration:   caps.Workspace.Configuration,
		ConfigDynamic:   caps.Workspace.DidChangeConfiguration.DynamicRegistration,
		WatchedDynamic:  caps.Workspace.DidChangeWatchedFiles.DynamicRegistration,
		ApplyEdit:       caps.Workspace.ApplyEdit,
		VersionedEdits:  caps.Workspace.WorkspaceEdit.DocumentChanges,
		Folders:         caps.Workspace.WorkspaceFolders,
		ActionLiterals:  action.CodeActionLiteralSupport != nil,
		ActionResolve:   action.DataSupport && slices.Contains(action.ResolveSupport.Properties, "edit"),
		ActionDisabled:  action.DisabledSupport,
		ActionPreferred: action.IsPreferredSupport,
		ActionTagLLM:    slices.Contains(action.TagSupport.ValueSet, CodeActionTagLLMGenerated),
		HoverMarkdown:   slices.Contains(caps.TextDocument.Hover.ContentFormat, "markdown"),
	}
	if params.ClientInfo != nil {
		c.Name, c.Version = params.ClientInfo.Name, params.ClientInfo.Version
	}
	// Before 0.8 Neovim has no showDocument; our plugin opens what the command
	// returns.
	c.ShowsAnswers = c.ShowDocument || c.Name == "Neovim"
	return c, nil
}

// chooseEncoding takes the client's first that we speak. UTF-16 is what the
// specification falls back to.
func chooseEncoding(offered []string) text.Encoding {
	for _, name := range offered {
		switch e := text.Encoding(name); e {
		case text.UTF8, text.UTF16, text.UTF32:
			return e
		}
	}
	return text.UTF16
}
