package stream

import "unicode/utf8"

// maxControl is how long a terminal's control sequence may be: longer than any
// colour needs, short enough to wait for.
const maxControl = 32

// escapeLen is the length of the escape that s begins with: a backslash and
// what it governs, or a terminal's control sequence. It is false when s ends
// before that can be told.
func escapeLen(s []byte) (int, bool) {
	if len(s) < 2 {
		return 0, false
	}
	if s[0] == '\x1b' {
		return controlLen(s)
	}
	switch c := s[1]; {
	case c == 'u' && len(s) > 2 && s[2] == '{':
		return bracedLen(s)
	case c == 'u':
		return unicodeLen(s)
	case c == 'U':
		return run(s, 2, 8, isHex)
	case c == 'x':
		return run(s, 2, 2, isHex)
	case isOctal(c):
		return run(s, 1, 3, isOctal)
	case !utf8.FullRune(s[1:]):
		return 0, false
	default:
		_, size := utf8.DecodeRune(s[1:])
		return 1 + size, true
	}
}

// unicodeLen is the length of \u00e9, or of both halves of \ud83d\ude00.
func unicodeLen(s []byte) (int, bool) {
	n, ok := run(s, 2, 4, isHex)
	if !ok || n < 6 || lower(s[2]) != 'd' || lower(s[3]) < '8' || lower(s[3]) > 'b' {
		return n, ok
	}
	// The first half of a pair: the second is \u, d, one of c to f, two digits.
	for i, c := range s[n:] {
		var fits bool
		switch i {
		case 0:
			fits = c == '\\'
		case 1:
			fits = c == 'u'
		case 2:
			fits = lower(c) == 'd'
		case 3:
			fits = lower(c) >= 'c' && lower(c) <= 'f'
		default:
			fits = isHex(c)
		}
		if !fits {
			return n, true
		}
		if i == 5 {
			return n + 6, true
		}
	}
	return 0, false
}

// bracedLen is the length of \u{1F600}.
func bracedLen(s []byte) (int, bool) {
	n, ok := run(s, 3, 8, isHex)
	if ok && n < len(s) && s[n] == '}' {
		return n + 1, true
	}
	return n, ok && n < len(s)
}

// controlLen is the length of ESC [ 1 ; 31 m, or of ESC and one character.
func controlLen(s []byte) (int, bool) {
	if s[1] != '[' {
		if !utf8.FullRune(s[1:]) {
			return 0, false
		}
		_, size := utf8.DecodeRune(s[1:])
		return 1 + size, true
	}
	n, ok := run(s, 2, maxControl, func(c byte) bool { return c >= ' ' && c <= '?' })
	if ok && n < len(s) && s[n] >= '@' && s[n] <= '~' {
		return n + 1, true
	}
	return n, ok && n < len(s)
}

// run is from and the length of the run of at most limit bytes there that fit;
// false when s ends before the run does.
func run(s []byte, from, limit int, fit func(byte) bool) (int, bool) {
	n := from
	for n < len(s) && n < from+limit && fit(s[n]) {
		n++
	}
	return n, n < len(s) || n == from+limit
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || lower(c) >= 'a' && lower(c) <= 'f'
}

func lower(c byte) byte { return c | 0x20 }
