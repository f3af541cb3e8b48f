package openai

import (
	"bytes"
	"regexp"
	"slices"
)

// halves joins characters beyond U+FFFF that a server has cut between their
// two UTF-16 units, as servers written in JavaScript do: the first event ends
// with \ud83d, the next begins with \ude00, and decoded apart both are U+FFFD.
// A quote that holds one would then be found nowhere.
type halves struct {
	first []byte // the escape of a first unit that waits for the second
}

// contentKey matches what stands before the text of an event.
var contentKey = regexp.MustCompile(`"content"\s*:\s*"`)

// firstUnit matches the escape of a first unit at the end of a text.
var firstUnit = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}$`)

// join gives data, the JSON of one event, with a first unit from the event
// before it put in front of its text, and takes one off its end.
func (h *halves) join(data []byte) []byte {
	if h.first == nil && !bytes.Contains(data, []byte(`\ud`)) && !bytes.Contains(data, []byte(`\uD`)) {
		return data // nearly all
	}
	key := contentKey.FindIndex(data)
	if key == nil {
		return data
	}
	start := key[1]
	end := start + textLen(data[start:])
	text := slices.Concat(h.first, data[start:end])
	h.first = nil
	if at := firstUnit.FindIndex(text); at != nil && !isEscaped(text[:at[0]]) {
		h.first, text = text[at[0]:], text[:at[0]]
	}
	return slices.Concat(data[:start], text, data[end:])
}

// textLen is how long a JSON string is, up to its closing quote.
func textLen(s []byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(s)
}

// isEscaped says that a backslash after s would itself be escaped.
func isEscaped(s []byte) bool {
	return (len(s)-len(bytes.TrimRight(s, `\`)))%2 == 1
}
