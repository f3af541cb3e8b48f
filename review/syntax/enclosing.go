package syntax

import (
	"regexp"
	"strings"
)

// opening matches a line that opens a function, method or type in one of the
// usual languages. It errs towards too much: what it takes for an opening must
// also have an indented body below it.
var opening = regexp.MustCompile(`^\s*(` +
	`((export|default|public|private|protected|internal|static|final|abstract|async|override|virtual|inline|extern|unsafe|const|pub(\([^)]*\))?)\s+)*` +
	`(func|function|fn|def|sub|proc|procedure|method|class|struct|enum|interface|trait|impl|module|object|fun)\b` +
	`|[\w<>\[\],:*&?.\s]+\s[*&~]?[\w:~]+\s*\([^;]*$` + // a C-like signature: type name(
	`|[\w$]+\s*\([^;]*\)\s*\{` + // a method of a JavaScript class
	`|(const|let|var)\s+\w+\s*=\s*(async\s*)?(\(|function)` + // a function in a constant
	`)`)

// statement matches what looks like a signature to the pattern above and is
// none.
var statement = regexp.MustCompile(`^\s*(if|for|while|switch|match|catch|return|else|elif|except|with|do|try|case|throw|await|yield|go|defer|new|when|unless|until|foreach|using|lock)\b`)

// Enclosing finds the smallest declaration around line: the indexes of its
// first and last line, both included. It is false when line is in none.
func Enclosing(lines []string, line int) (first, last int, found bool) {
	if line < 0 || line >= len(lines) {
		return 0, 0, false
	}
	for at := line; at >= 0; at-- {
		if !isOpening(lines[at]) {
			continue
		}
		if end := endOf(lines, at); end >= line && end > at {
			return at, end, true
		}
	}
	return 0, 0, false
}

func isOpening(line string) bool {
	return opening.MatchString(line) && !statement.MatchString(line)
}

// endOf is the last line of the block that the line at opens: what is indented
// deeper, and the closing line at its own depth.
func endOf(lines []string, at int) int {
	depth, last := depthOf(lines[at]), at
	for n := at + 1; n < len(lines); n++ {
		trimmed := strings.TrimSpace(lines[n])
		if trimmed == "" {
			continue
		}
		if depthOf(lines[n]) > depth {
			last = n
			continue
		}
		if depthOf(lines[n]) < depth || !continues(trimmed) {
			break
		}
		last = n
		if closes(trimmed) {
			break
		}
	}
	return last
}

// continues says that a line at the depth of the opening still belongs to it:
// a brace on a line of its own, or the end of a signature over several lines.
func continues(trimmed string) bool {
	return strings.ContainsRune("{})]", rune(trimmed[0])) || closes(trimmed)
}

// closes says that a line ends a block, rather than a list of parameters.
func closes(trimmed string) bool {
	if trimmed == "end" || strings.HasPrefix(trimmed, "end ") || trimmed == "fi" || trimmed == "done" {
		return true
	}
	return trimmed[0] == '}' && !strings.HasSuffix(trimmed, "{")
}

// depthOf is the width of the indentation; a tab counts eight.
func depthOf(line string) int {
	depth := 0
	for _, r := range line {
		switch r {
		case ' ':
			depth++
		case '\t':
			depth += 8
		default:
			return depth
		}
	}
	return depth
}
