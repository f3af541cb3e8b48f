package rpc

import (
	"errors"
	"syscall"
)

// invalidParameter is what OpenProcess says of an id that no process has.
const invalidParameter = syscall.Errno(87)

// processAlive asks whether the process has ended. Being refused means that
// there is somebody to refuse.
func processAlive(pid int) bool {
	handle, err := syscall.OpenProcess(syscall.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return !errors.Is(err, invalidParameter)
	}
	defer func() { _ = syscall.CloseHandle(handle) }()
	event, err := syscall.WaitForSingleObject(handle, 0)
	return err != nil || event != syscall.WAIT_OBJECT_0
}
