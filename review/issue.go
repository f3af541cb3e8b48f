package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Why an issue of a reply is not shown. Each is counted.
var (
	errNotAnIssue = errors.New("not an issue")
	errNoQuote    = errors.New("its quote is not in the text that was sent, or in two places")
)

// reported is an issue as it came: numbers may be anything, since servers
// without strict schemas send what the model wrote.
type reported struct {
	prompt.Issue

	Line       json.Number `json:"line"`
	EndLine    json.Number `json:"end_line"`
	Confidence *float64    `json:"confidence"`
}

// readIssue reads one element of the list of issues. One that is wrong in a
// field that matters is an error; it never spoils its neighbours.
func readIssue(raw json.RawMessage) (prompt.Issue, error) {
	var in reported
	if err := json.Unmarshal(loosen(raw), &in); err != nil {
		return prompt.Issue{}, fmt.Errorf("%w: %w", errNotAnIssue, err)
	}
	issue := in.Issue
	issue.Line, issue.EndLine = lineNumber(in.Line), lineNumber(in.EndLine)
	issue.Confidence = 1 // a model that does not say is taken at its word
	if in.Confidence != nil {
		issue.Confidence = min(max(*in.Confidence, 0), 1)
	}
	if strings.TrimSpace(issue.Message) == "" || strings.TrimSpace(issue.Quote) == "" {
		return prompt.Issue{}, fmt.Errorf("%w: no message or no quote", errNotAnIssue)
	}
	return issue, nil
}

// loosen takes what is optional out of the way when it has a wrong type: a
// finding with a good quote is not lost for it.
func loosen(raw json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	for name, value := range fields {
		if !fits(name, bytes.TrimSpace(value)) {
			delete(fields, name)
		}
	}
	loose, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return loose
}

func fits(name string, value []byte) bool {
	if len(value) == 0 {
		return false
	}
	switch name {
	case "line", "end_line":
		return value[0] == '-' || value[0] >= '0' && value[0] <= '9' || isQuotedNumber(value)
	case "confidence":
		var f float64
		return json.Unmarshal(value, &f) == nil
	}
	return value[0] == '"'
}

func isQuotedNumber(value []byte) bool {
	inner := bytes.Trim(value, `"`)
	return len(inner) == len(value)-2 && json.Valid(inner) && bytes.Trim(inner, "0123456789") == nil
}

// lineNumber reads what a model wrote for a line. What is no whole number in
// the range of lines is 0: then only the quote decides.
func lineNumber(n json.Number) int {
	f, err := n.Float64()
	if err != nil || f != math.Trunc(f) || f < 1 || f > math.MaxInt32 {
		return 0
	}
	return int(f)
}

// toFinding anchors an issue, and says in which piece. The quote decides where it
// stands; the line number only chooses between equal quotes.
func (a *asked) toFinding(issue prompt.Issue) (Finding, int, error) {
	line, quoted, found := a.locate(issue.Quote, issue.Line-1)
	if !found {
		return Finding{}, 0, errNoQuote
	}
	at := a.pieceOf(line)
	p := a.pieces[at]
	last, certain := extent(issue, line, quoted, p.Last)
	suggested := strings.TrimSpace(issue.SuggestedFix) != ""
	if !certain {
		issue.SuggestedFix = ""
	}
	f, err := newFinding(a.doc, p, issue, line, min(last, p.Last))
	if suggested && !certain {
		f.fixRefused = beyond
	}
	return f, at, err
}

// newFinding is what an issue says of lines of a piece.
func newFinding(doc *text.Document, p piece, issue prompt.Issue, line, last int) (Finding, error) {
	rows, refused := fixLines(doc, line, last, issue.SuggestedFix)
	f := Finding{
		Type:        kindOf(issue.Type),
		Severity:    severityOf(issue.Severity),
		Message:     PlainLine(issue.Message),
		Explanation: Markdown(cut(issue.Explanation, maxExplanation)),
		Confidence:  issue.Confidence,
		Anchor:      doc.Anchor(line, last),
		fix:         rows,
		fixRefused:  refused,
		source:      issue,
		ofPart:      p.isPart,
	}
	if f.Message == "" {
		return Finding{}, errNotAnIssue
	}
	if f.Type == TypeOther {
		f.Severity = Info
	}
	f.identity = identify(f.Type, doc, line, last)
	f.About = QuoteOf(doc, p.home, line, last).Identity(f.Type, p.Name)
	f.sole = StandsOnce(doc, p.home, line, last)
	f.source.Quote = doc.Line(line)
	return f, nil
}

// extent is the last line of a finding whose quote stands on the lines from line
// to quoted, and whose piece ends at most. What it quotes belongs to it, wherever
// it says that it ends. It is false when it is not certain that a fix is about
// these lines.
func extent(issue prompt.Issue, line, quoted, most int) (last int, certain bool) {
	if quoted > most {
		return most, false
	}
	if issue.Line == 0 || issue.EndLine == 0 {
		return quoted, true
	}
	rows := len(rowsOf(issue.SuggestedFix))
	// A model that miscounts the line miscounts the last one by as much.
	end := issue.EndLine - issue.Line + line
	if end < line || end > most {
		return quoted, rows == quoted-line+1
	}
	// A fix that is shorter than the quote may be for the first lines alone.
	return max(end, quoted), end >= quoted || rows > quoted-line
}

func kindOf(word string) string {
	switch kind := strings.ToLower(strings.TrimSpace(word)); kind {
	case "security", "performance", "style", "bug":
		return kind
	}
	return TypeOther
}

func severityOf(word string) Severity {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "critical":
		return Critical
	case "warning":
		return Warning
	}
	return Info
}
