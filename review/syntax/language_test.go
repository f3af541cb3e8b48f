package syntax_test

import (
	"slices"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
)

func TestEditorsNamesOfLanguages(t *testing.T) {
	for id, want := range map[string]string{
		"go": "go", "Go": "go", "python": "python", "python-ts-mode": "python",
		"javascript": "javascript", "javascriptreact": "javascript", "javascript.jsx": "javascript", "jsx": "javascript", "js2-mode": "javascript",
		"typescript": "typescript", "typescriptreact": "tsx", "typescript.tsx": "tsx", "tsx": "tsx", "tsx-ts": "tsx",
		"shellscript": "bash", "sh": "bash", "bash": "bash", "c-sharp": "csharp", "cs": "csharp", "csharp": "csharp",
		"c++": "cpp", "cpp": "cpp", "c": "c", "rust": "rust", "rb": "ruby", "php": "php", "java": "java",
		"COBOL": "cobol", " lua ": "lua", "": "", "foo-mode": "foo-mode",
	} {
		if got := syntax.Language(id); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}

func TestGrammarsAreBuiltIn(t *testing.T) {
	got := syntax.Grammars()
	if len(got) == 0 {
		t.Skip("the grammars: this was built without cgo")
	}
	if !slices.Equal(got, grammars) {
		t.Errorf("there are grammars for %v, want %v", got, grammars)
	}
	for _, name := range got {
		if syntax.Language(name) != name {
			t.Errorf("%s is called %s", name, syntax.Language(name))
		}
	}
}
