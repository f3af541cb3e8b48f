package syntax_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// addDrawn adds the texts of testdata/units, in each language's own grammar and
// in the next one's.
func addDrawn(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/units/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal(len(files), err)
	}
	for i, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		source := undrawn(string(raw))
		f.Add(source, byte(i))
		f.Add(strings.ReplaceAll(source, "\n", "\r\n"), byte(i+1))
		f.Add(strings.ReplaceAll(source, "}", ""), byte(i+2))
	}
	for i := range grammars {
		f.Add("((((\n{{{{\n<<<<<<< a\n\x00\xff\ufeff\r\"'`", byte(i))
	}
}

func languageOf(n byte) string {
	all := append([]string{"lua", "markdown"}, grammars...)
	return all[int(n)%len(all)]
}

func FuzzParse(f *testing.F) {
	addDrawn(f)
	f.Fuzz(func(t *testing.T, source string, n byte) {
		doc := text.New("file:///x", languageOf(n), 1, source)
		o := syntax.Parse(t.Context(), doc)
		checkOutline(t, doc, o)
		for line := range min(doc.LineCount(), 100) {
			if l, ok := o.Function(line); ok && (l.First > line || l.Last < line || l.Last >= doc.LineCount()) {
				t.Errorf("line %d of %d is in %v", line, doc.LineCount(), l)
			}
		}
	})
}

func FuzzFaults(f *testing.F) {
	addDrawn(f)
	f.Fuzz(func(t *testing.T, source string, n byte) {
		count, known := syntax.Faults(t.Context(), languageOf(n), source)
		if count < 0 || count > 0 && !known {
			t.Errorf("there are %d, which is known: %v", count, known)
		}
	})
}
