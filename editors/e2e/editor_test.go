//go:build unix

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// required finds an editor that install.sh installs in any case.
func required(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, program+" is not installed: run editors/e2e/install.sh")
	}
	return path
}

// optional finds an editor that install.sh installs when asked for all.
func optional(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path, err = exec.LookPath(filepath.Join(cacheFolder(t), "bin", program))
	}
	if err != nil {
		missing(t, program+" is not installed: run editors/e2e/install.sh all")
	}
	return path
}

// missing skips a test that lacks a part; in CI, which installs all of them, it
// fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// cacheFolder is where install.sh unpacks editors.
func cacheFolder(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv("AI_LSP_CACHE"); folder != "" {
		return folder
	}
	// os.UserCacheDir is no help: it does not honour XDG_CACHE_HOME everywhere.
	if folder := os.Getenv("XDG_CACHE_HOME"); folder != "" {
		return filepath.Join(folder, "ai-lsp-e2e")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(home, ".cache", "ai-lsp-e2e")
}

// repository returns the absolute path of a file or folder beside this one.
func repository(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
