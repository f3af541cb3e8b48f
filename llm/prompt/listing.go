package prompt

import (
	"fmt"
	"strings"
)

// Listing writes lines with their absolute numbers, so that no line of the
// source can stand alone in the prompt and end the frame around it. first is
// the number of the first line, counted from 1.
func Listing(lines []string, first int) string {
	width := len(fmt.Sprint(first + len(lines) - 1))
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, "%*d| %s\n", width, first+i, oneLine(line))
	}
	return b.String()
}

// oneLine makes characters visible that some readers take for the end of a
// line: text after them would look like a line without a number.
var oneLine = strings.NewReplacer(
	"\v", `\v`, "\f", `\f`, "\u0085", `\u0085`, "\u2028", `\u2028`, "\u2029", `\u2029`,
).Replace

// fence is a run of backticks that is longer than any in text.
func fence(text string) string {
	longest, run := 0, 0
	for _, r := range text {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return strings.Repeat("`", max(3, longest+1))
}
