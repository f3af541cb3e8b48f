package review

import (
	"regexp"
	"strings"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// reader finds the comments of a text, line by line. It knows as much of a
// language as it takes to tell them from what stands in quotes.
type reader struct {
	*notation

	until    stretch // what goes on from the line before; its end is empty for nothing
	comments []string
	code     bool // something else stands there too
}

// stretch is a comment or a text that may go over several lines.
type stretch struct {
	begin, end string
	comment    bool
	escapes    bool // a backslash takes the meaning from the next character
	document   bool // it ends with a line that holds nothing but its end
}

// read takes in the next line.
func (r *reader) read(line string) {
	if r.until.document {
		if strings.TrimSpace(line) == r.until.end {
			r.until = stretch{}
		}
		r.code = true
		return
	}
	var after stretch
	for i := 0; i < len(line); {
		if r.until.end != "" {
			i = r.within(line, i)
			continue
		}
		if c := line[i]; !r.notable[c] {
			r.code = r.code || c != ' ' && c != '\t'
			i++
			continue
		}
		if s, ok := r.stretchAt(line, i); ok {
			r.until, r.code = s, r.code || !s.comment
			i += len(s.begin)
			continue
		}
		if mark := r.markAt(line, i); mark != "" {
			r.comments = append(r.comments, line[i+len(mark):])
			break
		}
		if after.end == "" {
			after = r.documentAt(line, i)
		}
		r.code = true
		i += r.skip(line, i)
	}
	if r.until.end == "" {
		r.until = after
	}
}

// within goes from i, in a stretch, to behind its end or that of the line.
func (r *reader) within(line string, i int) (next int) {
	s, from := r.until, i
	for ; i < len(line) && r.until.end != ""; i++ {
		switch {
		case s.escapes && line[i] == '\\':
			i++
		case strings.HasPrefix(line[i:], s.end):
			r.until = stretch{}
			i += len(s.end) - 1
		}
	}
	i = min(i, len(line))
	if s.comment {
		r.comments = append(r.comments, strings.TrimSuffix(line[from:i], s.end))
	}
	return i
}

// markAt is the mark at i that makes a comment of the rest of the line.
func (r *reader) markAt(line string, i int) string {
	for _, mark := range r.marks {
		if len(line)-i < len(mark) || !strings.EqualFold(line[i:i+len(mark)], mark) {
			continue
		}
		before := strings.TrimRight(line[:i], " \t")
		switch {
		case r.atStart && before != "" && !strings.HasSuffix(before, "&"):
		case isWord(mark[0]) && i+len(mark) < len(line) && isWord(line[i+len(mark)]): // REM in a name
		case mark == "#" && i > 0 && strings.IndexByte(" \t;(){}[]", line[i-1]) < 0: // $#, in a word
		case mark == "//" && i > 0 && line[i-1] == ':': // an address
		case mark == "%" && i > 0 && line[i-1] == '\\':
		case mark == `"` && before != "" && strings.Contains(line[i+1:], `"`): // a string of Vim
		default:
			return mark
		}
	}
	return ""
}

// stretchAt is the stretch that begins at i.
func (r *reader) stretchAt(line string, i int) (stretch, bool) {
	for _, s := range r.stretches {
		if strings.HasPrefix(line[i:], s.begin) {
			return s, true
		}
	}
	return stretch{}, false
}

// announced matches what announces a document of the shell and its kin, up to the
// word that ends it.
var announced = regexp.MustCompile(`^<<[<~-]?(?:"(\w+)"|'(\w+)'|([A-Za-z_]\w*))`)

// documentAt is the document announced at i, which begins on the next line.
func (r *reader) documentAt(line string, i int) stretch {
	if !r.documents || !strings.HasPrefix(line[i:], "<<") {
		return stretch{}
	}
	found := announced.FindStringSubmatch(line[i:])
	if found == nil {
		return stretch{}
	}
	return stretch{end: found[1] + found[2] + found[3], document: true}
}

// skip is how far it is from i to behind what stands there: a text in quotes, a
// regular expression, or one character.
func (r *reader) skip(line string, i int) int {
	switch c := line[i]; {
	case c == '\'' && i > 0 && isWord(line[i-1]): // an apostrophe, or one between digits
	case strings.IndexByte(r.quotes, c) >= 0, c == '/' && r.expressions && mayBegin(line[:i]):
		return closing(line, i, c)
	case c == '\'' && i+2 < len(line) && line[i+2] == c: // a character of Rust or Haskell
		return 3
	}
	return 1
}

// closing is the length of what stands between two of c, the first at i; 1 where
// there is no second on the line.
func closing(line string, i int, c byte) int {
	for at := i + 1; at < len(line); at++ {
		switch line[at] {
		case '\\':
			at++
		case c:
			return at - i + 1
		}
	}
	return 1
}

// mayBegin says that a slash behind code begins a regular expression and does
// not divide.
func mayBegin(before string) bool {
	before = strings.TrimRight(before, " \t")
	return before == "" || strings.IndexByte("(,=:[!&|?{};+-*%<>~^", before[len(before)-1]) >= 0 || strings.HasSuffix(before, "return")
}

// longestDocument is how many lines a document in the text may have.
const longestDocument = 2000

// ends says that the document announced above line n ends.
func (r *reader) ends(doc *text.Document, n int) bool {
	for last := min(doc.LineCount(), n+longestDocument); n < last; n++ {
		if strings.TrimSpace(doc.Line(n)) == r.until.end {
			return true
		}
	}
	return false
}
