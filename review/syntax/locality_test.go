package syntax_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// dialect is how the programs of these tests are written in a language.
type dialect struct {
	language     string
	head         string // what stands at the top
	open, close  string // of a function, with a place for its name
	statement    string // with a place for a number
	around, done string // of a block in a function
	single       string // a declaration on one line
}

var dialects = []dialect{
	{"go", "package a\n\nimport \"fmt\"\n", "func %s(a int) {", "}", "fmt.Println(\"s%d\", a)", "if a > 1 {", "}", "var %s = 1"},
	{"python", "import os\n", "def %s(a):", "", "os.call('s%d', a)", "if a:", "", "%s = 1"},
	{"javascript", "import fs from 'fs';\n", "export const %s = (a) => {", "};", "fs.call('s%d', a);", "if (a) {", "}", "const %s = 1;"},
	{"rust", "use std::fs;\n", "fn %s(a: i32) {", "}", "fs::call(\"s%d\", a);", "if a {", "}", "const %s: i32 = 1;"},
	{"lua", "local fs = require(\"fs\")\n", "function %s(a)", "end", "fs.call(\"s%d\", a)", "if a then", "end", "local %s = 1"},
	{"markdown", "# Title\n", "## %s", "", "Some words about the matter %d.", "- a list", "", "Paragraph %s."},
}

// script is a text of declarations, each with its lines.
type script struct {
	dialect
	parts [][]string
}

func (p script) document() *text.Document {
	var b strings.Builder
	b.WriteString(p.head + "\n")
	for _, part := range p.parts {
		b.WriteString(strings.Join(part, "\n") + "\n\n")
	}
	return text.New("file:///x", p.language, 1, b.String())
}

// drawProgram makes a text of declarations of all sizes, no two lines alike.
func drawProgram(t *rapid.T) script {
	p := script{dialect: rapid.SampledFrom(dialects).Draw(t, "dialect")}
	line := 0
	for i := range rapid.IntRange(1, 15).Draw(t, "declarations") {
		name := fmt.Sprintf("name%d", i)
		size := rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 40), rapid.IntRange(100, 300)).Draw(t, "size")
		if size == 0 {
			p.parts = append(p.parts, []string{fmt.Sprintf(p.single, name)})
			continue
		}
		part := []string{fmt.Sprintf(p.open, name)}
		for k := range size {
			line++
			indent := "\t"
			if p.around != "" && k%9 == 4 {
				part = append(part, "\t"+p.around)
			}
			if k%9 >= 4 {
				indent = "\t\t"
			}
			part = append(part, indent+fmt.Sprintf(p.statement, line))
			if p.done != "" && (k%9 == 8 || k == size-1 && k%9 >= 4) {
				part = append(part, "\t"+p.done)
			}
		}
		if p.close != "" {
			part = append(part, p.close)
		}
		p.parts = append(p.parts, part)
	}
	return p
}

// edited is the script with one statement changed, added or taken away, or one
// declaration.
func (p script) edited(t *rapid.T) (script, bool) {
	next := script{dialect: p.dialect, parts: slices.Clone(p.parts)}
	at := rapid.IntRange(0, len(p.parts)-1).Draw(t, "declaration")
	switch rapid.IntRange(0, 5).Draw(t, "kind of edit") {
	case 0:
		next.parts = slices.Delete(next.parts, at, at+1)
		return next, len(p.parts[at]) < 40 // it is one unit
	case 1:
		added := []string{fmt.Sprintf(p.single, "added")}
		next.parts = slices.Insert(next.parts, at, added)
		return next, true
	}
	part, ok := p.editedPart(t, slices.Clone(p.parts[at]))
	next.parts[at] = part
	return next, ok
}

func (p script) editedPart(t *rapid.T, part []string) ([]string, bool) {
	if len(part) < 4 {
		return part, false
	}
	line := rapid.IntRange(1, len(part)-2).Draw(t, "line")
	code := strings.TrimLeft(part[line], "\t")
	if !strings.HasPrefix(code, strings.SplitN(p.statement, "%d", 2)[0]) {
		return part, false
	}
	indent := part[line][:len(part[line])-len(code)]
	statement := indent + fmt.Sprintf(p.statement, 1_000_000+rapid.IntRange(0, 1000).Draw(t, "number"))
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		part[line] = statement
	case 1:
		part = slices.Insert(part, line, statement)
	default:
		if !strings.HasPrefix(strings.TrimLeft(part[line+1], "\t"), code[:2]) {
			return part, false // a block must not become empty
		}
		part = slices.Delete(part, line, line+1)
	}
	return part, true
}

