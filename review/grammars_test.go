package review_test

import (
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
)

// needsGrammars leaves a test out that is about code which is parsed.
func needsGrammars(t *testing.T) {
	t.Helper()
	if len(syntax.Grammars()) == 0 {
		t.Skip("built without cgo, so without grammars")
	}
}
