package settings

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

var errSize = errors.New("not a size")

// Size is a number of bytes. Its text may carry a unit: "512KiB", "1MB".
type Size int64

// sizeUnits are tried in this order, so that "KiB" is not taken for "B".
var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
	{"GB", 1e9},
	{"MB", 1e6},
	{"KB", 1e3},
	{"B", 1},
}

// ParseSize reads a whole number of bytes, or a decimal number and one of the
// units B, KB, MB, GB (of a thousand) and KiB, MiB, GiB (of 1024), in any case.
func ParseSize(text string) (Size, error) {
	number, unit := strings.TrimSpace(text), int64(1)
	for _, u := range sizeUnits {
		if n := len(number) - len(u.name); n >= 0 && strings.EqualFold(number[n:], u.name) {
			number, unit = strings.TrimSpace(number[:n]), u.bytes
			break
		}
	}
	if strings.Trim(number, "0123456789.") != "" {
		return 0, fmt.Errorf("%w: %q", errSize, text)
	}
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n <= math.MaxInt64/unit {
		return Size(n * unit), nil
	}
	n, err := strconv.ParseFloat(number, 64)
	// Above 2^53 a decimal number no longer counts single bytes.
	if err != nil || n*float64(unit) > 1<<53 || (unit == 1 && n != math.Trunc(n)) {
		return 0, fmt.Errorf("%w: %q", errSize, text)
	}
	return Size(math.Round(n * float64(unit))), nil
}

// String is the size in the largest unit of 1024 that divides it, "512KiB", or
// else in bytes, "1000B". ParseSize reads it back to the same size.
func (s Size) String() string {
	for _, u := range sizeUnits[:3] {
		if s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}
