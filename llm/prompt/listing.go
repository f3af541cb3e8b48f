package prompt

import (
	"fmt"
	"strings"
)

// listing writes lines with their absolute numbers, so that no line of the
// source can stand alone in the prompt and end the frame around it. Our own
// remarks stand between them in square brackets: where lines are missing, and,
// if only some are to be reviewed, where those and the others begin.
func listing(parts []Part) string {
	width := len(fmt.Sprint(parts[len(parts)-1].last()))
	mixed := hasContext(parts) && countAsked(parts) > 0
	var b strings.Builder
	for i, p := range parts {
		if i > 0 && parts[i-1].last()+1 < p.First {
			fmt.Fprintf(&b, "[%s not shown]\n", span(parts[i-1].last()+1, p.First-1))
		}
		if mixed && (i == 0 || parts[i-1].Ask != p.Ask) {
			b.WriteString(map[bool]string{true: "[review]\n", false: "[context]\n"}[p.Ask])
		}
		for n, line := range p.Lines {
			fmt.Fprintf(&b, "%*d| %s\n", width, p.First+n, oneLine(line))
		}
	}
	return b.String()
}

// oneLine makes characters visible that some readers take for the end of a
// line: text after them would look like a line without a number.
var oneLine = strings.NewReplacer(
	"\n", `\n`, "\r", `\r`, "\v", `\v`, "\f", `\f`, "\u0085", `\u0085`, "\u2028", `\u2028`, "\u2029", `\u2029`,
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
