package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Severity orders findings; the highest is the worst.
type Severity int

// The severities.
const (
	Info Severity = iota
	Warning
	Critical
)

// String is the word for people.
func (s Severity) String() string {
	switch s {
	case Critical:
		return "critical"
	case Warning:
		return "warning"
	case Info:
	}
	return "info"
}

// TypeOther is the type of a finding whose own type the schema does not know.
const TypeOther = "other"

// Finding is one problem, standing on lines of a document.
type Finding struct {
	ID          string // unique in its document; the same again for the same code
	Type        string // security, performance, style, bug or other
	Severity    Severity
	Message     string // one plain line, never empty
	Explanation string // sanitised markdown; may be empty
	Confidence  float64
	Anchor      text.Anchor // in the document that the board showed it with
	About       Identity    // by which it is dismissed
	Rejected    string      // why a second look took it back; empty: it did not

	ofPart     bool         // only a part of its unit was asked about
	sole       bool         // its lines stand once in their unit
	source     prompt.Issue // as it was told, with its quoted line as it stood in the text
	identity   string       // of its type and the code it is about
	pass       int          // the answer that last reported it
	fix        []string     // the lines that replace the anchor's; nil: none
	fixRefused string       // why what the model suggested is no fix
}

// HasFix says that the finding came with a replacement that can be offered.
func (f Finding) HasFix() bool { return f.fix != nil }

// FixRefused says why what the model suggested is not offered, as "it leaves
// code out"; empty where there is a fix, and where it suggested nothing.
func (f Finding) FixRefused() string { return f.fixRefused }

// identify names what a finding is about: its type, its lines, and the nearest
// line with text on either side, so that equal lines in other places differ.
// White space does not count, nor does the place in the file.
func identify(kind string, doc *text.Document, first, last int) string {
	parts := []string{kind, neighbour(doc, first, -1)}
	for n := first; n <= last; n++ {
		parts = append(parts, fold(doc.Line(n)))
	}
	parts = append(parts, neighbour(doc, last, +1))
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// neighbour is the nearest line with text, from line n on in one direction.
func neighbour(doc *text.Document, n, step int) string {
	const far = 20 // blank lines in a row; beyond, the neighbour means nothing
	for i := 1; i <= far; i++ {
		at := n + i*step
		if at < 0 || at >= doc.LineCount() {
			return ""
		}
		if line := fold(doc.Line(at)); line != "" {
			return line
		}
	}
	return ""
}

// worstFirst sorts by severity, then by confidence, then by place.
func worstFirst(a, b Finding) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Confidence, a.Confidence), inOrder(a, b))
}

// inOrder sorts by place.
func inOrder(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Anchor.First(), b.Anchor.First()), cmp.Compare(a.ID, b.ID))
}

// strongest keeps the most severe findings, at most n, in the order of the text.
func strongest(findings []Finding, n int) []Finding {
	if len(findings) > n {
		slices.SortFunc(findings, worstFirst)
		findings = findings[:n]
	}
	slices.SortFunc(findings, inOrder)
	return findings
}
