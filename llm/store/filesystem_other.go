//go:build !linux && !darwin

package store

// fileSystem finds nothing out here: a folder on another machine is taken for
// a local one.
func fileSystem(string) (name string, isRemote bool) { return "", false }
