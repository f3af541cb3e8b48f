package openai

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds what a server can ask for, so that an absurd number
// cannot overflow.
const longestWait = 366 * 24 * time.Hour

// retryAfter is how long the server asks to wait, 0 where it does not say. It
// reads milliseconds, seconds with or without a fraction, and dates, which are
// taken relative to the server's own clock where it sends one. The reset times
// of x-ratelimit headers count only for a 429 that says nothing else.
func retryAfter(h http.Header, status int, now time.Time) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if d := number(h.Get(name), time.Millisecond); d > 0 {
			return d
		}
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if d := number(value, time.Second); d > 0 {
		return d
	}
	if at, err := http.ParseTime(value); err == nil {
		if server, err := http.ParseTime(h.Get("Date")); err == nil {
			now = server
		}
		return clampWait(at.Sub(now))
	}
	if status == http.StatusTooManyRequests && value == "" {
		return rateReset(h, now)
	}
	return 0
}

// rateReset is when the limit that was hit is free again: that of the budget
// with nothing left, or the longer of both where none says so.
func rateReset(h http.Header, now time.Time) time.Duration {
	var spent, longest time.Duration
	for _, of := range []string{"Requests", "Tokens"} {
		reset := resetTime(strings.TrimSpace(h.Get("X-Ratelimit-Reset-"+of)), now)
		longest = max(longest, reset)
		if h.Get("X-Ratelimit-Remaining-"+of) == "0" {
			spent = max(spent, reset)
		}
	}
	if spent > 0 {
		return spent
	}
	return longest
}

// resetTime reads "6m0s", seconds, a Unix time or a date.
func resetTime(value string, now time.Time) time.Duration {
	if d, err := time.ParseDuration(value); err == nil {
		return clampWait(d)
	}
	if n, err := strconv.ParseFloat(value, 64); err == nil && n > 1e9 && n < 1e14 {
		if n > 1e12 {
			n /= 1000 // milliseconds
		}
		return clampWait(time.Unix(int64(n), 0).Sub(now))
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return clampWait(at.Sub(now))
	}
	return number(value, time.Second)
}

// number reads a count of units; 0 for what is no positive number.
func number(value string, unit time.Duration) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(n) || n <= 0 {
		return 0
	}
	if n >= float64(longestWait)/float64(unit) {
		return longestWait
	}
	return time.Duration(n * float64(unit))
}

func clampWait(d time.Duration) time.Duration {
	return min(max(d, 0), longestWait)
}
