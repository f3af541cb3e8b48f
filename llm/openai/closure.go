package openai

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// jsonState says how far the JSON in an answer has come.
type jsonState int

const (
	jsonNone   jsonState = iota // none has begun, or it is broken
	jsonOpen                    // an object or array has begun and is not closed
	jsonClosed                  // it is closed and valid, and nothing but a fence is around it
)

// closure looks at the first object or array of an answer. Only one that the
// answer begins with, a fence aside, can be called closed: in prose a pair of
// braces may be anything.
func closure(text string) jsonState {
	start := strings.IndexAny(text, "{[")
	if start < 0 {
		return jsonNone
	}
	dec := json.NewDecoder(strings.NewReader(text[start:]))
	var value json.RawMessage
	switch err := dec.Decode(&value); {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return jsonOpen
	case err != nil:
		return jsonNone
	}
	before := strings.TrimSpace(strings.TrimPrefix(text[:start], "\ufeff"))
	after := strings.TrimSpace(text[start+int(dec.InputOffset()):])
	if (before == "" || before == "```" || before == "```json") && strings.Trim(after, "`") == "" {
		return jsonClosed
	}
	return jsonNone
}
