package openai

import (
	"context"
	"net/http"
	"time"

	"go.uber.org/zap"
)

// The kinds of server that [Config.Kind] can name.
const (
	KindOpenAI = "openai" // OpenAI and everything compatible
	KindAzure  = "azure"  // Azure OpenAI: deployments in the path, the key in its own header
)

// auto is the value of [Config.TokensField] and [Config.StructuredOutput] that
// leaves the choice to what the server turns out to accept.
const auto = "auto"

// defaultTimeout stands in for a [Config.Timeout] of zero.
const defaultTimeout = 60 * time.Second

// Config says where the model is and how it is spoken to. Only Model has no
// default.
type Config struct {
	// BaseURL is the root that /chat/completions is appended to; empty means
	// OpenAI's own. A bare host gets /v1. Plain http is for loopback only.
	BaseURL string
	Model   string // the model, or the name of the deployment at Azure
	Kind    string // KindOpenAI or KindAzure; empty means KindOpenAI

	// Key gives the key for one call; nil or an empty key: none is sent.
	Key     func(ctx context.Context) (string, error)
	Headers map[string]string // sent with every request, over our own

	// Timeout is the longest silence: until the headers, until the first
	// event, between two events. Keep-alive comments are silence. 0 means 60 s.
	Timeout time.Duration

	TokensField      string // "auto", "max_tokens" or "max_completion_tokens"; empty means auto
	StructuredOutput string // "auto", "json_schema", "json_object" or "off"; empty means auto

	Transport http.RoundTripper // nil: one of our own, tuned for long streams
	Log       *zap.Logger       // nil: nothing is logged
}

// withDefaults fills in what may be left out.
func (c Config) withDefaults() Config {
	if c.Kind == "" {
		c.Kind = KindOpenAI
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.TokensField == "" {
		c.TokensField = auto
	}
	if c.StructuredOutput == "" {
		c.StructuredOutput = auto
	}
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return c
}
