package syntax_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

var update = flag.Bool("update", false, "write what the units are into testdata/units")

// marginWidth is how far to the right a text stands in testdata/units.
const marginWidth = 40

// The files of testdata/units are texts with their units in the margin: on the
// first line of each its kind and name, and behind a plus sign the lines, counted
// from 1, that go with it. A file is named after its language, with anything up
// to a dash before it.
func TestUnitsOfEachLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/units/*.txt")
	if err != nil || len(files) < 13 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) { checkDrawing(t, path, name[strings.LastIndexByte(name, '-')+1:]) })
	}
}

func checkDrawing(t *testing.T, path, language string) {
	t.Helper()
	needsGrammar(t, language)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc := text.New("file:///x", language, 1, undrawn(string(raw)))
	o := syntax.Parse(t.Context(), doc)
	checkOutline(t, doc, o)
	if o.Parsed() != slices.Contains(syntax.Grammars(), language) {
		t.Errorf("parsed by a grammar is %v", o.Parsed())
	}
	drawn := draw(doc, o)
	if *update {
		if err := os.WriteFile(path, []byte(drawn), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if drawn != string(raw) {
		t.Errorf("the units are\n%s", drawn)
	}
}

// needsGrammar skips a test of a language whose grammar was left out.
func needsGrammar(t *testing.T, language string) {
	t.Helper()
	if len(syntax.Grammars()) == 0 && slices.Contains(grammars, language) {
		t.Skipf("the grammar of %s: this was built without cgo", language)
	}
}

// grammars are those that a build with cgo has to have.
var grammars = strings.Fields("bash c cpp csharp go java javascript php python ruby rust tsx typescript")

// undrawn is the text of a drawing. A text without a margin is taken as it is,
// for a new file.
func undrawn(drawn string) string {
	var b strings.Builder
	for line := range strings.Lines(drawn) {
		bar := strings.IndexByte(line[min(len(line), marginWidth):], '|')
		if bar < 0 {
			return drawn
		}
		b.WriteString(line[marginWidth+bar+1:])
	}
	return b.String()
}

func draw(doc *text.Document, o *syntax.Outline) string {
	var b strings.Builder
	for _, u := range o.Units() {
		margin := strings.TrimSpace(string(u.Kind) + " " + u.Name)
		sign := " +"
		for _, c := range u.Context {
			margin += sign + fmt.Sprint(c.First+1)
			if c.Last > c.First {
				margin += fmt.Sprint("-", c.Last+1)
			}
			sign = ","
		}
		for i := u.First; i <= u.Last; i++ {
			if i == doc.LineCount()-1 && doc.Line(i) == "" {
				break // behind the last line break
			}
			fmt.Fprintf(&b, "%-*s|%s\n", marginWidth, margin, doc.Line(i))
			margin = ""
		}
	}
	return b.String()
}
