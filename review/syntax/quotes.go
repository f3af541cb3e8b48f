package syntax

import "strings"

// quotes finds texts and comments that go over several lines: what they hold
// says nothing about the code around them, and often begins at the margin.
type quotes struct {
	unending [256]bool // by first byte: delimiters that nothing below ends
	misses   int       // words after << that no line below ended
}

// maxMisses bounds how often the end of a here-document is looked for in vain:
// each time reads all that is left.
const maxMisses = 4

// maxRawMark bounds what stands before the text of a raw string; C++ allows 16
// letters, and few use one.
const maxRawMark = 18

// end is the last line of what begins on line i and goes on below it; i where
// nothing does. Of a line that is not read to its end nothing is known.
func (q *quotes) end(s source, i int, code string, class class) int {
	for len(s.line(i)) <= longest {
		mark := q.opens(code, class)
		if mark == "" {
			return i
		}
		if class == commented && mark != "*/" && mark != "]]" {
			return i
		}
		last, rest := q.find(s, i+1, mark)
		if last < 0 {
			return i
		}
		i, code, class = last, rest, coded
	}
	return i
}

// find looks for the line with the mark that ends a text, from line i on, and
// gives what is behind the mark. It is -1 where there is none.
func (q *quotes) find(s source, i int, mark string) (line int, rest string) {
	word, here := strings.CutPrefix(mark, "<<")
	for ; i < s.n; i++ {
		text := s.text(i)
		if here {
			if strings.TrimSpace(text) == word || endsHere(text, word) {
				return i, ""
			}
			continue
		}
		if at := strings.Index(text, mark); at >= 0 && (at == 0 || text[at-1] != '\\') {
			return i, text[at+len(mark):]
		}
	}
	if here {
		q.misses++
	} else {
		q.unending[mark[0]] = true
	}
	return -1, ""
}

// opens is the mark that ends the text or comment which begins on a line and
// does not end on it; empty where there is none.
func (q *quotes) opens(code string, class class) string {
	if class == commented {
		if strings.HasPrefix(code, "--[[") {
			return q.unless(strings.Contains(code, "]]"), "]]")
		}
		if strings.HasPrefix(code, "/*") {
			return q.unless(strings.Contains(code[2:], "*/"), "*/")
		}
		return ""
	}
	if !mayQuote(code) {
		return ""
	}
	mark := q.scan(code, true)
	if mark == "`" && strings.Contains(code, "\\`") {
		return q.scan(code, false)
	}
	return mark
}

// scan reads a line of code. Whether a backslash hides a backtick depends on
// the language: it does in JavaScript, and not in Go.
func (q *quotes) scan(code string, hidden bool) (mark string) {
	for i := 0; i < len(code); {
		step, mark := q.at(code, i, hidden)
		if mark != "" || step <= 0 {
			return mark
		}
		i += step
	}
	return ""
}

// mayQuote is a quick look for anything that can begin a text of several lines.
func mayQuote(code string) bool {
	return strings.IndexByte(code, '`') >= 0 || strings.Contains(code, `"""`) || strings.Contains(code, "'''") ||
		strings.Contains(code, "/*") || strings.Contains(code, "<<") || strings.Contains(code, "[[") ||
		strings.Contains(code, `r#`) || strings.Contains(code, `R"`)
}

// at looks at one place of a line: how far to go on from there, with 0 for the
// rest being a comment, or the mark that ends what begins there.
func (q *quotes) at(code string, i int, hidden bool) (step int, mark string) {
	rest := code[i:]
	switch c := rest[0]; c {
	case '\\':
		return 2, ""
	case '`':
		if hidden {
			return q.quoted(rest)
		}
		return q.over(rest, 1, "`")
	case '"', '\'':
		return q.quoted(rest)
	case '/':
		if strings.HasPrefix(rest, "//") {
			return 0, ""
		}
		if strings.HasPrefix(rest, "/*") {
			return q.over(rest, 2, "*/")
		}
		return max(1, patternLen(code, i)), ""
	case '#':
		if (i == 0 || code[i-1] == ' ') && strings.HasPrefix(rest, "# ") {
			return 0, ""
		}
	case 'r', 'R':
		if start, end := rawQuote(rest); start != "" {
			return q.over(rest, len(start), end)
		}
	case '[':
		if strings.HasPrefix(rest, "[[") && matching(rest, 0) < 0 {
			return q.over(rest, 2, "]]")
		}
	case '<':
		if strings.HasPrefix(rest, "<<") {
			if word := hereWord(rest); word != "" && q.misses < maxMisses {
				return 0, "<<" + word
			}
			return 2, ""
		}
	}
	return 1, ""
}

// quoted looks at a quote. An apostrophe or a plain quote that nothing closes
// on its line is taken for a letter.
func (q *quotes) quoted(rest string) (step int, mark string) {
	c := rest[:1]
	if triple := c + c + c; c != "`" && strings.HasPrefix(rest, triple) {
		return q.over(rest, 3, triple)
	}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case c[0]:
			return i + 1, ""
		}
	}
	if c == "`" {
		return 1, q.unless(false, c)
	}
	return 1, ""
}

// over steps over what ends on its own line.
func (q *quotes) over(rest string, from int, mark string) (step int, end string) {
	if at := strings.Index(rest[from:], mark); at >= 0 {
		return from + at + len(mark), ""
	}
	return from, q.unless(false, mark)
}

// unless gives the mark to look for, unless that is known to be in vain.
func (q *quotes) unless(ended bool, mark string) string {
	if ended || q.unending[mark[0]] {
		return ""
	}
	return mark
}

// patternLen is the length of the regular expression that begins at i; 0 where
// the slash divides.
func patternLen(code string, i int) int {
	before := strings.TrimRight(code[:i], " ")
	if before != "" && strings.IndexByte("(=:,[!&|?{};", before[len(before)-1]) < 0 && !strings.HasSuffix(before, "return") {
		return 0
	}
	class := false
	for at := i + 1; at < len(code); at++ {
		switch code[at] {
		case '\\':
			at++
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return at + 1 - i
			}
		}
	}
	return 0
}

// rawQuote is how a raw string of Rust or C++ starts and ends; empty where none
// does.
func rawQuote(rest string) (start, end string) {
	quote := strings.IndexByte(rest, '"')
	if quote < 1 || quote > maxRawMark {
		return "", ""
	}
	if hashes := rest[1:quote]; rest[0] == 'r' && hashes != "" && strings.Trim(hashes, "#") == "" {
		return rest[:quote+1], `"` + hashes
	}
	open := strings.IndexByte(rest, '(')
	if rest[0] != 'R' || quote != 1 || open < 0 || open > maxRawMark {
		return "", ""
	}
	return rest[:open+1], ")" + rest[2:open] + `"`
}

// hereWord is the word that ends a here-document of a shell, Ruby or PHP; empty
// where << means something else. Behind a blank, as in a shift, only capitals
// are such a word.
func hereWord(rest string) string {
	rest = strings.TrimLeft(rest[2:], "<-~")
	spaced := strings.HasPrefix(rest, " ")
	word := firstWord(strings.TrimLeft(rest, ` '"\`))
	if word == "" || word[0] >= '0' && word[0] <= '9' || spaced && word != strings.ToUpper(word) {
		return ""
	}
	return word
}

// endsHere says that the word stands at the margin with the rest of a statement
// behind it, as PHP has it.
func endsHere(text, word string) bool {
	rest, found := strings.CutPrefix(text, word)
	return found && rest != "" && strings.IndexByte(";,)", rest[0]) >= 0
}
