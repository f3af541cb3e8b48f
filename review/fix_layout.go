package review

import (
	"bytes"
	"regexp"
	"strings"
)

// layoutFaults counts what is wrong with the indentation of Python.
func layoutFaults(source string) int {
	l := layout{levels: []level{{}}}
	for line := range strings.Lines(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)) {
		l.read(strings.TrimSuffix(line, "\n"))
	}
	if l.owes {
		l.faults++ // a block that never comes
	}
	l.leave(0)
	if l.quote != "" || l.depth > 0 {
		l.faults++
	}
	return l.faults
}

var blockOpener = regexp.MustCompile(`^(?:if|elif|else|for|while|try|except|finally|with|def|class|async|match|case)\b`)

var (
	unfinished = regexp.MustCompile(`(?:[=+\-*/%&|^<>.~@!]|\b(?:and|or|not|in|is|lambda|import|from|as|def|class|if|elif|while|for|with|assert|del|global|nonlocal|await|async))$`)
	finished   = regexp.MustCompile(`\d\.$|\.\.\.$|^from\b.*\bimport\s*\*$`)
)

var (
	attempt = regexp.MustCompile(`^try\s*:`)
	handler = regexp.MustCompile(`^(?:except|finally)\b`)
)

// layout reads Python line by line: as much of its lexer as indentation needs,
// see "Lexical analysis" in the language's reference.
type layout struct {
	faults int
	levels []level
	opens  bool   // the logical line begins as one that opens a block
	owes   bool   // the line before ended in a colon, so a block has to follow
	code   []byte // of the logical line so far, quoted text left out

	quote  string // """ or ''' of a string that goes on
	depth  int    // of brackets
	joined bool   // the line before ended in a backslash
}

func (l *layout) read(line string) {
	code := strings.TrimLeft(line, " \t\f")
	if l.quote == "" && l.depth == 0 && !l.joined {
		if code == "" || code[0] == '#' {
			return
		}
		l.indent(columns(line[:len(line)-len(code)]))
		l.attempt(code)
		l.code, l.opens = l.code[:0], blockOpener.MatchString(code)
	}
	l.joined = false
	l.scan(line)
	if l.quote == "" && l.depth == 0 && !l.joined {
		l.end()
	}
}

// end looks at how a logical line ends: grammars read on behind one that is not
// complete.
func (l *layout) end() {
	code := bytes.Trim(l.code, " \t\f")
	l.owes = bytes.HasSuffix(code, []byte(":"))
	switch {
	case l.owes:
		if !l.opens {
			l.faults++
		}
	case unfinished.Match(code) && !finished.Match(code):
		l.faults++
	}
}

// level is a block that is open.
type level struct {
	column int
	tries  bool // the line before, in this block, was a try, or belonged to one
}

// indent begins a logical line at a column.
func (l *layout) indent(column int) {
	top := l.levels[len(l.levels)-1].column
	if l.owes != (column > top) {
		l.faults++
	}
	l.owes = false
	l.leave(column + 1)
	if l.levels[len(l.levels)-1].column != column {
		if column < top {
			l.faults++ // back to no block that there is
		}
		l.levels = append(l.levels, level{column: column})
	}
}

// leave ends the blocks that are as far in as a column, or further. The
// outermost never ends, but may lack something at the end of the text.
func (l *layout) leave(column int) {
	for last := len(l.levels) - 1; last >= 0 && l.levels[last].column >= column; last-- {
		if l.levels[last].tries {
			l.faults++
		}
		if last > 0 {
			l.levels = l.levels[:last]
		}
	}
}

// attempt wants what belongs to a try behind it.
func (l *layout) attempt(code string) {
	at := &l.levels[len(l.levels)-1]
	if at.tries && !handler.MatchString(code) {
		l.faults++
	}
	at.tries = attempt.MatchString(code)
}

// scan reads strings, brackets and comments of one line.
func (l *layout) scan(line string) {
	for i := 0; i < len(line); {
		if l.quote != "" {
			i += l.inString(line[i:])
			continue
		}
		c := line[i]
		switch {
		case c == '#':
			return
		case c == '\\' && strings.TrimSpace(line[i+1:]) == "":
			l.joined = true
			return
		case c == '"' || c == '\'':
			l.code = append(l.code, c, c)
			i += l.open(line[i:])
			continue
		case strings.IndexByte("([{", c) >= 0:
			l.depth++
		case strings.IndexByte(")]}", c) >= 0 && l.depth > 0:
			l.depth--
		}
		l.code = append(l.code, c)
		i++
	}
}

// open reads a string that begins here, or the begin of one that goes on.
func (l *layout) open(rest string) int {
	if triple := strings.Repeat(rest[:1], 3); strings.HasPrefix(rest, triple) {
		l.quote = triple
		return len(triple)
	}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case rest[0]:
			return i + 1
		}
	}
	if strings.HasSuffix(rest, `\`) {
		l.quote = rest[:1] // it goes on behind the backslash
	}
	return len(rest)
}

// inString reads to the end of the string that is open, or of the line.
func (l *layout) inString(rest string) int {
	for i := 0; i < len(rest); i++ {
		if rest[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(rest[i:], l.quote) {
			size := i + len(l.quote)
			l.quote = ""
			return size
		}
	}
	if len(l.quote) == 1 && !strings.HasSuffix(rest, `\`) {
		l.quote = ""
	}
	return len(rest)
}

// columns is how far in a line stands. A tab reaches to the next multiple of
// eight.
func columns(indent string) int {
	n := 0
	for i := range len(indent) {
		switch indent[i] {
		case '\t':
			n += 8 - n%8
		case '\f':
			n = 0
		default:
			n++
		}
	}
	return n
}
