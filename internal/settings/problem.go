package settings

import "strconv"

// Layer is where a value comes from. Later layers stand over earlier ones.
type Layer string

// The layers, in order.
const (
	LayerDefault     Layer = "default"
	LayerUser        Layer = "user"        // config.toml in the user's configuration folder
	LayerWorkspace   Layer = "workspace"   // .ai-lsp.toml in a workspace folder: may only narrow
	LayerEnvironment Layer = "environment" // OPENAI_BASE_URL
	LayerEditor      Layer = "editor"      // what the editor sends
	LayerFlag        Layer = "flag"        // the command line
)

// Problem is something in a layer that could not be used as it stands. It is
// never fatal: what it names is left out, and the rest applies.
type Problem struct {
	Source    Layer
	File      string // absolute path; empty where the layer is no file
	Line, Col int    // from 1, Col in bytes; 0: not known
	Key       string // dotted; empty: the whole layer, or several keys, which Text names
	Text      string // one sentence for the user, without the place
}

// String is the sentence with its place in front: "config.toml:3:1: …".
func (p Problem) String() string {
	place := p.File
	if place == "" {
		place = string(p.Source) + " settings"
	}
	if p.Line > 0 {
		place += ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
	}
	return place + ": " + p.Text
}
