package review

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// leavesOut says that one of the rows stands for code instead of being code. A
// line that stood there before is none of the model's making.
func leavesOut(language string, old, rows []string) bool {
	before := make([]string, len(old))
	for i, line := range old {
		before[i] = strings.TrimSpace(line)
	}
	return slices.ContainsFunc(rows, func(line string) bool {
		line = strings.TrimSpace(line)
		return line != "" && !slices.Contains(before, line) && standsForCode(language, line)
	})
}

// commentMark matches what begins a comment that has its line for itself, in
// any language: a model does not always write the mark of the file's.
var commentMark = regexp.MustCompile(`^(?://+|#+|/\*+|<!--|--+|;+|%+|\*+|\(\*|\{-|"""|'''|REM\b)`)

// emptied matches a block of which only dots are left.
var emptied = regexp.MustCompile(`\{\s*(?:\.\.\.|…)\s*\}`)

func standsForCode(language, line string) bool {
	if mark := commentMark.FindString(line); mark != "" {
		return commentLeavesOut(line[len(mark):])
	}
	parts := takeApart(language, line)
	return commentLeavesOut(parts.comment) || emptied.MatchString(parts.code) || textLeavesOut(line)
}

// leftOut matches the words of a text that says so, in lower case and with
// single blanks between. They are all of the text: a comment that speaks of the
// rest of something in passing is about something.
var leftOut = regexp.MustCompile(`^(?:` + strings.Join([]string{
	lead + `(?:rest|remaining|unchanged|omitted|existing|same)`,
	lead + adjective + `(?: of)?(?: the| your| this)?(?: \w+)? ` + noun + `(?: .*)?`,
	lead + `(?:other|same|old)(?: \w+)? ` + noun + `(?: ` + state + `)?`,
	lead + `(?:rest of|remaining|unchanged|omitted)(?: the| your| this)?(?: \w+)? ` + weakNoun + `(?: ` + state + `)*`,
	lead + `(?:rest|remainder)(?: of \w+){0,2} ` + state,
	`(?:the |all )?(?:\w+ ){0,2}` + noun + ` ` + state + `(?: for (?:brevity|clarity))?`,
	`(?:same|unchanged|as)(?: as| from)? (?:the )?(?:before|above|original|previous|existing)(?: ` + noun + `)?`,
	`(?:stays?|remains?|left|kept|keep) (?:the )?(?:same|unchanged|as is)`,
	`(?:keep|leave) (?:the |everything |all )*(?:rest|remaining|existing|else|as is|unchanged|same)(?: .*)?`,
	`no changes?(?: here| needed)?|snip|snipped|etc|and so on|truncated|elided|as before`,
	`(?:.* )?(?:for brevity|code here|code goes here|implementation here|goes here)`,
	`todo (?:implement|complete|fill in|finish|rest|remaining)(?: .*)?`,
}, "|") + `)$`)

// What such a text is made of.
const (
	lead      = `(?:(?:todo|note|keep|leave|all|and|with|insert|add|then|here|plus|the|your) )*`
	adjective = `(?:rest|remainder|remaining|unchanged|omitted|existing|original|previous)`
	noun      = `(?:code|functions?|methods?|class|body|implementation|logic|imports|definitions?|handling|setup)`
	weakNoun  = `(?:file|lines?|contents?|statements?|blocks?|fields|parts?|tests|section|cases|things)`
	state     = `(?:(?:is|are|stays?|remains?|left|kept|was) )*(?:unchanged|the same|omitted|elided|as before|as is|as above|intact|untouched|not shown|here)`
)

// commentLeavesOut reads a comment without the mark that begins it. Dots that
// it begins with stand for what is not there.
func commentLeavesOut(comment string) bool {
	comment = strings.TrimSpace(comment)
	return beginsWithDots(comment) || leftOut.MatchString(wordsOf(comment))
}

// textLeavesOut reads a line that is no comment, which may stand in brackets.
// Only words make it prose, and dots right before a name spread it.
func textLeavesOut(line string) bool {
	least := 2 // words: a single one is a name
	if size := len(line); line[0] == '<' && line[size-1] == '>' || line[0] == '[' && line[size-1] == ']' {
		line, least = strings.Trim(line, "<[]>"), 1
	}
	if beginsWithDots(line) {
		rest := strings.TrimLeft(line, ".…")
		if strings.TrimSpace(rest) == "" {
			return true
		}
		if rest[0] != ' ' {
			least = 2
		}
	}
	if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune(" .…'", r) }) {
		return false
	}
	words := wordsOf(line)
	return strings.Count(words, " ")+1 >= least && leftOut.MatchString(words)
}

func beginsWithDots(s string) bool { return strings.HasPrefix(s, "...") || strings.HasPrefix(s, "…") }

func wordsOf(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
