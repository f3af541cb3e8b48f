package settings

import (
	"encoding/json"
	"strconv"
)

// property is a setting as VS Code's configuration contribution point knows
// it: https://code.visualstudio.com/api/references/contribution-points
type property struct {
	Type                 any             `json:"type"`
	Enum                 []string        `json:"enum,omitempty"`
	Items                *element        `json:"items,omitempty"`
	AdditionalProperties *element        `json:"additionalProperties,omitempty"`
	Pattern              string          `json:"pattern,omitempty"`
	Minimum              *float64        `json:"minimum,omitempty"`
	Maximum              *float64        `json:"maximum,omitempty"`
	Default              json.RawMessage `json:"default"`
	Scope                string          `json:"scope"`
	Order                int             `json:"order"`
	MarkdownDescription  string          `json:"markdownDescription"`
}

type element struct {
	Type string `json:"type"`
}

// Patterns for the settings editor: looser than the parsers, which have the
// last word.
const (
	durationPattern = `^(0|([0-9]+(\.[0-9]+)?(d|h|ms|m|s|us|µs|ns))+)$`
	sizePattern     = `^[0-9]+(\.[0-9]+)? ?([kKmMgG]i?)?[bB]?$`
)

// VSCodeProperties is the JSON object that belongs under
// contributes.configuration.properties in a VS Code manifest: each setting
// under its name with "ai-lsp." in front.
//
// VS Code answers a configuration request with the defaults in it too. A
// client must send only what a person set (WorkspaceConfiguration.inspect
// tells), or these defaults hide what the user's config.toml says.
func VSCodeProperties() json.RawMessage {
	return object(vscodeProperties())
}

func vscodeProperties() []member {
	members := make([]member, 0, len(fields))
	for i, f := range fields {
		encoded, err := encode(f.property(i + 1)) // 0 is the client's own
		if err != nil {
			panic("settings: a property has no JSON form: " + err.Error()) // it is made of texts and numbers
		}
		members = append(members, member{section + "." + f.Name, encoded})
	}
	return members
}

func (f *field) property(order int) property {
	p := property{Enum: f.Enum, Order: order, MarkdownDescription: f.Doc, Scope: f.scope()}
	p.Default = json.RawMessage(strconv.Quote(f.Default))
	switch f.Type {
	case TypeString:
		p.Type = "string"
	case TypeInteger, TypeNumber:
		p.Type, p.Minimum, p.Maximum = string(f.Type), f.low, f.high
		p.Default = json.RawMessage(f.Default)
	case TypeDuration:
		p.Type, p.Pattern = "string", durationPattern
		p.MarkdownDescription += " A duration such as `60s` or `1d12h`."
	case TypeSize:
		p.Type, p.Pattern, p.Minimum = []string{"integer", "string"}, sizePattern, f.low
		p.MarkdownDescription += " A number of bytes, or a text such as `512KiB`."
	case TypeList:
		p.Type, p.Items = "array", &element{"string"}
		p.Default = json.RawMessage(f.Default)
	case TypeTable:
		p.Type, p.AdditionalProperties = "object", &element{"string"}
		p.Default = json.RawMessage(f.Default)
	}
	return p
}

// scope keeps what a workspace's settings must not widen out of them: VS Code
// takes a "machine" setting from the user only.
func (f *field) scope() string {
	if f.Workspace == NarrowNot {
		return "machine"
	}
	return "window"
}
