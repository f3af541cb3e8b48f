package openai

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	messageLimit = 300 // characters of a provider's message that are shown

	// How many bytes in a row a message may share with a secret or with the
	// prompt before they are blanked. Providers quote the ends of a key and
	// the piece of a prompt that they stumbled over.
	secretRun = 5
	quoteRun  = 16
)

// scrub makes a provider's message fit to be shown: runs that also stand in a
// secret or in a quoted text become an ellipsis, control characters go, and
// the rest is cut.
func scrub(msg string, secrets, quoted []string) string {
	const readable = 2000 // what follows would be cut anyway
	msg = strings.ToValidUTF8(msg[:min(len(msg), readable)], "")
	gone := make([]bool, len(msg))
	for _, s := range secrets {
		blank(msg, gone, s, min(secretRun, len(s)))
	}
	for _, q := range quoted {
		blank(msg, gone, q, quoteRun)
	}
	var out strings.Builder
	n, blanked := 0, false
	for i, r := range msg {
		if n == messageLimit {
			out.WriteRune('…')
			break
		}
		switch {
		case covered(gone[i : i+utf8.RuneLen(r)]):
			if !blanked {
				out.WriteRune('…')
				n++
			}
			blanked = true
			continue
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			r = ' '
		}
		blanked = false
		out.WriteRune(r)
		n++
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// blank marks every run of at least n bytes of msg that stands in source.
func blank(msg string, gone []bool, source string, n int) {
	if n == 0 || len(source) < n {
		return
	}
	for i := 0; i+n <= len(msg); i++ {
		if strings.Contains(source, msg[i:i+n]) {
			for j := i; j < i+n; j++ {
				gone[j] = true
			}
		}
	}
}

func covered(bytes []bool) bool {
	for _, b := range bytes {
		if b {
			return true
		}
	}
	return false
}
