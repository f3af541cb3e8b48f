package main

import (
	"context"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// provider is the model that the settings of now name. A change of settings
// takes effect with the next call; calls under way end as they began.
type provider struct {
	live *settings.Live
	log  *zap.Logger

	mu     sync.Mutex
	config openai.Config  // of client, without its functions
	key    string         // of client
	client *openai.Client // nil before the first call
	local  *local         // what was found on this machine; nil: not looked yet
}

// local is the outcome of looking for a server on this machine.
type local struct {
	at             time.Time
	baseURL, model string // empty: none
}

// lookAgain is how long it is believed that there is no server on this machine.
const lookAgain = 15 * time.Second

var _ llm.Model = (*provider)(nil)

// Complete asks the model.
func (p *provider) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	client, err := p.current(ctx)
	if err != nil {
		return llm.Reply{}, err
	}
	return client.Complete(ctx, req, sink)
}

// current is the client for the settings of now.
func (p *provider) current(ctx context.Context) (*openai.Client, error) {
	config, err := p.resolve(ctx)
	if err != nil {
		return nil, err
	}
	key := p.live.Key().Reveal()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil && p.key == key && reflect.DeepEqual(p.config, config) {
		return p.client, nil
	}
	if p.client != nil {
		p.client.Close()
	}
	p.config, p.key = config, key
	config.Key = func(context.Context) (string, error) { return key, nil }
	config.Log = p.log
	p.client = openai.New(config)
	return p.client, nil
}

// resolve turns settings into what a client needs. Without a key and an
// address, a server on this machine is used if one answers.
func (p *provider) resolve(ctx context.Context) (openai.Config, error) {
	now := p.live.Now().Provider
	config := openai.Config{
		BaseURL: now.BaseURL, Model: now.Model, Kind: string(now.Kind), Timeout: now.Timeout.Std(),
		TokensField: string(now.TokensField), StructuredOutput: string(now.StructuredOutput),
		Headers: map[string]string{},
	}
	for name, value := range now.Headers {
		config.Headers[name] = value.Reveal()
	}
	if !p.live.Key().IsZero() || isLoopback(now.BaseURL) || len(now.Headers) > 0 {
		return config, nil
	}
	if p.chosen("provider.baseUrl") {
		return config, unconfigured("No key for " + hostOf(now.BaseURL) + ": set OPENAI_API_KEY in the environment of the editor.")
	}
	found := p.discover(ctx)
	if found.baseURL == "" {
		return config, unconfigured("No model is set up. Set OPENAI_API_KEY in the environment of the editor, " +
			"or provider.baseUrl to a server of your own; then see 'ai-lsp doctor'.")
	}
	config.BaseURL = found.baseURL
	if !p.chosen("provider.model") {
		config.Model = found.model
	}
	return config, nil
}

func unconfigured(say string) error {
	return &llm.Error{Class: llm.ClassFatal, Code: handlers.CodeUnconfigured, Say: say}
}

// discover looks for a server on this machine. One that was found is kept.
func (p *provider) discover(ctx context.Context) local {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.local != nil && (p.local.baseURL != "" || time.Since(p.local.at) < lookAgain) {
		return *p.local
	}
	found := local{at: time.Now()}
	found.baseURL, found.model, _ = openai.Discover(ctx, nil)
	p.local = &found
	return found
}

// modelName is the model that answers, as far as is known without asking.
func (p *provider) modelName() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client != nil {
		return p.config.Model
	}
	return p.live.Now().Provider.Model
}

// chosen says that somebody set a setting.
func (p *provider) chosen(key string) bool {
	return slices.ContainsFunc(p.live.Values(), func(v settings.Value) bool {
		return v.Name == key && v.Source != settings.LayerDefault
	})
}

func isLoopback(baseURL string) bool {
	host := hostOf(baseURL)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

func hostOf(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
