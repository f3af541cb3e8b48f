package syntax_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
)

func FuzzEnclosing(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		var code strings.Builder
		for line := range strings.Lines(string(raw)) {
			_, text, _ := strings.Cut(line, "|")
			code.WriteString(text)
		}
		f.Add(code.String(), 10)
	}
	for _, text := range []string{
		"", "\n\n", "}\n)\n]", "{", "func", "func (", "func f(", "@", "@a(", "#[", "[", "template", "template<", "template <typename",
		"x = (", "x = [", "x = <", "x: (a):", "R\"(", "r#\"", "<<", "<<<", "a <<A\n A", "'''", "/*", "--[[", "operator()", "operator", "end", "end)",
		"static {", "a b(c) : {", "- (x)", "(def", "\xff\xfe(\x80) {\n \x80", "class\tX\n\ty", "pub(", "case class", "é(ü) {\n x\n}", " (a) {\n b", "`\n\\`\n`",
	} {
		f.Add(text, 0)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		lines := strings.Split(text, "\n")
		asked := 0
		first, last, found := syntax.Enclosing(len(lines), func(i int) string { asked++; return lines[i] }, at)
		if inside := at >= 0 && at < len(lines); found && !inside {
			t.Fatalf("line %d of %d is in a declaration", at, len(lines))
		}
		if found && (first < 0 || first > at || at > last || last >= len(lines)) {
			t.Errorf("line %d of %d is in %d to %d", at, len(lines), first, last)
		}
		if !found && (first != 0 || last != 0) {
			t.Errorf("nothing is found, at %d to %d", first, last)
		}
		if limit := 200*len(lines) + 1000; asked > limit {
			t.Errorf("%d lines were asked for %d times", len(lines), asked)
		}
	})
}
