package syntax_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// reporter is a test, be it one of rapid's.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkOutline checks what holds for any text.
func checkOutline(t reporter, doc *text.Document, o *syntax.Outline) {
	t.Helper()
	next := 0
	for _, u := range o.Units() {
		if u.First != next || u.Last < u.First {
			t.Fatalf("a unit is lines %d to %d, the one before it ends with %d", u.First, u.Last, next-1)
		}
		next = u.Last + 1
		checkContext(t, doc, u)
	}
	if next != doc.LineCount() {
		t.Fatalf("the units end with line %d of %d", next-1, doc.LineCount()-1)
	}
}

func checkContext(t reporter, doc *text.Document, u syntax.Unit) {
	t.Helper()
	after, lines, bytes := -1, 0, 0
	for _, c := range u.Context {
		if c.First <= after || c.Last < c.First || c.Last >= doc.LineCount() {
			t.Fatalf("the context of lines %d to %d is %v", u.First, u.Last, u.Context)
		}
		if c.First <= u.Last && c.Last >= u.First {
			t.Fatalf("lines %d to %d have themselves for context: %v", u.First, u.Last, u.Context)
		}
		after = c.Last + 1 // adjacent ones are one
		lines += c.Last - c.First + 1
		bytes += doc.LineSpan(c.Last).End - doc.LineSpan(c.First).Start
	}
	if lines > 40 || bytes > 2<<10 {
		t.Fatalf("the context of lines %d to %d has %d lines and %d bytes", u.First, u.Last, lines, bytes)
	}
}

// hard are texts that nobody writes and everybody has.
func hard() map[string]string {
	deep := func(open, shut string) string { return strings.Repeat(open, 100_000) + strings.Repeat(shut, 100_000) }
	return map[string]string{
		"an empty text":            "",
		"one line break":           "\n",
		"only blank lines":         strings.Repeat("\n", 1000),
		"only carriage returns":    strings.Repeat("\r", 1000),
		"a byte order mark":        "\ufeff",
		"a byte order mark before": "\ufefffunc f() {\n}\n",
		"zero bytes":               "func f() {\x00\n\x00}\n\x00\x00",
		"invalid UTF-8":            "func \xff\xfe() {\n\t\xc3\x28\n}\n",
		"binary":                   "\x7fELF\x02\x01\x01\x00\xfe\xff\n\x1b[0m\x00{{{((\r\n\x80\x81",
		"one line of 2 MB":         "x = [" + strings.Repeat("1, ", 700_000) + "]",
		"a line of 12 KB":          "x = [" + strings.Repeat("1, ", 4_000) + "]",
		"a long string":            "x = \"" + strings.Repeat("a\\\"", 10_000),
		"brackets":                 deep("(", ")"),
		"brackets never closed":    strings.Repeat("(", 100_000),
		"brackets never opened":    strings.Repeat(")", 5_000),
		"braces":                   deep("{", "}"),
		"braces on lines":          deep("{\n", "}\n"),
		"lists":                    "x = " + deep("[", "]"),
		"calls":                    deep("f(", ")"),
		"types in types":           deep("class A {\n", "}\n"),
		"types in indented types":  strings.Repeat("class A:\n ", 500),
		"conditions":               strings.Repeat("if x {\n", 400),
		"operators":                "x = " + strings.Repeat("1 + ", 10_000) + "1",
		"not":                      "x = " + strings.Repeat("!", 10_000) + "1",
		"templates":                "x = " + strings.Repeat("`${", 10_000),
		"brackets just few enough": "x = " + strings.Repeat("f([{", 166),
		"type arguments":           strings.Repeat("A<", 50_000),
		"generics":                 "A" + strings.Repeat("<A", 400),
		"here-documents":           strings.Repeat("cat <<A\n", 500),
		"elements":                 "x = " + strings.Repeat("<a>", 800),
		"comments never closed":    strings.Repeat("/* ", 300),
		"conflicts":                strings.Repeat("<<<<<<< a\nfunc f() {\n=======\nfunc g() {\n>>>>>>> b\n", 500),
		"the same line":            strings.Repeat("foo();\n", 1_500),
		"decorators":               strings.Repeat("@a\n", 800),
		"comments":                 strings.Repeat("// a\n", 1_500),
		"half a function":          "func f(a int",
		"declarations on one line": strings.Repeat("function f() {} ", 800),
	}
}

func TestHardTextsAreCovered(t *testing.T) {
	languages := append([]string{"lua", "markdown"}, grammars...)
	for name, source := range hard() {
		t.Run(name, func(t *testing.T) {
			for _, language := range languages {
				doc := text.New("file:///x", language, 1, source)
				checkOutline(t, doc, syntax.Parse(t.Context(), doc))
				if n, known := syntax.Faults(t.Context(), language, source); n < 0 || n > 0 && !known {
					t.Errorf("%s has %d faults, which is known: %v", language, n, known)
				}
			}
		})
	}
}

func TestACancelledParseIsAPlainOne(t *testing.T) {
	doc := text.New("file:///x", "go", 1, "package a\n\nfunc f() {\n\tx()\n}\n")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	o := syntax.Parse(gone, doc)
	checkOutline(t, doc, o)
	if o.Parsed() {
		t.Error("it is parsed by a grammar")
	}
	if got, ok := o.Function(3); !ok || got != (syntax.Lines{First: 2, Last: 4}) {
		t.Errorf("the function is %v, %v", got, ok)
	}
	if _, known := syntax.Faults(gone, "go", doc.Text()); known {
		t.Error("its faults are known")
	}
}
