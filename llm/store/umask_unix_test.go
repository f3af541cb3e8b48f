//go:build unix

package store_test

import (
	"syscall"
	"testing"
)

// withUmask changes what new files may be, until the test ends.
func withUmask(t *testing.T, mask int) {
	t.Helper()
	before := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(before) })
}
