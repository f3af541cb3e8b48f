package stream

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kaptinlin/jsonrepair"
)

// maxMend is how much text is given to the library. Its cost grows with the
// square of what is broken: 64 KiB of nothing but quotes take a second, 256 KiB
// would take sixteen.
const maxMend = 64 << 10

// repair makes text, which should be a JSON object, one.
func repair(text string) (mended string, err error) {
	text = escapeStrays(text)
	if json.Valid([]byte(text)) {
		return text, nil
	}
	if len(text) > maxMend {
		return "", fmt.Errorf("%w, and longer than %d bytes", ErrMalformed, maxMend)
	}
	if depthOf(text) > MaxDepth {
		return "", ErrTooDeep
	}
	// The library is fed with whatever a model wrote.
	defer func() {
		if recover() != nil {
			mended, err = "", ErrMalformed
		}
	}()
	mended, err = jsonrepair.Repair(text)
	if err != nil || !strings.HasPrefix(mended, "{") || !json.Valid([]byte(mended)) {
		return "", ErrMalformed
	}
	return mended, nil
}

// escapeStrays puts right what models get wrong most when they quote code: a
// backslash that JSON does not know, as in "\d+", and line breaks and tabs as
// they are. The library would drop such a backslash, and the quote would no
// longer be what stands in the file.
func escapeStrays(text string) string {
	var out strings.Builder
	quoted, copied := false, 0
	replace := func(at, n int, with string) {
		out.WriteString(text[copied:at])
		out.WriteString(with)
		copied = at + n
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted:
		case c == '\\':
			if !isEscape(text[i+1:]) {
				replace(i, 1, `\\`)
			} else {
				i++
			}
		case c == '\n':
			replace(i, 1, `\n`)
		case c == '\r':
			replace(i, 1, `\r`)
		case c == '\t':
			replace(i, 1, `\t`)
		}
	}
	out.WriteString(text[copied:])
	return out.String()
}

// isEscape tells whether s, which follows a backslash, makes it a JSON escape.
func isEscape(s string) bool {
	if s == "" {
		return false
	}
	if s[0] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, s[0]) >= 0
	}
	n, _ := run([]byte(s[:min(len(s), 5)]), 1, 4, isHex)
	return n == 5
}

// depthOf is how deep the brackets in text are nested, those in strings
// included: which quotes are to be believed is just what is not known.
func depthOf(text string) int {
	depth, deepest := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}
