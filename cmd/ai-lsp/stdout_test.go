package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// playServe has this test binary, started again, take standard output as serve
// does and then make noise in every way.
const playServe = "AI_LSP_TEST_PLAY_SERVE"

func playWithStdout() int {
	wire, err := takeStdout()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFault
	}
	fmt.Println("noise of Go code")
	if runtime.GOOS != "windows" { // there only what goes through os.Stdout can be caught
		child := exec.Command("sh", "-c", "echo noise of a child; echo noise by number >&1")
		child.Stdout = os.Stdout // still descriptor 1
		if err := child.Run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitFault
		}
		if held := exec.Command("sh", "-c", fmt.Sprintf("echo noise >&%d", wire.Fd())).Run(); held == nil {
			fmt.Fprintln(os.Stderr, "a child has inherited the wire")
			return exitFault
		}
	}
	_, _ = fmt.Fprint(wire, "the wire")
	return exitFine
}

func TestOnlyTheWireIsOnStandardOutput(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	play := exec.CommandContext(t.Context(), self)
	play.Env = append(os.Environ(), playServe+"=1")
	var stdout, stderr bytes.Buffer
	play.Stdout, play.Stderr = &stdout, &stderr
	if err := play.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if stdout.String() != "the wire" {
		t.Errorf("on standard output is %q", stdout.String())
	}
	want := []string{"noise of Go code"}
	if runtime.GOOS != "windows" {
		want = append(want, "noise of a child", "noise by number")
	}
	for _, noise := range want {
		if !bytes.Contains(stderr.Bytes(), []byte(noise+"\n")) {
			t.Errorf("%q is not on standard error: %s", noise, stderr.String())
		}
	}
}
