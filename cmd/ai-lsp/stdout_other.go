//go:build !unix

package main

import "os"

// takeStdout gives the process's standard output to the wire alone, as far as
// Go code is concerned.
func takeStdout() (*os.File, error) {
	wire := os.Stdout
	os.Stdout = os.Stderr
	return wire, nil
}
