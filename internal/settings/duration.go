package settings

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// day is the unit that time.ParseDuration lacks. It is always 24 hours.
const day = 24 * time.Hour

var errDuration = errors.New("not a duration")

// Duration is a span of time whose text is a Go duration that may also hold
// days: "1.5s", "90d", "1d12h".
type Duration time.Duration

// ParseDuration reads a [Duration]. Days come first and are whole or decimal.
func ParseDuration(text string) (Duration, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		d, err := time.ParseDuration(text)
		return Duration(d), err
	}
	digits, isNegative := strings.CutPrefix(days, "-")
	if strings.Trim(digits, "0123456789.") != "" {
		return 0, fmt.Errorf("%w: %q", errDuration, text)
	}
	n, err := strconv.ParseFloat(digits, 64)
	// A hundred years is far from overflow and further than anyone means.
	if err != nil || n > 36500 {
		return 0, fmt.Errorf("%w: %q", errDuration, text)
	}
	total := time.Duration(math.Round(n * float64(day)))
	if rest != "" {
		if strings.ContainsAny(rest[:1], "+-") {
			return 0, fmt.Errorf("%w: %q", errDuration, text)
		}
		more, err := time.ParseDuration(rest)
		if err != nil || total > math.MaxInt64-more {
			return 0, fmt.Errorf("%w: %q", errDuration, text)
		}
		total += more
	}
	if isNegative {
		total = -total
	}
	return Duration(total), nil
}

// Std is d as the standard library knows it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String is the usual way to write d, without units of zero ("2m30s", "90d").
// A single minute or hour stays in the smaller unit, as people write timeouts:
// "60s". ParseDuration reads it back to the same d.
func (d Duration) String() string {
	t := time.Duration(d)
	switch {
	case t == time.Minute:
		return "60s"
	case t == time.Hour:
		return "60m"
	case t%day == 0 && (t >= 2*day || t <= -2*day):
		return strconv.FormatInt(int64(t/day), 10) + "d"
	}
	text := t.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is [ParseDuration].
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
