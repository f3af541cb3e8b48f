package review

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// Suppressed says that a comment in the code keeps findings of a type away from
// lines first to last: at the end of one of them, or alone on the line directly
// above the first.
//
//	x := y / z // ai-lsp: ignore
//	// ai-lsp: ignore bug, style -- z is checked by the caller
//
// Without a type it holds for all of them. A reason may follow behind "--" or
// in parentheses. Where what follows is neither a type nor a reason, nobody
// knows what was meant: then it is not obeyed, which shows. Nothing counts but a
// comment of the document's language that begins with these words, or has them
// right behind another mark, as in "# noqa # ai-lsp: ignore".
//
// It is made to be asked often: where nothing mentions us, it looks for one
// character in the lines and at nothing else.
func Suppressed(doc *text.Document, first, last int, kind string) bool {
	for n := max(first-1, 0); n <= last; n++ {
		if !mentions(doc.Line(n)) {
			continue
		}
		comments, alone := commentsOn(doc, n)
		if n < first && !alone {
			continue // it is about its own line
		}
		if slices.ContainsFunc(comments, func(comment string) bool { return ignores(comment, kind) }) {
			return true
		}
	}
	return false
}

// mentions says that a line names this program.
func mentions(line string) bool {
	for at := 0; ; at++ {
		next := strings.IndexByte(line[at:], '-')
		if next < 0 {
			return false
		}
		at += next
		if at >= 2 && len(line) >= at+4 && strings.EqualFold(line[at-2:at+4], "ai-lsp") {
			return true
		}
	}
}

// ignoring matches the order in a comment, up to what it holds for.
var ignoring = regexp.MustCompile(`(?i)(?:^|--|[/#;%*!"(])\s*ai-lsp\s*:\s*ignore(?:$|[\s,:(]\s*)`)

// ignores says that a comment holds for findings of a type.
func ignores(comment, kind string) bool {
	at := ignoring.FindStringIndex(comment)
	if at == nil {
		return false
	}
	rest := strings.TrimSpace(comment[at[1]:])
	if at[1] > 0 && comment[at[1]-1] == '(' {
		rest = "(" + rest
	}
	var kinds []string
	for rest != "" {
		word := rest
		if end := strings.IndexFunc(rest, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' }); end >= 0 {
			word = rest[:end]
		}
		if named := strings.ToLower(word); named != TypeOther && kindOf(named) == TypeOther {
			break
		}
		kinds, rest = append(kinds, strings.ToLower(word)), strings.TrimLeft(rest[len(word):], " \t,")
	}
	if len(kinds) > 0 {
		return slices.Contains(kinds, kind)
	}
	return rest == "" || strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "—") || strings.HasPrefix(rest, "(")
}

// mostBefore is how many bytes above a line are read to know whether it begins
// in a text or a comment that goes over several lines. Further down, it is taken
// not to.
const mostBefore = 32 << 10

// commentsOn are the comments of a line, without the marks around them. They
// are alone when nothing else stands on the line.
func commentsOn(doc *text.Document, n int) (comments []string, alone bool) {
	r := reader{notation: notationOf(syntax.Language(doc.Language()))}
	if doc.LineSpan(n).Start <= mostBefore {
		for i := range n {
			r.read(doc.Line(i))
			r.comments = r.comments[:0]
			if r.until.document && !r.ends(doc, i+1) {
				r.until = stretch{} // it announced nothing
			}
		}
	}
	r.comments, r.code = nil, false
	line := strings.TrimSpace(doc.Line(n))
	r.read(line)
	return r.comments, !r.code || strings.HasPrefix(line, "{/*") && strings.HasSuffix(line, "*/}")
}
