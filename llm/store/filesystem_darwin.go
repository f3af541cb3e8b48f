package store

import (
	"slices"

	"golang.org/x/sys/unix"
)

// remote are file systems whose locks or shared memory do not reach every
// program that can open the file.
var remote = []string{"nfs", "smbfs", "afpfs", "webdav", "ftp", "macfuse", "osxfuse", "fusefs"}

func fileSystem(folder string) (name string, isRemote bool) {
	var found unix.Statfs_t
	if err := unix.Statfs(folder, &found); err != nil {
		return "", false
	}
	name = unix.ByteSliceToString(found.Fstypename[:])
	return name, slices.Contains(remote, name)
}
