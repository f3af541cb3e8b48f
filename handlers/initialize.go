package handlers

import (
	"context"
	"encoding/json"
	"time"

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
	if client.Configuration {
		h.waiting, h.configured = context.WithTimeout(h.ctx, patience)
	}
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
				CodeActionKinds: []string{lsp.KindQuickFix, lsp.KindReview, lsp.KindSourceReview, lsp.KindFixAll},
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
	h.background(h.register)
	h.background(func(ctx context.Context) {
		defer h.configured()
		h.askConfiguration(ctx)
	})
	return nil, nil
}

// patience is how long what the first settings of the editor may change waits
// for them, counted from initialize.
const patience = 2 * time.Second

// settle reads the settings as they are now: those of the editor, should it
// just have been started, and files that have changed.
func (h *Handlers) settle(ctx context.Context) {
	select {
	case <-h.waiting.Done():
	case <-ctx.Done():
	}
	h.reloadSettings(ctx)
}

// register asks to be told of what may change while the session lasts.
func (h *Handlers) register(ctx context.Context) {
	var wanted []registration
	if h.client.ConfigDynamic {
		section := map[string]string{"section": "ai-lsp"}
		wanted = append(wanted, registration{"ai-lsp-configuration", "workspace/didChangeConfiguration", section})
	}
	if h.client.WatchedDynamic {
		globs := map[string]any{"watchers": []map[string]string{
			{"globPattern": "**/.ai-lsp.toml"}, {"globPattern": "**/.ai-lsp/dismissed.jsonl"},
		}}
		wanted = append(wanted, registration{"ai-lsp-files", "workspace/didChangeWatchedFiles", globs})
	}
	if len(wanted) > 0 {
		h.ask(ctx, "client/registerCapability", map[string]any{"registrations": wanted}, nil)
	}
}

// ask asks the editor for something that no person has to answer. It is false
// when there is no answer within ten seconds.
func (h *Handlers) ask(ctx context.Context, method string, params, result any) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := h.deps.Client.Call(ctx, method, params, result); err != nil {
		h.deps.Log("ask the editor for %s: %v", method, err)
		return false
	}
	return true
}

// askConfiguration asks the editor for its settings, where it can be asked.
func (h *Handlers) askConfiguration(ctx context.Context) {
	if !h.client.Configuration {
		return
	}
	var answers []json.RawMessage
	params := map[string]any{"items": []map[string]string{{"section": "ai-lsp"}}}
	if h.ask(ctx, "workspace/configuration", params, &answers) && len(answers) > 0 {
		h.problems(h.deps.Settings.SetEditor(answers[0]))
	}
}

// problems tells of settings that are wrong, one message each. Settings report
// each problem once for as long as it stands.
func (h *Handlers) problems(found []settings.Problem) {
	for _, p := range found {
		h.show(messageWarning, "ai-lsp: "+p.String())
	}
}
