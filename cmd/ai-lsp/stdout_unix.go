//go:build unix

package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// takeStdout gives the process's standard output to the wire alone. Whatever
// else writes to descriptor 1 from now on, a library, C code or a child, ends
// up on standard error and can not break the protocol.
func takeStdout() (*os.File, error) {
	// An editor that is gone is an error of a write, not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	wire, err := unix.FcntlInt(os.Stdout.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("take standard output: %w", err)
	}
	if err := unix.Dup2(int(os.Stderr.Fd()), int(os.Stdout.Fd())); err != nil {
		return nil, fmt.Errorf("point standard output to standard error: %w", err)
	}
	return os.NewFile(uintptr(wire), "wire"), nil
}
