//go:build unix

package rpc

import (
	"errors"
	"syscall"
)

// processAlive sends signal 0, which only asks. Being refused means that there
// is somebody to refuse.
func processAlive(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
