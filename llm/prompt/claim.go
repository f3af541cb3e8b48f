package prompt

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Claim is a finding that is to be looked at again.
type Claim struct {
	First, Last    int // its lines, from 1
	Type, Severity string
	Message        string
	Explanation    string // only its first 300 bytes are sent
}

// Bounds on what a claim takes of the prompt, in bytes.
const (
	maxMessage     = 500
	maxExplanation = 300
)

// listClaims writes each claim as one line of JSON, numbered from 1. What a
// model wrote can then neither begin a line nor pass for another claim.
func listClaims(claims []Claim) string {
	var b strings.Builder
	for i, c := range claims {
		var line strings.Builder
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false) // <, > and & are code here
		_ = encoder.Encode(struct {  // numbers and strings can not fail
			Index       int    `json:"index"`
			Lines       string `json:"lines"`
			Type        string `json:"type"`
			Severity    string `json:"severity"`
			Message     string `json:"message"`
			Explanation string `json:"explanation"`
		}{i + 1, span(c.First, c.Last), c.Type, c.Severity, cut(c.Message, maxMessage), cut(c.Explanation, maxExplanation)})
		b.WriteString(oneLine(strings.TrimSuffix(line.String(), "\n")) + "\n")
	}
	return b.String()
}

// cut shortens s to at most most bytes, at a character, and says so.
func cut(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD") // as JSON has it, so that the bound holds there too
	if len(s) <= most {
		return s
	}
	at := most - len("…")
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at] + "…"
}
