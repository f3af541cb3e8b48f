package syntax

import (
	"regexp"
	"strings"
)

var (
	leftSide  = regexp.MustCompile(`^([\w$.\x80-\x{10FFFF}:\[\]"']+?)\s*(:=|=|:)\s`)
	plainName = regexp.MustCompile(`^[\s"'!*&]*([\w$.:#~\x80-\x{10FFFF}-]*[\w$?!\x80-\x{10FFFF}])`)
	lastWord  = regexp.MustCompile(`([\w$#~\x80-\x{10FFFF}?!-]+)\s*(<[^()]*>)?\s*$`)
)

// nameOf is what the declaration on line o is called, as far as that can be
// seen without a grammar; else empty.
func (s source) nameOf(o int) string {
	signature := s.signature(o)
	code, _ := unmodified(signature)
	word := firstWord(code)
	rest := strings.TrimPrefix(code, word)
	switch {
	case functions[word] && namesFunction(word, rest):
		if rest = strings.TrimLeft(rest, " "); strings.HasPrefix(rest, "(") { // a receiver
			rest = rest[max(0, matching(rest, 0)):]
		}
		return cleanName(plainName.FindStringSubmatch(rest))
	case shapes[word] && namesShape(word, rest), nameless[word]:
		if name := cleanName(plainName.FindStringSubmatch(rest)); name != "" && shapes[word] {
			return name
		}
		return word
	case isAssigned(code), assignedShape.MatchString(code):
		return cleanName(leftSide.FindStringSubmatch(code))
	}
	if open := strings.IndexByte(code, '('); open > 0 {
		return cleanName(lastWord.FindStringSubmatch(code[:open]))
	}
	return cleanName(leftSide.FindStringSubmatch(code))
}

// cleanName is the first group of a match with dots between its parts.
func cleanName(match []string) string {
	if match == nil {
		return ""
	}
	name := strings.NewReplacer("::", ".", ":", ".", `"`, "", "'", "").Replace(match[1])
	return strings.Trim(name, ".")
}
