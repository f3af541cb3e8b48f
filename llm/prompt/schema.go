package prompt

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"github.com/ai-lsp/ai-lsp/llm"
)

// schemaOf makes the strict schema of a reply type: every property required,
// none added, no references, no keywords beside those that strict mode takes.
func schemaOf(name string, reply any) (*llm.Schema, error) {
	reflector := jsonschema.Reflector{DoNotReference: true, Anonymous: true}
	schema := reflector.Reflect(reply)
	schema.Version = ""
	text, err := json.Marshal(schema)
	if err != nil {
		return nil, fmt.Errorf("make schema %s: %w", name, err)
	}
	return &llm.Schema{Name: name, JSON: text}, nil
}
