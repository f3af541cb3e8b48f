package rpc

import (
	"os"
	"os/exec"
	"testing"
)

func TestProcessAliveKnowsTheLivingAndTheDead(t *testing.T) {
	if !processAlive(os.Getpid()) {
		t.Error("this process should be alive")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), program, "-test.run=^$")
	if err := child.Run(); err != nil { // and waits, so that no zombie stays
		t.Fatal(err)
	}
	if processAlive(child.Process.Pid) {
		t.Error("a process that has ended should not be alive")
	}
}
