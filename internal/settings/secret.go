package settings

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is what stands for a secret wherever one is shown.
const hidden = "***"

// Secret is a text that must not be shown: under every verb of fmt, and as
// JSON, TOML or a log field, it is "***". The zero value holds none.
type Secret struct {
	// A pointer, because fmt does not call methods on unexported fields: a
	// struct that holds a Secret in one would print a plain string in full.
	text *string
}

// NewSecret hides text. An empty text is no secret: the result IsZero.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal is the text itself, empty where there is none. Its callers are the
// places to look at when a key got out.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports that there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// String is "***".
func (Secret) String() string { return hidden }

// Format writes "***" whatever the verb, %#v and %x included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText is "***", for TOML, XML and map keys.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON is "***" in quotes.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// LogValue is "***", for log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
