package prompt

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/ai-lsp/ai-lsp/llm"
)

// Version is one version of one prompt.
type Version struct {
	ID          string  // such as "review@1.1.0"
	Temperature float64 // 0 to 2
	Tokens      Tokens  // how long the answer is expected to be
	Schema      *llm.Schema

	task        string
	fixed       []llm.Message // system message and examples, sent as they are
	last        *template.Template
	fingerprint string
}

// Tokens is the expected size of an answer. What is sent as the limit is 30 %
// more.
type Tokens struct {
	Base     int `toml:"base"`     // for any text
	PerLine  int `toml:"perLine"`  // for each line asked about; context costs nothing
	PerClaim int `toml:"perClaim"` // for each finding that is judged
	Most     int `toml:"most"`     // never more than this
}

// Data is what a prompt's last turn is filled with.
type Data struct {
	Language string // LSP language id, such as "go"

	// Parts are the source lines that are sent, in the order of the text. They
	// must not overlap; they may touch, and lines between them may be missing.
	Parts []Part
	// Lines are one part that is asked about, where Parts has none. First is
	// the number of its first line, from 1.
	Lines []string
	First int

	AskFirst int     // explain: the first line that is asked about
	AskLast  int     // explain: the last one
	Claims   []Claim // verify: what is to be looked at again
}

// Review is the current version of the review prompt. Its reply is a
// [CodeReview].
var Review = sync.OnceValue(func() *Version { return mustLoad("review/1.1.0.md", "code_review", CodeReview{}) })

// Explain is the current version of the explain prompt. Its reply is markdown.
var Explain = sync.OnceValue(func() *Version { return mustLoad("explain/1.0.0.md", "", nil) })

// Verify is the current version of the prompt for a second look at findings.
// Its reply is [Verdicts].
var Verify = sync.OnceValue(func() *Version { return mustLoad("verify/1.0.0.md", "verify", Verdicts{}) })

// Fingerprint changes with everything that shapes what is sent for the same
// data: the id, every fixed message, the template and how it is filled, the
// schema, the temperature and the limits. Answers are kept under it, so that
// none outlives the prompt it answered, whether its id was raised or not.
func (v *Version) Fingerprint() string { return v.fingerprint }

// Request fills the prompt. Its token limit counts the lines that are asked
// about, and the claims. The error tells of parts that overlap or are out of
// order, and of data with nothing to answer.
func (v *Version) Request(data Data) (llm.Request, error) {
	parts, err := data.parts()
	if err != nil {
		return llm.Request{}, fmt.Errorf("fill prompt %s: %w", v.ID, err)
	}
	var filled bytes.Buffer
	if err := v.last.Execute(&filled, newTurn(data, parts)); err != nil {
		return llm.Request{}, fmt.Errorf("fill prompt %s: %w", v.ID, err)
	}
	messages := append(slices.Clip(v.fixed), llm.Message{Role: llm.User, Content: filled.String()})
	return llm.Request{
		Task: v.task, Prompt: v.ID, Messages: messages, Temperature: v.Temperature,
		MaxTokens: v.Tokens.limit(countAsked(parts), len(data.Claims)), Schema: v.Schema,
	}, nil
}

// turn is what the last turn's template sees.
type turn struct {
	Language          string
	First, Last       int    // of the lines that are sent
	Plain             bool   // they are one run, and all of them are asked about
	Asked             string // the lines asked about, such as "lines 10-16 and 40"
	Context           bool   // there are lines beside those
	AskFirst, AskLast int    // explain
	Listing, Claims   string // end with a line break
	Fence             string // longer than any run of backticks in either
}

func newTurn(data Data, parts []Part) turn {
	lines, claims := listing(parts), listClaims(data.Claims)
	first, last := parts[0].First, parts[len(parts)-1].last()
	return turn{
		Language: data.Language, First: first, Last: last,
		Plain: countAsked(parts) == last-first+1, Asked: askedLines(parts), Context: hasContext(parts),
		AskFirst: data.AskFirst, AskLast: data.AskLast,
		Listing: lines, Claims: claims, Fence: fence(lines + claims),
	}
}

// limit is the expected size plus 30 %.
func (t Tokens) limit(lines, claims int) int {
	expected := min(t.Base+t.PerLine*lines+t.PerClaim*claims, t.Most)
	return int(math.Ceil(float64(expected) * 1.3))
}

// Repair asks once more for what req asked, after a reply that could not be
// read. reply is cut: a model that went astray at length needs no more of it.
func Repair(req llm.Request, reply string) llm.Request {
	const most = 8 << 10
	if len(reply) > most {
		reply = strings.ToValidUTF8(reply[:most], "")
	}
	again := req
	again.Messages = append(slices.Clip(req.Messages),
		llm.Message{Role: llm.Assistant, Content: reply},
		llm.Message{Role: llm.User, Content: "That reply is not a JSON object of the agreed form. " +
			"Send the same review again as one JSON object and nothing else: no fence, no words around it."})
	return again
}
