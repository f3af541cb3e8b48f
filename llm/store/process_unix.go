//go:build unix && !linux

package store

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// processSpace names the machine.
func processSpace() string {
	host, err := os.Hostname()
	if err != nil {
		return ""
	}
	return host
}

// processStart tells whether a process lives. When it began is not known here:
// a lease whose process ended and whose number was given to another one ends
// by time.
func processStart(pid int) (start string, alive bool) {
	return "", !errors.Is(unix.Kill(pid, 0), unix.ESRCH)
}
