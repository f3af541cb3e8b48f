package main

import (
	"context"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"

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

	local finder
}

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
	if p.isReady(now) {
		return config, nil
	}
	host := hostOf(now.BaseURL)
	if p.chosen("provider.baseUrl") && host == "" {
		return config, nil // the client says what is wrong with such an address
	}
	if p.chosen("provider.baseUrl") {
		return config, unconfigured("No key for " + host + ": set OPENAI_API_KEY in the environment of the editor.")
	}
	found := p.local.find(ctx)
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

// isReady says that the address of the settings can be used as it stands: a
// key is asked for only where it is not on this machine.
func (p *provider) isReady(now settings.Provider) bool {
	return !p.live.Key().IsZero() || isLoopback(now.BaseURL) || len(now.Headers) > 0
}

// modelName is the model that the next call asks, as far as is known without
// asking. It never waits.
func (p *provider) modelName() string {
	now := p.live.Now().Provider
	found := p.local.last()
	if found.baseURL == "" || p.isReady(now) || p.chosen("provider.baseUrl") || p.chosen("provider.model") {
		return now.Model
	}
	return found.model
}

// askedModel is the model that the next call asks. It may look for a server on
// this machine, as the call would.
func (p *provider) askedModel(ctx context.Context) string {
	config, err := p.resolve(ctx)
	if err != nil {
		return p.modelName()
	}
	return config.Model
}

// chosen says that somebody set a setting.
func (p *provider) chosen(key string) bool {
	return slices.ContainsFunc(p.live.Values(), func(v settings.Value) bool {
		return v.Name == key && v.Source != settings.LayerDefault
	})
}

// shown is an address as 'ai-lsp settings' shows it: people put keys into
// addresses too.
func (p *provider) shown(baseURL string) string {
	for _, v := range p.live.Values() {
		if text, ok := v.Value.(string); ok && v.Name == "provider.baseUrl" && baseURL == p.live.Now().Provider.BaseURL {
			return text
		}
	}
	return baseURL
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
