package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// A review parses once, off the lane; an edit makes a new text, which is parsed
// afresh. The plain splitter is what a build without cgo has.
func BenchmarkParse(b *testing.B) {
	source := "package cart\n\nimport (\n\t\"context\"\n\t\"fmt\"\n)\n\n" + strings.Join(program(10_000), "\n")
	for _, language := range []string{"go", "plain"} {
		doc := text.New("file:///x", language, 1, source)
		b.Run(fmt.Sprintf("%d lines, %s", doc.LineCount(), language), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				syntax.Parse(b.Context(), doc)
			}
		})
	}
	middle := len(source) / 2
	edited := text.New("file:///x", "go", 2, source[:middle]+"x"+source[middle:])
	b.Run("after an edit of one byte", func(b *testing.B) {
		for b.Loop() {
			syntax.Parse(b.Context(), edited)
		}
	})
	open := text.New("file:///x", "go", 2, source[:middle]+"("+source[middle:])
	b.Run("after a bracket was opened", func(b *testing.B) {
		for b.Loop() {
			syntax.Parse(b.Context(), open)
		}
	})
	b.Run("only its faults", func(b *testing.B) {
		for b.Loop() {
			syntax.Faults(b.Context(), "go", source)
		}
	})
}
