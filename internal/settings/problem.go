package settings

import (
	"cmp"
	"slices"
	"strconv"
)

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

// Problem is what could not be used of a layer as it stands: one for each file
// and each other source, however much is wrong with it. It is never fatal: what
// it names is left out, and the rest applies.
type Problem struct {
	Source    Layer
	File      string // absolute path; empty where the layer is no file
	Line, Col int    // of the first mistake, from 1, Col in bytes; 0: not known
	Key       string // dotted; empty: the whole layer, or several keys, which Text names
	Text      string // for the user: one line, a sentence for each of the first mistakes; without the place
}

// String is the sentence with its place in front: "config.toml:3:1: …".
func (p Problem) String() string {
	place := origin(p.Source, p.File)
	if p.Line > 0 {
		place += ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
	}
	return place + ": " + p.Text
}

// origin names a layer for a reader.
func origin(from Layer, file string) string {
	if file == "" {
		return string(from) + " settings"
	}
	return lifeless.Replace(file)
}

// inOne makes one problem of all that one layer has, at the place of the first.
// untold are the mistakes that are only counted.
func inOne(problems []Problem, untold int) []Problem {
	if len(problems) < 2 && untold == 0 {
		return problems
	}
	problems = slices.SortedStableFunc(slices.Values(problems), func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	all := problems[0]
	all.Key = ""
	for _, p := range problems[1:] {
		all.Text += " "
		if p.Line > 0 {
			all.Text += "Line " + strconv.Itoa(p.Line) + ": "
		}
		all.Text += p.Text
	}
	switch {
	case untold == 1:
		all.Text += " There is one more mistake."
	case untold > 1:
		all.Text += " There are " + strconv.Itoa(untold) + " more mistakes."
	}
	return []Problem{all}
}
