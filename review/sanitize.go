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
	return Markdown(cut(strings.Join(strings.Fields(s), " "), maxMessage))
}

// Markdown makes a model's markdown safe to render, beside other markdown. See [Sanitizer].
func Markdown(s string) string {
	var m Sanitizer
	return m.Write(s) + m.Close()
}

// Sanitizer takes the life out of markdown while it arrives: no link, image,
// HTML, bare address or command: URI works any more. It only ever adds blanks
// (between "]" and "(", after "<" or "://", ...) and shows what is invisible, so
// that text stays readable, code in it stays code, and what it makes of a text
// does not depend on how the text was cut.
//
// What stands in a code block is left alone, so it must agree with every
// renderer on where one begins and ends (CommonMark 0.31, section 4.5; marked,
// which VS Code uses, differs a little). Therefore a fence counts only at the
// start of a line: such a block is not nested in anything that could end before
// it. Anywhere else a run of three fence characters is broken with a blank, and
// can neither open nor close a block.
//
// The zero value is ready. It holds nothing back.
type Sanitizer struct {
	// NoBlocks is for text that is shown where nothing renders code blocks, but
	// something may still make links live.
	NoBlocks bool

	cr     bool    // the last character was a carriage return
	before [3]rune // the last three characters, newest first
	line   int     // characters of the current line so far
	run    int     // fence characters of one kind up to here
	inward bool    // that run began behind the start of its line

	marks  int  // fence characters that began the current line
	kind   rune // what they are
	tail   bool // something other than blanks follows them
	ticked bool // a backtick follows them: then a ``` line opens nothing

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
	case m.breaksFence(r), m.fence == 0 && m.revives(r):
		b.WriteByte(' ')
	}
	if mustShow(r) {
		fmt.Fprintf(b, `\u%04x`, r)
	} else {
		b.WriteRune(r)
	}
	if r != '\n' {
		m.follow(r)
	}
	m.before = [3]rune{r, m.before[0], m.before[1]}
}

// breaksFence says that a blank has to stand before r, so that what began
// behind the start of a line is no fence, and what follows a closing fence
// makes it none for every renderer alike.
func (m *Sanitizer) breaksFence(r rune) bool {
	if r != '`' && r != '~' {
		m.run = 0
		return false
	}
	if r != m.before[0] || m.run == 0 {
		m.run, m.inward = 0, m.line > 0
	}
	m.run++
	if m.run == 3 && m.inward {
		m.run = 1
		return true
	}
	return m.fence != 0 && m.fence == m.kind && m.marks >= m.fenceSize && m.line == m.marks && r != m.kind
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

// follow counts the fence characters that begin a line, and what is behind them.
func (m *Sanitizer) follow(r rune) {
	switch {
	case m.line == 0 && (r == '`' || r == '~'):
		m.kind, m.marks = r, 1
	case m.marks > 0 && m.line == m.marks && r == m.kind:
		m.marks++
	default:
		m.tail = m.tail || r != ' ' && r != '\t'
		m.ticked = m.ticked || r == '`'
	}
	m.line++
}

// endLine opens or closes a code block with the line that ends.
func (m *Sanitizer) endLine() {
	switch {
	case m.NoBlocks || m.marks < 3:
	case m.fence == 0 && (m.kind != '`' || !m.ticked):
		m.fence, m.fenceSize = m.kind, m.marks
	case m.fence == m.kind && m.marks >= m.fenceSize && !m.tail:
		m.fence = 0
	}
	m.line, m.run, m.marks, m.kind, m.tail, m.ticked = 0, 0, 0, 0, false, false
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
