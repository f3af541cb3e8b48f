package handlers

import (
	"context"
	"encoding/json"

	"github.com/tliron/glsp"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// Initialize handles initialize: who is there, what it can do, and what it
// gets from us.
func (h *Handlers) Initialize(_ *glsp.Context, params *lsp.InitializeParams) (*lsp.InitializeResult, error) {
	client, err := lsp.ResolveClient(params)
	if err != nil {
		return nil, rpc.Errorf(rpc.InvalidParams, "%v", err)
	}
	h.client = client
	h.progress.enabled = client.Progress
	h.roots.set(params)
	h.problems(h.deps.Settings.SetWorkspace(h.roots.paths()))
	h.problems(h.deps.Settings.SetInitOptions(params.InitializationOptions))
	result := &lsp.InitializeResult{
		ServerInfo: lsp.ClientInfo{Name: "ai-lsp", Version: h.deps.Version},
		Capabilities: lsp.ServerCapabilities{
			TextDocumentSync: lsp.TextDocumentSync{OpenClose: true, Change: lsp.SyncIncremental, Save: true},
			HoverProvider:    true,
			CodeActionProvider: lsp.CodeActionOptions{
				CodeActionKinds: []string{lsp.KindQuickFix, lsp.KindReview, lsp.KindSourceReview},
				ResolveProvider: client.ActionResolve,
			},
			ExecuteCommandProvider: lsp.ExecuteCommandOptions{Commands: commandNames()},
		},
	}
	if client.EncodingOffered {
		result.Capabilities.PositionEncoding = string(client.Encoding)
	}
	if client.Folders {
		folders := lsp.WorkspaceFoldersCapabilities{Supported: true, ChangeNotifications: true}
		result.Capabilities.Workspace = &lsp.WorkspaceCapabilities{WorkspaceFolders: folders}
	}
	return result, nil
}

// registration is one entry of client/registerCapability.
type registration struct {
	ID      string `json:"id"`
	Method  string `json:"method"`
	Options any    `json:"registerOptions,omitempty"`
}

// Initialized handles initialized: from now on the editor may be asked.
func (h *Handlers) Initialized(*glsp.Context, *struct{}) (any, error) {
	h.background(func(ctx context.Context) {
		var wanted []registration
		if h.client.ConfigDynamic {
			section := map[string]string{"section": "ai-lsp"}
			wanted = append(wanted, registration{"ai-lsp-configuration", "workspace/didChangeConfiguration", section})
		}
		if h.client.WatchedDynamic {
			globs := map[string]any{"watchers": []map[string]string{{"globPattern": "**/.ai-lsp.toml"}}}
			wanted = append(wanted, registration{"ai-lsp-files", "workspace/didChangeWatchedFiles", globs})
		}
		if len(wanted) > 0 {
			params := map[string]any{"registrations": wanted}
			if err := h.deps.Client.Call(ctx, "client/registerCapability", params, nil); err != nil {
				h.deps.Log("register with the client: %v", err)
			}
		}
		h.askConfiguration(ctx)
	})
	return nil, nil
}

// askConfiguration asks the editor for its settings, where it can be asked.
func (h *Handlers) askConfiguration(ctx context.Context) {
	if !h.client.Configuration {
		return
	}
	var answers []json.RawMessage
	params := map[string]any{"items": []map[string]string{{"section": "ai-lsp"}}}
	if err := h.deps.Client.Call(ctx, "workspace/configuration", params, &answers); err != nil {
		h.deps.Log("ask for the configuration: %v", err)
		return
	}
	if len(answers) > 0 {
		h.problems(h.deps.Settings.SetEditor(answers[0]))
	}
}

// problems tells of settings that are wrong, one message each, once.
func (h *Handlers) problems(found []settings.Problem) {
	for _, p := range found {
		if h.once.first("setting " + p.String()) {
			h.show(messageWarning, "ai-lsp: "+p.String())
		}
	}
}
