package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
)

// What listens on the machine of a test is not ours to say, so what was found
// there is given to the provider.
func TestWithoutKeyAndAddressAServerOnThisMachineIsUsed(t *testing.T) {
	ollama := local{baseURL: "http://127.0.0.1:11434/v1", model: "found"}
	for _, tc := range []struct {
		name         string
		environ      []string
		found        local
		editor       string
		url, model   string
		unconfigured string // what is said; empty: it is configured
	}{
		{name: "the one that was found", found: ollama, url: ollama.baseURL, model: "found"},
		{name: "with the model that is set", found: ollama, editor: `{"provider":{"model":"mine"}}`, url: ollama.baseURL, model: "mine"},
		{name: "there is none", unconfigured: "No model is set up. Set OPENAI_API_KEY"},
		{
			name: "an address that is set comes first", found: ollama, editor: `{"provider":{"baseUrl":"http://127.0.0.1:9/v1","model":"m"}}`,
			url: "http://127.0.0.1:9/v1", model: "m",
		},
		{
			name: "an address elsewhere is not given up for it", found: ollama, editor: `{"provider":{"baseUrl":"https://models.example/v1"}}`,
			unconfigured: "No key for models.example",
		},
		{
			name: "a key comes first", found: ollama, environ: []string{"OPENAI_API_KEY=k"}, editor: `{"provider":{"model":"m"}}`,
			url: "https://api.openai.com/v1", model: "m",
		},
		{
			name: "headers may hold the key", found: ollama, editor: `{"provider":{"model":"m","headers":{"X-Key":"k"}}}`,
			url: "https://api.openai.com/v1", model: "m",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newProvider(t, tc.environ, tc.editor)
			tc.found.at = time.Now()
			p.local.found.Store(&tc.found)
			config, err := p.resolve(t.Context())
			if tc.unconfigured != "" {
				fault, ok := errors.AsType[*llm.Error](err)
				if !ok || fault.Code != handlers.CodeUnconfigured || !strings.HasPrefix(fault.Say, tc.unconfigured) {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if err != nil || config.BaseURL != tc.url || config.Model != tc.model {
				t.Errorf("it is %s at %s (%v), want %s at %s", config.Model, config.BaseURL, err, tc.model, tc.url)
			}
			if name := p.modelName(); name != tc.model {
				t.Errorf("the status tells of %s, want %s", name, tc.model)
			}
		})
	}
}

func TestALookThatWasCutShortSaysNothing(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	var f finder
	f.find(cancelled)
	if f.found.Load() != nil {
		t.Error("that there is no server is believed after a look that was cancelled")
	}
}

func TestTheStatusDoesNotWaitForALook(t *testing.T) {
	p := newProvider(t, nil, `{"provider":{"model":"mine"}}`)
	p.local.turn.Lock() // somebody looks
	defer p.local.turn.Unlock()
	if name := p.modelName(); name != "mine" {
		t.Errorf("the status tells of %s", name)
	}
}

func TestAClientLivesAsLongAsItsSettings(t *testing.T) {
	p := newProvider(t, []string{"OPENAI_API_KEY=k"}, `{"provider":{"model":"m"}}`)
	first, err := p.current(t.Context())
	again, errAgain := p.current(t.Context())
	p.live.SetEditor(json.RawMessage(`{"provider":{"model":"n"}}`))
	other, errOther := p.current(t.Context())
	if err := errors.Join(err, errAgain, errOther); err != nil {
		t.Fatal(err)
	}
	if first != again || first == other {
		t.Error("a client must be kept while the settings stand, and only then")
	}
	if p.modelName() != "n" {
		t.Errorf("the status tells of %s", p.modelName())
	}
}

func newProvider(t *testing.T, environ []string, editor string) *provider {
	t.Helper()
	live := settings.Open(settings.Source{Environ: append(environ, "XDG_CONFIG_HOME="+t.TempDir())})
	if editor != "" {
		live.SetEditor(json.RawMessage(editor))
	}
	return &provider{live: live, log: zap.NewNop()}
}
