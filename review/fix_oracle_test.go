package review_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiled remembers what compiles said: most texts are asked about again.
var compiled = map[[2]string][2]bool{}

// compiles asks the language's own front end, where there is one on this
// machine, whether a text parses. judged is false where there is none.
func compiles(t *testing.T, language, source string) (parses, judged bool) {
	t.Helper()
	key := [2]string{language, source}
	answer, known := compiled[key]
	if !known {
		answer[0], answer[1] = frontEnd(t, language, strings.TrimPrefix(source, "\uFEFF"))
		compiled[key] = answer
	}
	return answer[0], answer[1]
}

func frontEnd(t *testing.T, language, source string) (parses, judged bool) {
	t.Helper()
	switch language {
	case "go":
		_, err := parser.ParseFile(token.NewFileSet(), "a.go", source, parser.SkipObjectResolution)
		return err == nil, true
	case "python":
		return accepts(t, source, "python3", "-c", "import sys; compile(sys.stdin.buffer.read(), 'a', 'exec', dont_inherit=True)")
	case "shellscript":
		return accepts(t, source, "bash", "-n")
	case "javascript":
		ending := ".cjs"
		if strings.Contains("\n"+source, "\nimport ") || strings.Contains("\n"+source, "\nexport ") {
			ending = ".mjs"
		}
		path := filepath.Join(t.TempDir(), "a"+ending)
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		return accepts(t, "", "node", "--check", path)
	}
	return false, false
}

func accepts(t *testing.T, stdin, program string, args ...string) (parses, judged bool) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil || *fixCorpus == "" {
		return false, false // a process for each fix is for the long run
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	said, err := cmd.CombinedOutput()
	// A name that is exported and renamed in one place only is no fault of syntax.
	return err == nil || strings.Contains(string(said), "is not defined in module"), true
}
