package handlers

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tliron/glsp"
	protocol "github.com/tliron/glsp/protocol_3_16"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/rpc"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// The commands. Each takes one object.
const (
	commandReview  = "ai-lsp.review"
	commandExplain = "ai-lsp.explain"
	commandFix     = "ai-lsp.fix"
	commandDismiss = "ai-lsp.dismiss"
	commandListed  = "ai-lsp.dismissed"
	commandRestore = "ai-lsp.restore"
	commandStatus  = "ai-lsp.status"
	commandClear   = "ai-lsp.clearCache"
)

// argument is what the commands take; each reads what it needs.
type argument struct {
	URI     string          `json:"uri"`
	Range   *protocol.Range `json:"range"`
	Scope   string          `json:"scope"`
	Finding string          `json:"finding"`
	All     bool            `json:"all"` // ai-lsp.fix: every finding that is shown
	Reason  string          `json:"reason"`
	Retry   bool            `json:"retry"`

	Dismissal string `json:"dismissal"`
}

// commands say for each name what runs on the lane; what takes longer comes
// back as Later.
var commands = map[string]func(*Handlers, argument) (any, error){
	commandReview:  (*Handlers).commandReview,
	commandExplain: (*Handlers).commandExplain,
	commandFix:     (*Handlers).commandFix,
	commandDismiss: (*Handlers).commandDismiss,
	commandListed:  (*Handlers).commandDismissed,
	commandRestore: (*Handlers).commandRestore,
	commandStatus:  (*Handlers).commandStatus,
	commandClear:   (*Handlers).commandClear,
}

func commandNames() []string { return slices.Sorted(maps.Keys(commands)) }

// ExecuteCommand handles workspace/executeCommand. The document is taken as it
// is when the command arrives, on the lane.
func (h *Handlers) ExecuteCommand(_ *glsp.Context, params *lsp.ExecuteCommandParams) (any, error) {
	run, known := commands[params.Command]
	if !known {
		return nil, rpc.Errorf(rpc.InvalidParams, "no command %q; there are %v", params.Command, commandNames())
	}
	var arg argument
	if len(params.Arguments) > 0 && !bytes.Equal(params.Arguments[0], []byte("null")) {
		if err := json.Unmarshal(params.Arguments[0], &arg); err != nil {
			return nil, rpc.Errorf(rpc.InvalidParams, "%s: the argument must be one object: %v", params.Command, err)
		}
	}
	return run(h, arg)
}

// open gives the document that a command is about.
func (h *Handlers) open(uri string) (*text.Document, error) {
	if uri == "" {
		return nil, rpc.Errorf(rpc.InvalidParams, "the argument has no uri")
	}
	doc, open := h.docs.Document(uri)
	if !open {
		return nil, rpc.Errorf(rpc.InvalidParams, "%s is not open in the editor", labelOf(uri))
	}
	return doc, nil
}

// enclosing is the declaration around a line.
func enclosing(doc *text.Document, line int) (first, last int, found bool) {
	return syntax.Enclosing(doc.LineCount(), doc.Line, line)
}

// allowed says why the model must not be asked about lines now; nil: it may.
func (h *Handlers) allowed(doc *text.Document, first, last int) error {
	if err := h.sendable(doc, first, last); err != nil {
		return err
	}
	if reason := h.health.refusal(true); reason != "" {
		return rpc.Errorf(rpc.RequestFailed, "%s", reason)
	}
	return nil
}

// sendable says why lines of a document must not leave the machine; nil: they
// may.
func (h *Handlers) sendable(doc *text.Document, first, last int) error {
	if reason := h.refusal(doc, first, last); reason != "" {
		return rpc.Errorf(rpc.RequestFailed, "%s is not sent: %s", labelOf(doc.URI()), reason)
	}
	return nil
}
