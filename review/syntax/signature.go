package syntax

import "strings"

// maxSignature bounds the lines that a signature may take.
const maxSignature = 40

// maxSignatureBytes bounds their length together.
const maxSignatureBytes = 4 << 10

// signature is the line o with the lines that complete it, up to where the body
// begins: on one line, without comments, its quoted texts empty.
func (s source) signature(o int) string {
	var b strings.Builder
	open := 0 // brackets, not braces
	for i := o; i < min(s.n, o+maxSignature); i++ {
		code := bare(s.text(i))
		if i > o && (open <= 0 && !completes(b.String(), code) || b.Len()+len(code) > maxSignatureBytes) {
			break
		}
		b.WriteString(code)
		b.WriteByte(' ')
		open += strings.Count(code, "(") + strings.Count(code, "[") - strings.Count(code, ")") - strings.Count(code, "]")
		if beginsBody(code, open) {
			break
		}
	}
	return strings.TrimSpace(b.String())
}

// beginsBody says that a signature ends with this line. A brace inside of
// brackets may also begin a type or a pattern among the parameters.
func beginsBody(code string, open int) bool {
	before, found := strings.CutSuffix(code, "{")
	if !found {
		return open <= 0 && strings.HasSuffix(code, ";")
	}
	before = strings.TrimRight(before, " ")
	return open <= 0 || before == "" || strings.IndexByte("(,:[=|&<", before[len(before)-1]) < 0 || strings.HasSuffix(before, "=>")
}

// completes says that a line goes on with a signature whose brackets are
// closed.
func completes(before, code string) bool {
	if code == "" {
		return false
	}
	switch code[0] {
	case '{', ')', ']', ',':
		return true
	case ':':
		return !strings.HasPrefix(code, "::")
	}
	if strings.HasPrefix(code, "->") || strings.HasSuffix(before, ", ") && strings.Contains(before, ") : ") {
		return true // the latter among the initial values of C++
	}
	switch firstWord(code) {
	case "where", "throws", "requires", "noexcept":
		return true
	}
	return false
}

// bare is a line without its comment, with nothing left in its quotes.
func bare(line string) string {
	line = strings.TrimSpace(line)
	if !strings.ContainsAny(line, "\"'`/#") {
		return line
	}
	b := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		rest := line[i:]
		switch {
		case strings.HasPrefix(rest, "//") && (i == 0 || line[i-1] != ':'):
			return strings.TrimSpace(string(b))
		case i > 0 && line[i-1] == ' ' && strings.HasPrefix(rest, "# "):
			return strings.TrimSpace(string(b))
		case strings.HasPrefix(rest, "/*"):
			at := strings.Index(rest[2:], "*/")
			if at < 0 {
				return strings.TrimSpace(string(b))
			}
			i += at + 3
		default:
			b = append(b, line[i])
			if skip := quotedLen(rest); skip > 0 {
				b = append(b, line[i])
				i += skip
			}
		}
	}
	return strings.TrimSpace(string(b))
}

// quotedLen is the length of the quoted text that begins a string, without its
// first quote; 0 where none does. The apostrophes of Rust's lifetimes and of
// C's digits quote nothing.
func quotedLen(rest string) int {
	quote := rest[0]
	if quote != '"' && quote != '\'' && quote != '`' {
		return 0
	}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case quote:
			if quote == '\'' && strings.ContainsAny(rest[1:i], "<>&,(){}") {
				return 0
			}
			return i
		}
	}
	return 0
}

// matching is the index behind the bracket that closes the one at open; -1
// where none does.
func matching(code string, open int) int {
	depth := 0
	for i := open; i < len(code); i++ {
		switch code[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
