//go:build !linux

package store_test

import "errors"

func playBounded(string) error { return errors.New("only for Linux") }
