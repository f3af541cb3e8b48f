package review

import (
	"slices"
	"strings"
)

// lineParts is a line taken apart.
type lineParts struct {
	code    string // what stands in quotes left out, the quotes kept
	comment string // without its mark
}

// markers are what begins a comment behind code, by language.
func markers(language string) []string {
	switch language {
	case "python", "ruby", "shellscript", "bash", "perl", "yaml", "toml", "r", "elixir", "makefile", "dockerfile",
		"powershell", "julia", "nim", "gdscript", "coffeescript", "crystal", "cmake", "awk", "graphql", "starlark":
		return []string{"#"}
	case "sql", "lua", "haskell", "elm", "ada", "vhdl", "purescript", "applescript":
		return []string{"--"}
	case "php", "terraform", "hcl", "text", "":
		return []string{"//", "#"}
	case "html", "xml", "markdown":
		return []string{"<!--"}
	}
	return []string{"//"}
}

// takeApart splits a line, roughly: it knows nothing of strings and comments
// that go on over several lines.
func takeApart(language, line string) lineParts {
	var code, comment strings.Builder
	marks := markers(language)
	for i := 0; i < len(line); {
		rest := line[i:]
		if inside, ok := strings.CutPrefix(rest, "/*"); ok {
			inside, rest, _ = strings.Cut(inside, "*/")
			comment.WriteString(inside + " ")
			i = len(line) - len(rest)
			continue
		}
		if size := markSize(marks, line, i); size > 0 {
			comment.WriteString(rest[size:])
			break
		}
		if size := quotedSize(language, line, i); size > 0 {
			code.WriteString(rest[:1] + rest[:1])
			i += size
			continue
		}
		code.WriteByte(line[i])
		i++
	}
	return lineParts{code.String(), comment.String()}
}

// markSize is the length of the mark at i that begins a comment; 0 when there
// is none. A hash inside a word is none, nor are the slashes of an address.
func markSize(marks []string, line string, i int) int {
	for _, mark := range marks {
		if !strings.HasPrefix(line[i:], mark) {
			continue
		}
		if i == 0 || mark == "#" && strings.IndexByte(" \t;", line[i-1]) >= 0 || mark != "#" && line[i-1] != ':' {
			return len(mark)
		}
	}
	return 0
}

// quotedSize is the length of the quoted text that begins at i and ends on the
// same line; 0 when none does.
func quotedSize(language, line string, i int) int {
	quote := line[i]
	if quote != '"' && quote != '\'' && quote != '`' {
		return 0
	}
	if quote == '\'' && i > 0 && isWord(line[i-1]) && (i+1 < len(line) && isWord(line[i+1])) {
		return 0 // an apostrophe, or one between digits
	}
	for j := i + 1; j < len(line); j++ {
		switch line[j] {
		case '\\':
			j++
		case quote:
			if quote == '\'' && language == "rust" && j-i > 2 && line[i+1] != '\\' && line[i+1] < 0x80 {
				return 0 // two lifetimes
			}
			return j - i + 1
		}
	}
	return 0
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// nesting is what lines leave open, and what they close that others opened, for
// each kind of bracket; and what goes on past their end.
type nesting struct {
	opened, closed [3]int
	spans          [4]bool // a string in backquotes, """ or ''', a block comment
}

func nestingOf(language string, lines []string) nesting {
	var n nesting
	for _, line := range lines {
		code := takeApart(language, line).code
		for i := range len(code) {
			if k := strings.IndexByte("([{", code[i]); k >= 0 {
				n.opened[k]++
			}
			switch k := strings.IndexByte(")]}", code[i]); {
			case k >= 0 && n.opened[k] > 0:
				n.opened[k]--
			case k >= 0:
				n.closed[k]++
			}
		}
	}
	all := strings.Join(lines, "\n")
	for i, quote := range []string{"`", `"""`, "'''"} {
		n.spans[i] = strings.Count(all, quote)%2 == 1
	}
	n.spans[3] = strings.Count(all, "/*") > strings.Count(all, "*/")
	return n
}

// sameBrackets is a cheap net under fixes in every language: rows that open and
// close other brackets than the old lines do would break what stands around
// them. Brackets in quotes and comments of one line do not count. Keywords that
// open and close blocks are not looked at.
func sameBrackets(language string, old, rows []string) bool {
	return nestingOf(language, old) == nestingOf(language, rows)
}

// leavesBlock says that rows close a block that the old lines stand in and do not
// close: what follows would stand somewhere else, though it may well parse.
func leavesBlock(language string, old, rows []string) bool {
	return nestingOf(language, rows).closed[2] > nestingOf(language, old).closed[2]
}

// sameGroups is the same without round brackets.
func sameGroups(language string, old, rows []string) bool {
	before, after := nestingOf(language, old), nestingOf(language, rows)
	before.opened[0], before.closed[0] = after.opened[0], after.closed[0]
	return before == after
}

// sameLayout wants rows to begin and end a block as the old lines did, where the
// indentation is syntax.
func sameLayout(language string, old, rows []string) bool {
	switch language {
	case "python", "yaml", "nim", "gdscript", "coffeescript", "starlark":
	default:
		return true
	}
	return endsInColon(language, old) == endsInColon(language, rows) &&
		indentOf(rows[0]) == indentOf(old[0]) && leastIndent(rows) >= leastIndent(old)
}

func endsInColon(language string, lines []string) bool {
	for _, line := range slices.Backward(lines) {
		if code := strings.TrimSpace(takeApart(language, line).code); code != "" {
			return strings.HasSuffix(code, ":")
		}
	}
	return false
}

// leastIndent does without comments, which may stand anywhere.
func leastIndent(lines []string) int {
	least := -1
	for _, line := range lines {
		ink := strings.TrimSpace(line)
		if n := len(indentOf(line)); ink != "" && ink[0] != '#' && (least < 0 || n < least) {
			least = n
		}
	}
	return least
}
