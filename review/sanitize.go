package review

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what a model may put before a person, in bytes.
const (
	maxMessage     = 500
	maxExplanation = 4000
)

// PlainLine makes one safe line of a model's text: control characters and
// those that turn the direction of writing are shown as escapes, links are not
// live, and it is at most 500 bytes long.
func PlainLine(s string) string {
	return strings.Join(strings.Fields(Markdown(cut(s, maxMessage))), " ")
}

// Markdown makes a model's markdown safe to render. See [Sanitizer].
func Markdown(s string) string {
	var m Sanitizer
	return m.Write(s) + m.Close()
}

// Sanitizer takes the life out of markdown while it arrives: no link, image,
// HTML, bare address or command: URI works any more. Outside code blocks it
// only ever adds a blank (between "]" and "(", after "<" or "://", ...), so
// that text stays readable, code in it stays code, and what it makes of a text
// does not depend on how the text was cut.
//
// A code block counts as one only when its fence stands at the start of a
// line: such a block is not nested in anything that could end before it, so
// every renderer agrees on where it ends (CommonMark 0.31, section 4.5).
//
// The zero value is ready. It holds nothing back.
type Sanitizer struct {
	cr     bool    // the last character was a carriage return
	before [3]rune // the last three characters, newest first
	line   int     // characters of the current line so far
	marks  int     // fence characters that began this line, while it is all of them
	kind   rune    // the character of that run
	tail   bool    // something other than blanks follows the run
	ticked bool    // a backtick follows the run: then a ``` line opens nothing

	fence     rune // of the open code block; 0 outside
	fenceSize int
}

// Write gives the safe form of s, which continues what was written before.
func (m *Sanitizer) Write(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/16)
	for _, r := range s {
		if half := m.cr && r == '\n'; half {
			m.cr = false
			continue // the second half of a CRLF
		}
		if m.cr = r == '\r'; m.cr {
			r = '\n'
		}
		m.put(&b, r)
	}
	return b.String()
}

// Close gives what ends a code block that is still open; empty when none is.
func (m *Sanitizer) Close() string {
	if m.fence == 0 {
		return ""
	}
	closing := strings.Repeat(string(m.fence), m.fenceSize)
	if m.before[0] != '\n' {
		closing = "\n" + closing
	}
	return m.Write(closing + "\n")
}

func (m *Sanitizer) put(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		m.endLine()
	case m.fence == 0 && m.revives(r):
		b.WriteByte(' ')
	}
	if mustShow(r) {
		fmt.Fprintf(b, `\u%04x`, r)
	} else {
		b.WriteRune(r)
	}
	if r != '\n' {
		m.countFence(r)
	}
	m.before = [3]rune{r, m.before[0], m.before[1]}
}

// revives says that r, after what came before, would make something live.
func (m *Sanitizer) revives(r rune) bool {
	last, last2, last3 := m.before[0], m.before[1], m.before[2]
	switch {
	case last == ']': // [text](to), [text][name], [name]: to
		return r == '(' || r == '[' || r == ':'
	case last == '<': // <tag, </tag, <!--, <https:
		return r == '/' || r == '!' || r == '?' || unicode.IsLetter(r)
	case last == '/' && last2 == '/' && last3 == ':': // https://host
		return !unicode.IsSpace(r)
	case last == '@': // someone@host
		return last2 != 0 && !unicode.IsSpace(last2) && (unicode.IsLetter(r) || unicode.IsDigit(r))
	case r == '.' && lower(last) == 'w' && lower(last2) == 'w' && lower(last3) == 'w':
		return true
	}
	return false
}

// countFence follows the run of fence characters at the start of a line.
func (m *Sanitizer) countFence(r rune) {
	m.line++
	switch {
	case m.line == 1 && (r == '`' || r == '~'):
		m.kind, m.marks = r, 1
	case m.marks > 0 && m.line == m.marks+1 && r == m.kind:
		m.marks++
	default:
		m.tail = m.tail || r != ' ' && r != '\t'
		m.ticked = m.ticked || r == '`'
	}
}

// endLine opens or closes a code block with the line that ends.
func (m *Sanitizer) endLine() {
	switch {
	case m.marks < 3:
	case m.fence == 0 && (m.kind != '`' || !m.ticked):
		m.fence, m.fenceSize = m.kind, m.marks
	case m.fence == m.kind && m.marks >= m.fenceSize && !m.tail:
		m.fence = 0
	}
	m.line, m.marks, m.kind, m.tail, m.ticked = 0, 0, 0, false, false
}

// mustShow says that r acts on a screen without being seen: control
// characters, direction marks, and invisible ones that hide text.
func mustShow(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d': // the joiners are part of scripts and emoji
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return true
	case r >= 0xE0000 && r <= 0xE007F: // tag characters spell invisible text
		return true
	}
	return r == '\u200b' || r == '\u2060' || r == '\uFEFF' || r == '\u2028' || r == '\u2029'
}

func lower(r rune) rune { return unicode.ToLower(r) }

// cut shortens s to at most most bytes, at a character, and says so.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	at := most - len("…")
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at] + "…"
}
