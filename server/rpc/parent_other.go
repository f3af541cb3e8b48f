//go:build !unix && !windows

package rpc

// processAlive cannot be asked here: the end of the pipe has to do.
func processAlive(int) bool { return true }
