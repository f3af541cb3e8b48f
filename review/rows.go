package review

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// rowsOf splits a suggestion into lines, without a fence around them and blank
// lines after them; none when it is blank.
func rowsOf(suggestion string) []string {
	suggestion = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(suggestion)
	rows := strings.Split(strings.TrimPrefix(unfence(suggestion), byteOrderMark), "\n")
	for len(rows) > 0 && strings.TrimSpace(rows[len(rows)-1]) == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// unfence takes away a Markdown fence around the whole text.
func unfence(s string) string {
	trimmed := strings.TrimSpace(s)
	if !strings.HasPrefix(trimmed, "```") || !strings.HasSuffix(trimmed, "```") {
		return s
	}
	_, body, found := strings.Cut(trimmed, "\n")
	if !found {
		return s
	}
	return strings.TrimSuffix(strings.TrimSuffix(body, "```"), "\n")
}

// numbered matches what may be the number of a line: copied from the listing,
// or as other listings have it. Group 2 is what ends it.
var numbered = regexp.MustCompile(`^\s*(\d+)(\||:|\s)\s?`)

// unlist takes away line numbers that were copied from the listing, of which
// the first should be start. It is false when numbers are there and it is not
// certain that they are those. Source whose lines begin with numbers is left
// as it is.
func unlist(old, rows []string, start int) ([]string, bool) {
	if slices.ContainsFunc(old, numbered.MatchString) && (slices.ContainsFunc(old, listed.MatchString) || !allListed(rows)) {
		return rows, true
	}
	var numbers []int // of the rows that have one
	every, consecutive, rising, inPlace := true, true, true, true
	for i, row := range rows {
		m := numbered.FindStringSubmatch(row)
		if m == nil {
			every = every && strings.TrimSpace(row) == ""
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || m[2] != "|" {
			return nil, false
		}
		consecutive = consecutive && n == start+len(numbers)
		rising = rising && (len(numbers) == 0 || n > numbers[len(numbers)-1])
		inPlace = inPlace && n == start+i
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		return rows, true
	}
	if certain := consecutive || inPlace || every && rising; !certain {
		return nil, false
	}
	plain := make([]string, len(rows))
	for i, row := range rows {
		plain[i] = listed.ReplaceAllString(row, "")
	}
	return plain, true
}

func allListed(rows []string) bool {
	return !slices.ContainsFunc(rows, func(row string) bool { return strings.TrimSpace(row) != "" && !listed.MatchString(row) })
}

// indentLike gives rows the indentation that the model left out, and that of
// the file's kind. It is false when it is not certain what the indentation
// should be.
func indentLike(doc *text.Document, old, rows []string) ([]string, bool) {
	rows, fits := indentAlike(doc, old, rows)
	if !fits {
		return nil, false
	}
	return shiftLike(syntax.Language(doc.Language()), old, rows), true
}

// shiftLike moves rows to where the old lines stand, if they do not. Models
// write a suggestion from the margin on, or leave the indentation out of the
// first row alone. Rows that are old lines, here or there, tell.
func shiftLike(language string, old, rows []string) []string {
	want, have := indentOf(old[0]), indentOf(rows[0])
	switch {
	case want == have, beginsClosing(rows[0]) && !beginsClosing(old[0]):
		return rows
	case have != "" && !braced[language]:
		return rows // where indentation means something, it may be meant
	}
	shifted, fits := shift(rows, have, want)
	if !fits {
		return rows
	}
	here, there := standingIn(old, rows), standingIn(old, shifted)
	if here == 0 && there == 0 && len(rows) == len(old) {
		here, there = offset(old, shifted), offset(old, rows) // the nearer one counts more
	}
	switch {
	case here < there:
		return shifted
	case standsIn(old, rows[0]):
		return rows
	case have == "" && (here > there || hasIndent(want, rows)):
		return append(shifted[:1], rows[1:]...)
	case here > 0 && have != "":
		return rows
	}
	return shifted
}

// beginsClosing says that a row ends what others began, and stands as they do.
func beginsClosing(row string) bool {
	ink := strings.TrimSpace(row)
	return ink != "" && strings.IndexByte(")]}", ink[0]) >= 0
}

// shift moves all rows by what lies between two indentations. It is false when
// a row does not stand that far in.
func shift(rows []string, have, want string) ([]string, bool) {
	shifted := slices.Clone(rows)
	for i, row := range rows {
		if strings.TrimSpace(row) == "" {
			continue
		}
		less, inside := strings.CutPrefix(row, have[:max(0, len(have)-len(want))])
		if !inside {
			return nil, false
		}
		shifted[i] = want[:max(0, len(want)-len(have))] + less
	}
	return shifted, true
}

// standingIn counts the rows that are one of the lines, with its indentation.
func standingIn(lines, rows []string) int {
	n := 0
	for _, row := range rows {
		if standsIn(lines, row) {
			n++
		}
	}
	return n
}

// offset is by how many blanks or tabs the rows stand elsewhere than the lines,
// the first ones left aside.
func offset(lines, rows []string) int {
	n := 0
	for i := 1; i < len(rows); i++ {
		if strings.TrimSpace(rows[i]) != "" {
			n += max(len(indentOf(rows[i])), len(indentOf(lines[i]))) - min(len(indentOf(rows[i])), len(indentOf(lines[i])))
		}
	}
	return n
}

func standsIn(lines []string, row string) bool {
	return strings.TrimSpace(row) != "" && slices.ContainsFunc(lines, func(l string) bool { return trimmed(l) == trimmed(row) })
}

// hasIndent says that only the first row lacks the indentation: the others
// have it already. A row after one that opens a block has to have more.
func hasIndent(indent string, rows []string) bool {
	least, next := -1, -1
	for _, row := range rows[1:] {
		if strings.TrimSpace(row) == "" {
			continue
		}
		n := len(indentOf(row))
		if next < 0 {
			next = n
		}
		if least < 0 || n < least {
			least = n
		}
	}
	return least >= len(indent) && (next > len(indent) || !opensBlock(rows[0]))
}

// opensBlock says that the next line is to stand further in.
func opensBlock(row string) bool {
	code := strings.TrimSpace(takeApart("", row).code)
	return code != "" && strings.ContainsRune(":{([", rune(code[len(code)-1]))
}

// indentAlike makes tabs of blanks, or blanks of tabs, where the file is
// indented with the other. How many blanks a tab is worth is certain only when
// the first row stands where the first old line does.
func indentAlike(doc *text.Document, old, rows []string) ([]string, bool) {
	kind := indentKind(doc, old)
	odd := func(row string) bool {
		indent := indentOf(row)
		return indent != "" && strings.TrimSpace(row) != "" && indent[0] != kind[0] && !isContinued(row) &&
			!slices.ContainsFunc(old, func(line string) bool { return indentOf(line) == indent })
	}
	if kind == "" || !slices.ContainsFunc(rows, odd) {
		return rows, true
	}
	want, have := indentOf(old[0]), indentOf(rows[0])
	other := map[string]string{"\t": " ", " ": "\t"}[kind]
	if want == "" || have == "" || strings.Trim(want, kind) != "" || strings.Trim(have, other) != "" {
		return nil, false
	}
	from, to := len(have), len(want) // from of theirs are to of ours, in lowest terms
	if from%to != 0 && to%from != 0 {
		return nil, false
	}
	from, to = max(from/to, 1), max(to/from, 1)
	same := make([]string, len(rows))
	for i, row := range rows {
		indent := indentOf(row)
		if strings.TrimSpace(row) == "" {
			continue
		}
		if strings.Trim(indent, other) != "" || len(indent)%from != 0 {
			return nil, false
		}
		same[i] = strings.Repeat(kind, len(indent)/from*to) + row[len(indent):]
	}
	return same, true
}

// isContinued matches the lines of a block comment, which stand one blank in.
func isContinued(row string) bool { return strings.HasPrefix(row, " *") }

// indentKind is what the lines are indented with, or else the document: a tab
// or a blank; empty when nothing is indented.
func indentKind(doc *text.Document, old []string) string {
	var tabs, blanks int
	count := func(line string) {
		switch {
		case strings.TrimSpace(line) == "" || isContinued(line):
		case line[0] == '\t':
			tabs++
		case line[0] == ' ':
			blanks++
		}
	}
	for _, line := range old {
		count(line)
	}
	for n := 0; tabs+blanks == 0 && n < doc.LineCount(); n++ {
		count(doc.Line(n))
	}
	switch {
	case tabs+blanks == 0:
		return ""
	case tabs >= blanks:
		return "\t"
	}
	return " "
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
