//go:build !linux

package store_test

import (
	"os"
	"runtime"
	"testing"
)

func makeReadOnly(t *testing.T, folder string) {
	t.Helper()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("nothing here makes a folder read-only for us: neither modes nor mounts")
	}
	takeRights(t, folder)
}
