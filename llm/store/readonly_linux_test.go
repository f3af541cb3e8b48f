package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// makeReadOnly makes a folder and its files read-only until the test ends: for
// root, whom modes do not bind, by mounting it so.
func makeReadOnly(t *testing.T, folder string) {
	t.Helper()
	if os.Geteuid() != 0 {
		takeRights(t, folder)
		return
	}
	if err := syscall.Mount(folder, folder, "", syscall.MS_BIND, ""); err != nil {
		t.Skip("root needs a mount for this, and may not:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("root needs a mount for this, and may not:", err)
	}
}

// smallDisk is a file system of its own with little room.
func smallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("a small disk needs a mount, and we may not:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}
