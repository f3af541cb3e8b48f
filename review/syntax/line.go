package syntax

import (
	"regexp"
	"strings"
)

// longest is how much of a line is looked at, in bytes. What is longer was
// written by a machine.
const longest = 1000

// source is a text, line by line.
type source struct {
	n    int
	line func(int) string
}

// text is the part of line i that is looked at.
func (s source) text(i int) string {
	line := s.line(i)
	return line[:min(len(line), longest)]
}

// measure splits a line into the width of its indentation, where a tab reaches
// to the next multiple of eight, and what is written behind it.
func measure(line string) (depth int, code string) {
	for i := range len(line) {
		switch line[i] {
		case ' ':
			depth++
		case '\t':
			depth += 8 - depth%8
		default:
			return depth, trimEnd(line[i:])
		}
	}
	return depth, ""
}

// trimEnd cuts blanks and carriage returns off.
func trimEnd(code string) string {
	end := len(code)
	for end > 0 && (code[end-1] == ' ' || code[end-1] >= '\t' && code[end-1] <= '\r') {
		end--
	}
	return code[:end]
}

// class is what a line is to the shape of a text.
type class int

const (
	blank     class = iota
	ignored         // labels and directives stand at any depth and mean nothing by it
	commented       // so do comments, but they lead what is below them
	coded
)

var directive = regexp.MustCompile(`^#\s*(if|ifdef|ifndef|else|elif|endif|define|undef|include|import|pragma|error|warning|line|region|endregion|nullable)\b`)

var private = regexp.MustCompile(`^#\w+(\s*\(.*[{(,]|(\s*=.*)?;)$`) // a member of a class of JavaScript

func classOf(code string) class {
	if code == "" {
		return blank
	}
	switch code[0] {
	case '#':
		if strings.HasPrefix(code, "#[") || strings.HasPrefix(code, "#![") || private.MatchString(code) {
			return coded
		}
		if directive.MatchString(code) {
			return ignored
		}
		return commented
	case '/':
		if strings.HasPrefix(code, "//") || strings.HasPrefix(code, "/*") {
			return commented
		}
	case '*':
		if len(code) == 1 || strings.IndexByte(" */", code[1]) >= 0 && !opensBrace(code) {
			return commented
		}
	case '-':
		if strings.HasPrefix(code, "-- ") || strings.HasPrefix(code, "---") || strings.HasPrefix(code, "--[[") || code == "--" {
			return commented
		}
	}
	if code[len(code)-1] == ':' && isLabel(code[:len(code)-1]) {
		return ignored
	}
	return coded
}

// isLabel says that a word with a colon behind it is a target of goto, or the
// head of a section in a class, rather than the head of a block.
func isLabel(name string) bool {
	name = strings.TrimSuffix(name, " slots")
	for i := range len(name) {
		if !isWordByte(name[i]) {
			return false
		}
	}
	switch name {
	case "try", "else", "finally", "except", "":
		return false
	}
	return true
}

// continues says that a line at the depth of an opening may still belong to it.
func continues(code string) bool {
	if isClosing(code[0]) || code[0] == '{' || closes(code) {
		return true
	}
	switch word := firstWord(code); word {
	case "where", "throws", "begin", "rescue", "ensure":
		return true
	case "else":
		return !strings.HasSuffix(code, ":")
	}
	return false
}

func isClosing(c byte) bool { return c == '}' || c == ')' || c == ']' }

var ending = regexp.MustCompile(`^(end\w*|END\w*|End)(\s*[;),.].*|(\s+\w+)*;?|\s+(if|unless|while)\b.*)$`)

// closes says that a line ends a block. One that only ends a list, such as the
// parameters of a signature, does not.
func closes(code string) bool {
	switch code[0] {
	case '}':
		return strings.IndexByte("{([:=,>", code[len(code)-1]) < 0 || code == "}," || strings.HasPrefix(code, "}),")
	case 'e', 'E':
		return ending.MatchString(code)
	case 'f', 'd':
		return code == "fi" || code == "done" || strings.HasPrefix(code, "done ")
	}
	return false
}

// opensBrace says that a line ends in an opening brace.
func opensBrace(code string) bool {
	if code[len(code)-1] == '{' {
		return true
	}
	open := strings.LastIndexByte(code, '{')
	if open < 0 {
		return false
	}
	rest := strings.TrimLeft(code[open+1:], " \t")
	return strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*") || strings.HasPrefix(rest, "# ")
}

// firstWord is what a line begins with, as far as it is letters, digits and
// underscores.
func firstWord(code string) string {
	for i := range len(code) {
		if !isWordByte(code[i]) {
			return code[:i]
		}
	}
	return code
}

// isWordByte takes all that is not ASCII for a letter.
func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
