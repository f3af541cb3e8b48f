package store

import "golang.org/x/sys/unix"

// remote are file systems whose locks or shared memory do not reach every
// program that can open the file.
var remote = map[uint32]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.CIFS_SUPER_MAGIC: "CIFS",
	unix.SMB2_SUPER_MAGIC: "SMB",
	unix.V9FS_MAGIC:       "9P",
	unix.FUSE_SUPER_MAGIC: "FUSE",
	unix.CEPH_SUPER_MAGIC: "Ceph",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.AFS_FS_MAGIC:     "AFS",
	unix.CODA_SUPER_MAGIC: "Coda",
	unix.NCP_SUPER_MAGIC:  "NCP",
	0x0bd00bd0:            "Lustre",
	0x47504653:            "GPFS",
}

func fileSystem(folder string) (name string, isRemote bool) {
	var found unix.Statfs_t
	if err := unix.Statfs(folder, &found); err != nil {
		return "", false
	}
	name, isRemote = remote[uint32(found.Type)] // the width of the field differs between machines
	return name, isRemote
}
