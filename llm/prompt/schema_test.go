package prompt_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
)

// node is a part of a schema, as far as strict mode cares.
type node struct {
	Type                 string
	AdditionalProperties *bool
	Required             []string
	Properties           map[string]*node
	Items                *node
}

func TestSchemasAreInTheStrictSubset(t *testing.T) {
	for _, tc := range []struct {
		name    string
		version *prompt.Version
		list    string // the property that is a list
		fields  string // of its elements, in order
		top     string // the required properties of the whole
	}{
		{
			name: "a review", version: prompt.Review(), list: "issues", top: "severity issues summary",
			fields: "line end_line quote type severity message explanation suggested_fix confidence",
		},
		{name: "a second look", version: prompt.Verify(), list: "verdicts", top: "verdicts", fields: "index keep reason"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var schema node
			if err := json.Unmarshal(tc.version.Schema.JSON, &schema); err != nil {
				t.Fatal(err)
			}
			checkStrict(t, "the reply", &schema)
			if got := strings.Join(schema.Required, " "); got != tc.top {
				t.Errorf("required at the top: %s", got)
			}
			if got := strings.Join(schema.Properties[tc.list].Items.Required, " "); got != tc.fields {
				t.Errorf("required of an element: %s", got)
			}
			if strings.Contains(string(tc.version.Schema.JSON), "$") {
				t.Error("the schema has references or names a dialect")
			}
		})
	}
}

// checkStrict looks that every object names all that it has, and requires it.
func checkStrict(t *testing.T, where string, n *node) {
	t.Helper()
	if n == nil {
		return
	}
	checkStrict(t, where+"[]", n.Items)
	if n.Type != "object" {
		return
	}
	if n.AdditionalProperties == nil || *n.AdditionalProperties {
		t.Errorf("%s allows properties that are not named", where)
	}
	for name, property := range n.Properties {
		if !slices.Contains(n.Required, name) {
			t.Errorf("%s.%s is optional", where, name)
		}
		checkStrict(t, where+"."+name, property)
	}
}

// TestRequestsFitThePublicSchema puts each prompt into the body of a request
// and holds it against the schema of the chat completions route.
func TestRequestsFitThePublicSchema(t *testing.T) {
	schema := chatSchema(t)
	for name, req := range map[string]llm.Request{
		"review":  reviewOf(t, "a\nb"),
		"explain": fill(t, prompt.Explain(), prompt.Data{Language: "go", Lines: []string{"a"}, First: 1, AskFirst: 1, AskLast: 1}),
		"verify":  fill(t, prompt.Verify(), someClaims(3)),
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bodyOf(t, req)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Error(err)
			}
		})
	}
}

func bodyOf(t *testing.T, req llm.Request) []byte {
	t.Helper()
	type message struct {
		Role    llm.Role `json:"role"`
		Content string   `json:"content"`
	}
	messages := make([]message, len(req.Messages))
	for i, m := range req.Messages {
		messages[i] = message(m)
	}
	body := map[string]any{
		"model": "m", "stream": true, "messages": messages,
		"temperature": req.Temperature, "max_completion_tokens": req.MaxTokens,
	}
	if req.Schema != nil {
		body["response_format"] = map[string]any{"type": "json_schema", "json_schema": map[string]any{
			"name": req.Schema.Name, "strict": true, "schema": req.Schema.JSON,
		}}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func chatSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("../openai/testdata/chat.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("chat.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("chat.json#/$defs/CreateChatCompletionRequest")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
