package openai

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	messageLimit = 300 // characters of a provider's message that are shown

	// How many bytes in a row a message may share with a secret before they
	// are blanked: providers quote the ends of a key.
	secretRun = 5
	// How many bytes a message may share with the prompt, both folded, before
	// it is dropped: providers quote the piece that they stumbled over.
	quoteRun = 12
)

// scrub makes a provider's message fit to be shown. One that repeats a piece of
// a quoted text, in whatever spelling, is dropped as a whole: what is left of
// it around the piece may be more of the same. Runs that also stand in a secret
// become an ellipsis, what acts on a screen or in markdown is made plain, and
// the rest is cut.
func scrub(msg string, secrets, quoted []string) string {
	const readable = 2000 // what follows would be cut anyway
	msg = strings.ToValidUTF8(msg[:min(len(msg), readable)], "")
	if repeats(msg, quoted) {
		return ""
	}
	gone := make([]bool, len(msg))
	for _, s := range secrets {
		blank(msg, gone, s, min(secretRun, len(s)))
	}
	var out strings.Builder
	blanked := false
	for i, r := range msg {
		switch {
		case !covered(gone[i : i+utf8.RuneLen(r)]):
			blanked = false
			out.WriteRune(r)
		case !blanked:
			blanked = true
			out.WriteRune('…')
		}
	}
	return inert(out.String())
}

// repeats reports whether msg shares a run of letters and digits with one of
// the texts, however either of them is escaped, spaced or capitalised.
func repeats(msg string, quoted []string) bool {
	folded := fold(msg)
	runs := make(map[string]bool, len(folded))
	for i := 0; i+quoteRun <= len(folded); i++ {
		runs[folded[i:i+quoteRun]] = true
	}
	if len(runs) == 0 {
		return false
	}
	for _, q := range quoted {
		q = fold(q)
		for i := 0; i+quoteRun <= len(q); i++ {
			if runs[q[i:i+quoteRun]] {
				return true
			}
		}
	}
	return false
}

// escape matches what stands for one character in JSON and in most languages,
// escaped once or again.
var escape = regexp.MustCompile(`\\+(?:u([0-9a-fA-F]{4})|[bfnrt])`)

// fold leaves the letters and digits of s, in lower case and without escapes.
func fold(s string) string {
	if strings.Contains(s, `\`) {
		s = escape.ReplaceAllStringFunc(s, unescape)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, html.UnescapeString(s))
}

func unescape(s string) string {
	code, err := strconv.ParseUint(s[max(0, len(s)-4):], 16, 16)
	if err != nil || !strings.Contains(s, "u") {
		return " "
	}
	return string(rune(code))
}

// inert makes one short line that does nothing where it is shown: control and
// direction characters and invisible ones are spelled out, and no link and no
// tag of markdown works.
func inert(s string) string {
	var out strings.Builder
	var last rune
	n := 0
	for _, r := range strings.Join(strings.Fields(s), " ") {
		shown := string(r)
		switch {
		case acts(r):
			shown = fmt.Sprintf(`\u%04x`, r)
		case last == ']' && strings.ContainsRune("([:", r),
			last == '<' && (unicode.IsLetter(r) || strings.ContainsRune("/!?", r)):
			shown = " " + shown
		}
		if n += utf8.RuneCountInString(shown); n > messageLimit {
			out.WriteRune('…')
			break
		}
		out.WriteString(shown)
		last = r
	}
	return out.String()
}

// acts says that r does something without being seen. The joiners, which
// scripts and emoji need, are left.
func acts(r rune) bool {
	return r != '\u200c' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
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
