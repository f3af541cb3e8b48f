//go:build unix

package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// binary is the ai-lsp program under test.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if testing.Short() {
		fmt.Fprintln(os.Stderr, "e2e: real editors are not driven in short mode")
		return 0
	}
	folder, err := os.MkdirTemp("", "ai-lsp-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e: make a folder:", err)
		return 1
	}
	defer os.RemoveAll(folder)
	if binary, err = program(folder); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return m.Run()
}

// program returns the absolute path of the program to test, building it into
// folder if none was named.
func program(folder string) (string, error) {
	if named := os.Getenv("AI_LSP_BINARY"); named != "" {
		return filepath.Abs(named)
	}
	path := filepath.Join(folder, "ai-lsp")
	build := exec.Command("go", "build", "-o", path, "github.com/ai-lsp/ai-lsp/cmd/ai-lsp")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build ai-lsp: %w\n%s", err, output)
	}
	return path, nil
}
