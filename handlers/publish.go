package handlers

import (
	"reflect"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// joinWindow is how long findings that follow the first one are collected.
const joinWindow = 100 * time.Millisecond

// publisher decides when the findings of a document are sent. What it sends is
// always computed from the newest state, under its lock, so that an older set
// can never arrive after a newer one.
type publisher struct {
	mu     sync.Mutex
	sets   func(uri string) lsp.PublishDiagnosticsParams // of now
	send   func(lsp.PublishDiagnosticsParams)
	last   map[string]time.Time                    // when a set was last sent
	timers map[string]*time.Timer                  // of sets that wait for the window to end
	shown  map[string]lsp.PublishDiagnosticsParams // what the editor shows; never an empty set
	closed bool
}

func newPublisher(sets func(uri string) lsp.PublishDiagnosticsParams, send func(lsp.PublishDiagnosticsParams)) *publisher {
	return &publisher{
		sets: sets, send: send, last: map[string]time.Time{}, timers: map[string]*time.Timer{},
		shown: map[string]lsp.PublishDiagnosticsParams{},
	}
}

// now sends at once: after an edit, a dismissal, the end of a review.
func (p *publisher) now(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush(uri)
}

// soon sends at once if nothing was sent for a while, else when the window ends.
func (p *publisher) soon(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.timers[uri] != nil {
		return
	}
	wait := time.Until(p.last[uri].Add(joinWindow))
	if wait <= 0 {
		p.flush(uri)
		return
	}
	p.timers[uri] = time.AfterFunc(wait, func() { p.now(uri) })
}

// flush must be called with the lock held. What the editor shows already is not
// sent again, and an empty set only takes back one that was not.
func (p *publisher) flush(uri string) {
	if timer := p.timers[uri]; timer != nil {
		timer.Stop()
		delete(p.timers, uri)
	}
	if p.closed {
		return
	}
	set := p.sets(uri)
	before, had := p.shown[uri]
	if len(set.Diagnostics) == 0 && !had || reflect.DeepEqual(set, before) {
		return
	}
	p.last[uri] = time.Now()
	p.send(set)
	p.shown[uri] = set
	if len(set.Diagnostics) == 0 {
		delete(p.shown, uri)
	}
}

// forget takes back what a closed document showed.
func (p *publisher) forget(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush(uri)
	delete(p.last, uri)
	delete(p.shown, uri)
}

func (p *publisher) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, timer := range p.timers {
		timer.Stop()
	}
}

// diagnostics are the findings of a document, as they stand now.
func (h *Handlers) diagnostics(uri string) lsp.PublishDiagnosticsParams {
	doc, findings := h.board.Findings(uri, h.view())
	params := lsp.PublishDiagnosticsParams{URI: uri, Diagnostics: make([]lsp.Diagnostic, 0, len(findings))}
	if doc != nil {
		version := doc.Version()
		params.Version = &version
	}
	for _, f := range findings {
		params.Diagnostics = append(params.Diagnostics, h.diagnostic(doc, f))
	}
	return params
}

// publish sends a set. One that the editor has not read yet is replaced.
func (h *Handlers) publish(set lsp.PublishDiagnosticsParams) {
	err := h.deps.Client.NotifyMerged("diagnostics "+set.URI, "textDocument/publishDiagnostics", set, nil)
	if err != nil {
		h.deps.Log("publish diagnostics: %v", err)
	}
}

// diagnostic is a finding as the editor shows it.
func (h *Handlers) diagnostic(doc *text.Document, f review.Finding) lsp.Diagnostic {
	severity := lsp.SeverityInformation
	switch f.Severity {
	case review.Critical:
		severity = lsp.SeverityError
	case review.Warning:
		severity = lsp.SeverityWarning
	case review.Info:
	}
	return lsp.Diagnostic{
		Range: h.toRange(doc, f.Anchor.Span()), Severity: severity, Code: f.Type,
		Source: "ai-lsp", Message: f.Message, Data: &lsp.DiagnosticData{Finding: f.ID},
	}
}
