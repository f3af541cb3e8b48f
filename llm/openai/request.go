package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm"
)

// body is the request as it stands on the wire. It is ours and not the
// library's, which leaves out a temperature of 0 and an empty message, and
// which refuses parameters by the prefix of the model's name.
type body struct {
	Model         string          `json:"model"`
	Messages      []message       `json:"messages"`
	Stream        bool            `json:"stream"`
	StreamOptions *streamOptions  `json:"stream_options,omitempty"`
	Temperature   *float64        `json:"temperature,omitempty"`
	MaxTokens     int             `json:"max_tokens,omitempty"`
	MaxCompletion int             `json:"max_completion_tokens,omitempty"`
	Format        *responseFormat `json:"response_format,omitempty"`
}

type message struct {
	Role    llm.Role `json:"role"`
	Content string   `json:"content"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type responseFormat struct {
	Type   string      `json:"type"`
	Schema *jsonSchema `json:"json_schema,omitempty"`
}

type jsonSchema struct {
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// encode writes req in the dialect that the server is known to accept.
func encode(model string, req llm.Request, d dialect) ([]byte, error) {
	if len(req.Messages) == 0 {
		return nil, errors.New("encode request: no messages")
	}
	if req.MaxTokens <= 0 {
		return nil, errors.New("encode request: no token limit")
	}
	b := body{Model: model, Stream: true, Format: format(req.Schema, d.format)}
	for _, m := range req.Messages {
		b.Messages = append(b.Messages, message(m))
	}
	if !d.noUsage {
		b.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if !d.noTemperature {
		b.Temperature = &req.Temperature
	}
	if d.completion {
		b.MaxCompletion = req.MaxTokens
	} else {
		b.MaxTokens = req.MaxTokens
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // code is full of < > &, and six bytes for each are paid for
	if err := enc.Encode(b); err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func format(s *llm.Schema, f answerFormat) *responseFormat {
	switch {
	case s == nil || f == formatNone:
		return nil
	case f == formatObject:
		return &responseFormat{Type: "json_object"}
	}
	return &responseFormat{Type: "json_schema", Schema: &jsonSchema{Name: schemaName(s.Name), Strict: true, Schema: s.JSON}}
}

// schemaName keeps a name within what servers accept: 1 to 64 characters of
// a-z, A-Z, 0-9, _ and -.
func schemaName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if name == "" {
		return "answer"
	}
	return name[:min(len(name), 64)]
}