// pieces are the texts of the units, without the blank lines around them.
func pieces(doc *text.Document, o *syntax.Outline) []string {
	var all []string
	for _, u := range o.Units() {
		all = append(all, strings.Trim(linesOf(doc, u.Lines), "\n"))
	}
	return all
}

func linesOf(doc *text.Document, l syntax.Lines) string {
	var b strings.Builder
	for i := l.First; i <= l.Last; i++ {
		b.WriteString(doc.Line(i) + "\n")
	}
	return b.String()
}

func outlined(t testing.TB, p script) (doc *text.Document, o *syntax.Outline) {
	t.Helper()
	doc = p.document()
	o = syntax.Parse(t.Context(), doc)
	return doc, o
}

func TestAnEditLeavesTheUnitsBeyondItsNeighbours(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		before := drawProgram(rt)
		after, ok := before.edited(rt)
		if !ok {
			rt.Skip("nothing to edit")
		}
		old, o := outlined(t, before)
		now, n := outlined(t, after)
		checkOutline(rt, old, o)
		checkOutline(rt, now, n)
		a, b := pieces(old, o), pieces(now, n)
		same := 0
		for same < min(len(a), len(b)) && a[same] == b[same] {
			same++
		}
		a, b = a[same:], b[same:]
		for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
			a, b = a[:len(a)-1], b[:len(b)-1]
		}
		// The one that was edited and one on each side may be cut anew.
		if len(a) > 3 {
			rt.Fatalf("%s: %d units changed:\n%s\n======\n%s", before.language, len(a), strings.Join(a, "\n------\n"), strings.Join(b, "\n------\n"))
		}
	})
}

func TestTheSameTextHasTheSameOutline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawProgram(rt)
		_, a := outlined(t, p)
		_, b := outlined(t, p)
		if fmt.Sprint(a.Units()) != fmt.Sprint(b.Units()) {
			rt.Fatalf("once %v, then %v", a.Units(), b.Units())
		}
	})
}

func TestAFunctionThatMovesKeepsItsUnits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawProgram(rt)
		from := rapid.IntRange(0, len(p.parts)-1).Draw(rt, "from")
		to := rapid.IntRange(0, len(p.parts)-1).Draw(rt, "to")
		moving := p.parts[from]
		if len(moving) < 6 || p.language == "markdown" {
			rt.Skip("it is packed with others")
		}
		moved := script{p.dialect, slices.Insert(slices.Delete(slices.Clone(p.parts), from, from+1), to, moving)}
		before, after := named(t, p, from), named(t, moved, from)
		if len(before) == 0 || !slices.Equal(before, after) {
			rt.Fatalf("%s: from %d to %d it was\n%s\n======\nand is\n%s", p.language, from, to, strings.Join(before, "\n------\n"), strings.Join(after, "\n------\n"))
		}
	})
}

// named are the texts of the units of a declaration.
func named(t testing.TB, p script, declaration int) []string {
	t.Helper()
	doc, o := outlined(t, p)
	var all []string
	for i, u := range o.Units() {
		if u.Name == fmt.Sprintf("name%d", declaration) {
			all = append(all, pieces(doc, o)[i])
		}
	}
	return all
}

func TestAnImportNobodyUsesIsInNoContext(t *testing.T) {
	p := script{dialect: dialects[0], parts: [][]string{
		{"func a() {", "\tfmt.Println(1)", "\tb()", "\tb()", "}"}, {"func b() {", "\tfmt.Println(2)", "\tc()", "\tc()", "}"},
	}}
	doc, o := outlined(t, p)
	p.head = "package a\n\nimport \"fmt\"\nimport \"os\"\n"
	wider, w := outlined(t, p)
	needsGrammar(t, "go")
	for i, u := range o.Units() {
		if u.Kind != syntax.KindFunction {
			continue
		}
		if got, want := contextText(wider, w.Units()[i]), contextText(doc, u); got != want || !strings.Contains(want, "fmt") {
			t.Errorf("the context of %s is %q, and was %q", u.Name, got, want)
		}
	}
}

func contextText(doc *text.Document, u syntax.Unit) string {
	var b strings.Builder
	for _, l := range u.Context {
		b.WriteString(linesOf(doc, l))
	}
	return b.String()
}
