package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

// program is the program under test, built once: what is tested here is what a
// user gets, seen from outside.
var program string

// testRelease is the version that the program under test is built as.
const testRelease = "1.2.3-test"

func TestMain(m *testing.M) {
	if os.Getenv(playServe) != "" {
		os.Exit(playWithStdout())
	}
	folder, err := build()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code)
	}))
}

func build() (folder string, err error) {
	folder, err = os.MkdirTemp("", "ai-lsp-test-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	program = filepath.Join(folder, "ai-lsp")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	args := []string{"build", "-ldflags", "-X main.release=" + testRelease, "-o", program}
	if raceDetector {
		args = append(args, "-race") // races in the program are failures here too
	}
	if told, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		_ = os.RemoveAll(folder)
		return "", fmt.Errorf("build the program: %w\n%s", err, told)
	}
	return folder, nil
}
