//go:build !linux

package store_test

import (
	"context"
	"errors"
)

func playBounded(context.Context, string) error { return errors.New("only for Linux") }
