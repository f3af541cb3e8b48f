package prompt

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/pelletier/go-toml/v2"

	"github.com/ai-lsp/ai-lsp/llm"
)

//go:embed review/*.md explain/*.md verify/*.md
var files embed.FS

// mustLoad panics on a broken file: the files are part of the program, and a
// test loads each of them.
func mustLoad(path, schemaName string, reply any) *Version {
	text, err := files.ReadFile(path)
	if err != nil {
		panic(err)
	}
	v, err := load(string(text), schemaName, reply)
	if err != nil {
		panic(fmt.Sprintf("prompt %s: %v", path, err))
	}
	return v
}

// load reads the text of a prompt file. Without a name there is no schema.
func load(text, schemaName string, reply any) (*Version, error) {
	v, source, err := parse(text)
	if err != nil {
		return nil, err
	}
	if schemaName != "" {
		if v.Schema, err = schemaOf(schemaName, reply); err != nil {
			return nil, err
		}
	}
	v.fingerprint, err = fingerprint(v, source)
	return v, err
}

// frontMatter is the head of a prompt file.
type frontMatter struct {
	ID          string  `toml:"id"`
	Temperature float64 `toml:"temperature"`
	Tokens      Tokens  `toml:"tokens"`
	Changes     string  `toml:"changes"` // what this version does differently; for readers
}

// parse reads all but the schema; source is the text of the template.
func parse(text string) (v *Version, source string, err error) {
	_, text, _ = strings.Cut(text, "+++\n")
	head, body, found := strings.Cut(text, "+++\n")
	if !found {
		return nil, "", fmt.Errorf("no front matter between +++ lines")
	}
	var meta frontMatter
	if err := toml.NewDecoder(strings.NewReader(head)).DisallowUnknownFields().Decode(&meta); err != nil {
		return nil, "", fmt.Errorf("read front matter: %w", err)
	}
	turns, err := splitTurns(body)
	if err != nil {
		return nil, "", err
	}
	source = turns[len(turns)-1].Content
	tmpl, err := template.New(meta.ID).Parse(source)
	if err != nil {
		return nil, "", fmt.Errorf("read template: %w", err)
	}
	task, _, _ := strings.Cut(meta.ID, "@")
	return &Version{
		ID: meta.ID, Temperature: meta.Temperature, Tokens: meta.Tokens,
		task: task, fixed: turns[:len(turns)-1], last: tmpl,
	}, source, nil
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

// fingerprint is [Version.Fingerprint]. It covers a filled sample beside the
// source of the template, because the listing is written by code.
func fingerprint(v *Version, source string) (string, error) {
	sample, err := v.Request(Data{
		Language: "go",
		Parts:    []Part{{First: 1, Lines: []string{"a"}}, {First: 9, Lines: []string{"`b`", "\vc"}, Ask: true}},
		AskFirst: 9, AskLast: 10,
		Claims: []Claim{{First: 9, Last: 10, Type: "bug", Severity: "info", Message: "m", Explanation: strings.Repeat("é", maxExplanation)}},
	})
	if err != nil {
		return "", err
	}
	all, err := json.Marshal(struct {
		Template string
		Tokens   Tokens
		Sample   llm.Request // holds the id, the fixed messages, the schema and the temperature
	}{source, v.Tokens, sample})
	if err != nil {
		return "", fmt.Errorf("take the fingerprint: %w", err)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:]), nil
}
