package prompt

import (
	"bytes"
	"embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/pelletier/go-toml/v2"

	"github.com/ai-lsp/ai-lsp/llm"
)

//go:embed review/*.md explain/*.md
var files embed.FS

// Version is one version of one prompt.
type Version struct {
	ID          string  // such as "review@1.0.0"
	Temperature float64 // 0 to 2
	Tokens      Tokens  // how long the answer is expected to be
	Schema      *llm.Schema

	task  string
	fixed []llm.Message // system message and examples, sent as they are
	last  *template.Template
}

// Tokens is the expected size of an answer. What is sent as the limit is 30 %
// more.
type Tokens struct {
	Base    int `toml:"base"`    // for any text
	PerLine int `toml:"perLine"` // for each line asked about
	Most    int `toml:"most"`    // never more than this
}

// Data is what a prompt's last turn is filled with.
type Data struct {
	Language string   // LSP language id, such as "go"
	Lines    []string // the source lines that are sent
	First    int      // the number of the first of them, from 1
	AskFirst int      // explain: the first line that is asked about
	AskLast  int      // explain: the last one
}

// Review is the current version of the review prompt. Its reply is a
// [CodeReview].
var Review = sync.OnceValue(func() *Version { return mustLoad("review/1.0.0.md", "code_review", CodeReview{}) })

// Explain is the current version of the explain prompt. Its reply is markdown.
var Explain = sync.OnceValue(func() *Version { return mustLoad("explain/1.0.0.md", "", nil) })

// mustLoad panics on a broken file: the files are part of the program, and a
// test loads each of them.
func mustLoad(path, schemaName string, reply any) *Version {
	text, err := files.ReadFile(path)
	if err != nil {
		panic(err)
	}
	v, err := parse(string(text))
	if err != nil {
		panic(fmt.Sprintf("prompt %s: %v", path, err))
	}
	if schemaName == "" {
		return v
	}
	if v.Schema, err = schemaOf(schemaName, reply); err != nil {
		panic(err)
	}
	return v
}

// frontMatter is the head of a prompt file.
type frontMatter struct {
	ID          string  `toml:"id"`
	Temperature float64 `toml:"temperature"`
	Tokens      Tokens  `toml:"tokens"`
	Changes     string  `toml:"changes"` // what this version does differently; for readers
}

func parse(text string) (*Version, error) {
	_, text, _ = strings.Cut(text, "+++\n")
	head, body, found := strings.Cut(text, "+++\n")
	if !found {
		return nil, fmt.Errorf("no front matter between +++ lines")
	}
	var meta frontMatter
	if err := toml.NewDecoder(strings.NewReader(head)).DisallowUnknownFields().Decode(&meta); err != nil {
		return nil, fmt.Errorf("read front matter: %w", err)
	}
	turns, err := splitTurns(body)
	if err != nil {
		return nil, err
	}
	last := turns[len(turns)-1]
	tmpl, err := template.New(meta.ID).Option("missingkey=error").Parse(last.Content)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	task, _, _ := strings.Cut(meta.ID, "@")
	return &Version{
		ID: meta.ID, Temperature: meta.Temperature, Tokens: meta.Tokens,
		task: task, fixed: turns[:len(turns)-1], last: tmpl,
	}, nil
}

func splitTurns(body string) ([]llm.Message, error) {
	var turns []llm.Message
	for part := range strings.SplitSeq("\n"+body, "\n=== ") {
		role, content, found := strings.Cut(part, "\n")
		if !found {
			continue // what stands before the first turn
		}
		switch r := llm.Role(strings.TrimSpace(role)); r {
		case llm.System, llm.User, llm.Assistant:
			turns = append(turns, llm.Message{Role: r, Content: strings.Trim(content, "\n")})
		case "":
		default:
			return nil, fmt.Errorf("unknown turn %q", role)
		}
	}
	if len(turns) < 2 || turns[len(turns)-1].Role != llm.User {
		return nil, fmt.Errorf("a prompt needs a system turn and a last user turn")
	}
	return turns, nil
}

// Request fills the prompt.
func (v *Version) Request(data Data) (llm.Request, error) {
	listing := Listing(data.Lines, data.First)
	var filled bytes.Buffer
	err := v.last.Execute(&filled, map[string]any{
		"Language": data.Language,
		"First":    data.First,
		"Last":     data.First + len(data.Lines) - 1,
		"AskFirst": data.AskFirst,
		"AskLast":  data.AskLast,
		"Listing":  listing,
		"Fence":    fence(listing),
	})
	if err != nil {
		return llm.Request{}, fmt.Errorf("fill prompt %s: %w", v.ID, err)
	}
	messages := append(slices.Clip(v.fixed), llm.Message{Role: llm.User, Content: filled.String()})
	return llm.Request{
		Task: v.task, Prompt: v.ID, Messages: messages,
		Temperature: v.Temperature, MaxTokens: v.Tokens.limit(len(data.Lines)), Schema: v.Schema,
	}, nil
}

// limit is the expected size plus 30 %.
func (t Tokens) limit(lines int) int {
	expected := min(t.Base+t.PerLine*lines, t.Most)
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
