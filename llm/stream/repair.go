package stream

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kaptinlin/jsonrepair"
)

const (
	// maxMend is how much of a reply is given to the library. Its cost grows with the
	// square of what is broken: 64 KiB of nothing but quotes take a second,
	// 256 KiB would take sixteen.
	maxMend = 64 << 10
	// maxOpen is how many brackets in it may be open at once, those in strings
	// included: which quotes are to be believed is just what is not known. The
	// library goes one call deeper for each.
	maxOpen = 1024
)

// repair makes text, which should be a JSON object, one. The budget is how many
// bytes the library may still be given; what it is given is taken off.
func repair(text string, budget *int) (mended string, err error) {
	if mended = escapeStrays(text, true); check(mended) == nil {
		return mended, nil
	}
	// Where quotes are missing, line breaks may well be outside of strings.
	text = escapeStrays(text, false)
	if openBrackets(text) > maxOpen {
		return "", ErrTooDeep
	}
	if len(text) > *budget {
		return "", fmt.Errorf("%w, and there is too much of it to be repaired", ErrMalformed)
	}
	*budget -= len(text)
	// The library is fed with whatever a model wrote.
	defer func() {
		if recover() != nil {
			mended, err = "", ErrMalformed
		}
	}()
	if mended, err = jsonrepair.Repair(text); err != nil {
		return "", ErrMalformed
	}
	if err = check(mended); err != nil {
		return "", err
	}
	return mended, nil
}

// check tells what is wrong with text as a JSON object of bounded depth.
func check(text string) error {
	if !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
		return ErrMalformed
	}
	if _, end := extent(text); end != found {
		return ErrTooDeep
	}
	return nil
}

// escapeStrays puts right what models get wrong most when they quote code: a
// backslash that JSON does not know, as in "\d+", and line breaks and tabs as
// they are. The library would drop such a backslash, and the quote would no
// longer be what stands in the file. Without breaks, only backslashes are.
func escapeStrays(text string, breaks bool) string {
	var out strings.Builder
	quoted, copied := false, 0
	replace := func(at int, with string) {
		out.WriteString(text[copied:at])
		out.WriteString(with)
		copied = at + 1
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted:
		case c == '\\':
			if !isEscape(text[i+1:]) {
				replace(i, `\\`)
			} else {
				i++
			}
		case !breaks:
		case c == '\n':
			replace(i, `\n`)
		case c == '\r':
			replace(i, `\r`)
		case c == '\t':
			replace(i, `\t`)
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

// openBrackets is how many brackets in text are open at once at most.
func openBrackets(text string) int {
	open, most := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[':
			open++
			most = max(most, open)
		case '}', ']':
			open = max(open-1, 0)
		}
	}
	return most
}
