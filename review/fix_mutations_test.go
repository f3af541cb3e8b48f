package review_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// improved is lines with a small change that a person might make.
func improved(r *rand.Rand, language string, lines []string) []string {
	for range 20 {
		if rows := changed(r, language, lines); !slices.Equal(rows, lines) {
			return rows
		}
	}
	return lines
}

func changed(r *rand.Rand, language string, lines []string) []string {
	rows := append([]string{}, lines...)
	n := r.IntN(len(rows))
	switch r.IntN(5) {
	case 0:
		rows[n] = number.ReplaceAllString(rows[n], "${1}7${2}")
	case 1:
		rows[n] = quoted.ReplaceAllString(rows[n], "${1}other text${1}")
	case 2:
		mark := map[string]string{"python": "#", "shellscript": "#", "ruby": "#", "yaml": "#", "perl": "#", "lua": "--", "html": "", "css": "", "vim": "\""}
		sign, hash := mark[language]
		if !hash {
			sign = "//"
		}
		if sign != "" {
			indent := rows[n][:len(rows[n])-len(strings.TrimLeft(rows[n], " \t"))]
			rows = append(rows[:n], append([]string{indent + sign + " the order matters here"}, rows[n:]...)...)
		}
	default:
		names := name.FindAllStringIndex(rows[n], -1)
		if len(names) > 0 {
			at := names[r.IntN(len(names))]
			rows[n] = rows[n][:at[1]] + "Next" + rows[n][at[1]:]
		}
	}
	return rows
}

var (
	number = regexp.MustCompile(`(^|[^\w."'])\d+($|[^\w."'])`)
	quoted = regexp.MustCompile(`(["'])[a-zA-Z ,]+["']`)
	name   = regexp.MustCompile(`\b[a-df-z_]\w{4,}\b`) // not endif
)

// mutation is what a model makes of good rows. Where exact is set, they are as
// good as before, and what is offered must be them.
type mutation struct {
	name  string
	exact bool
	loose bool // but for the indentation, where nothing tells what it was
	make  func(r *rand.Rand, c fixCase) string
	never string // what must not be in the text when it was not before
}

// fixCase is what a mutation may draw upon.
type fixCase struct {
	language           string
	before, old, after []string // lines before the finding's, its own, and those behind
	good               []string
	others             []string // lines of another file
	first              int
}

func (c fixCase) text() string { return strings.Join(c.good, "\n") }

var mutations = []mutation{
	{name: "as it is", exact: true, make: func(_ *rand.Rand, c fixCase) string { return c.text() }},
	{name: "as it is, once more", exact: true, make: func(_ *rand.Rand, c fixCase) string { return c.text() + "\n" }},
	{name: "in a fence", exact: true, never: "```", make: func(_ *rand.Rand, c fixCase) string {
		return "```" + c.language + "\n" + c.text() + "\n```\n"
	}},
	{name: "with line numbers", exact: true, make: func(_ *rand.Rand, c fixCase) string {
		rows := append([]string{}, c.good...)
		for i := range rows {
			rows[i] = fmt.Sprintf("%d| %s", c.first+1+i, rows[i])
		}
		return strings.Join(rows, "\n")
	}},
	{name: "with CRLF", exact: true, make: func(_ *rand.Rand, c fixCase) string { return strings.Join(c.good, "\r\n") }},
	{name: "without the common indentation", exact: true, loose: true, make: func(_ *rand.Rand, c fixCase) string {
		return strings.Join(moved(c.good, ""), "\n")
	}},
	{name: "one level further out", make: func(_ *rand.Rand, c fixCase) string { return strings.Join(dedent(c.good), "\n") }},
	{name: "one level further in", make: func(_ *rand.Rand, c fixCase) string {
		return "    " + strings.Join(c.good, "\n    ")
	}},
	{name: "the first row without indentation", make: func(_ *rand.Rand, c fixCase) string {
		return strings.TrimLeft(c.text(), " \t")
	}},
	{name: "tabs as blanks", make: func(_ *rand.Rand, c fixCase) string { return strings.ReplaceAll(c.text(), "\t", "    ") }},
	{name: "blanks as tabs", make: func(_ *rand.Rand, c fixCase) string { return strings.ReplaceAll(c.text(), "    ", "\t") }},
	{name: "with foreign numbers", make: func(r *rand.Rand, c fixCase) string {
		return fmt.Sprintf("%d| ", c.first+r.IntN(9)+2) + c.text()
	}},
	{name: "elided", never: "existing code", make: func(r *rand.Rand, c fixCase) string {
		n := r.IntN(len(c.good))
		mark := []string{"// ... existing code ...", "# ... existing code ...", "/* existing code */", "... existing code ..."}[r.IntN(4)]
		return strings.Join(c.good[:n], "\n") + "\n" + mark + "\n" + strings.Join(c.good[n:], "\n")
	}},
	{name: "half a line", make: func(r *rand.Rand, c fixCase) string {
		s := c.text()
		return s[:r.IntN(len(s)+1)]
	}},
	{name: "without a line", make: func(r *rand.Rand, c fixCase) string {
		n := r.IntN(len(c.good))
		return strings.Join(append(append([]string{}, c.good[:n]...), c.good[n+1:]...), "\n")
	}},
	{name: "without a character", make: func(r *rand.Rand, c fixCase) string {
		s := c.text()
		n := r.IntN(max(1, len(s)))
		return s[:n] + s[min(n+1, len(s)):]
	}},
	{name: "with the line before", make: func(_ *rand.Rand, c fixCase) string {
		return strings.Join(append(lastOf(c.before, 1), c.good...), "\n")
	}},
	{name: "with the line behind", make: func(_ *rand.Rand, c fixCase) string {
		return strings.Join(append(append([]string{}, c.good...), firstOf(c.after, 1)...), "\n")
	}},
	{name: "with lines all around", make: func(_ *rand.Rand, c fixCase) string {
		return strings.Join(append(append(lastOf(c.before, 3), c.good...), firstOf(c.after, 3)...), "\n")
	}},
	{name: "without a bracket", make: func(r *rand.Rand, c fixCase) string {
		return cutOne(r, c.text(), "(){}[]")
	}},
	{name: "without a quote", make: func(r *rand.Rand, c fixCase) string {
		return cutOne(r, c.text(), "\"'`")
	}},
	{name: "without a colon", make: func(r *rand.Rand, c fixCase) string {
		return cutOne(r, c.text(), ":;,")
	}},
	{name: "with a bracket more", make: func(r *rand.Rand, c fixCase) string {
		s := c.text()
		n := r.IntN(len(s) + 1)
		return s[:n] + string("(){}[]"[r.IntN(6)]) + s[n:]
	}},
	{name: "with a closing line more", make: func(r *rand.Rand, c fixCase) string {
		return c.text() + "\n" + []string{"}", "end", "fi", "done", ")", "];", "*/"}[r.IntN(7)]
	}},
	{name: "with an opening line more", make: func(r *rand.Rand, c fixCase) string {
		return []string{"if x {", "if x:", "if true; then", "begin", "(", "/*", `"""`}[r.IntN(7)] + "\n" + c.text()
	}},
	{name: "without a keyword", make: func(r *rand.Rand, c fixCase) string {
		words := keyword.FindAllStringIndex(c.text(), -1)
		if len(words) == 0 {
			return c.text()
		}
		at := words[r.IntN(len(words))]
		return c.text()[:at[0]] + c.text()[at[1]:]
	}},
	{name: "with hidden characters", never: "\u202e", make: func(r *rand.Rand, c fixCase) string {
		s := c.text()
		n := strings.LastIndex(s[:r.IntN(len(s)+1)], " ") + 1
		return s[:n] + "\u202e" + s[n:]
	}},
	{name: "nothing", make: func(*rand.Rand, fixCase) string { return " \n" }},
	{name: "the same", make: func(_ *rand.Rand, c fixCase) string { return strings.Join(c.old, "\n") }},
	{name: "the same with other blanks", make: func(_ *rand.Rand, c fixCase) string {
		return strings.ReplaceAll(strings.Join(c.old, " \n"), ", ", ",  ")
	}},
	{name: "huge", make: func(_ *rand.Rand, c fixCase) string {
		return strings.Repeat(c.text()+"\n", 70<<10/(len(c.text())+1)+1)
	}},
	{name: "other code", make: func(r *rand.Rand, c fixCase) string {
		n := r.IntN(len(c.others))
		return strings.Join(firstOf(c.others[n:], 1+r.IntN(12)), "\n")
	}},
	{name: "other code behind", make: func(r *rand.Rand, c fixCase) string {
		n := r.IntN(len(c.others))
		return c.text() + "\n" + strings.Join(firstOf(c.others[n:], 1+r.IntN(12)), "\n")
	}},
	{name: "with prose behind", never: "This fixes the problem", make: func(_ *rand.Rand, c fixCase) string {
		return c.text() + "\n\nThis fixes the problem by checking the bounds first."
	}},
	{name: "with prose before", never: "Here is the fixed code", make: func(_ *rand.Rand, c fixCase) string {
		return "Here is the fixed code:\n" + c.text()
	}},
	{name: "as a diff", make: func(_ *rand.Rand, c fixCase) string {
		return "-" + strings.Join(c.old, "\n-") + "\n+" + strings.Join(c.good, "\n+")
	}},
	{name: "as a diff with a head", never: "@@", make: func(_ *rand.Rand, c fixCase) string {
		return "@@ -1,2 +1,2 @@\n-" + strings.Join(c.old, "\n-") + "\n+" + strings.Join(c.good, "\n+")
	}},
	{name: "as a conflict", never: "<<<<<<<", make: func(_ *rand.Rand, c fixCase) string {
		return "<<<<<<< SEARCH\n" + strings.Join(c.old, "\n") + "\n=======\n" + c.text() + "\n>>>>>>> REPLACE"
	}},
	{name: "escaped as in JSON", make: func(_ *rand.Rand, c fixCase) string {
		return strings.NewReplacer("\n", `\n`, "\t", `\t`, `"`, `\"`).Replace(c.text())
	}},
	{name: "escaped as in HTML", make: func(_ *rand.Rand, c fixCase) string {
		return strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;").Replace(c.text())
	}},
}

var keyword = regexp.MustCompile(`\b(?:if|else|for|while|return|def|func|function|class|do|done|then|fi|end|case|switch|in|of|const|let|var|import|from|with|try|except|catch)\b ?`)

// cutOne takes one of the characters out, if there is any.
func cutOne(r *rand.Rand, s, characters string) string {
	var at []int
	for i := range len(s) {
		if strings.IndexByte(characters, s[i]) >= 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return s
	}
	n := at[r.IntN(len(at))]
	return s[:n] + s[n+1:]
}

func firstOf(lines []string, n int) []string {
	return append([]string{}, lines[:min(n, len(lines))]...)
}

func lastOf(lines []string, n int) []string {
	return append([]string{}, lines[max(0, len(lines)-n):]...)
}

// moved is rows with indent in place of the indentation that they share.
func moved(rows []string, indent string) []string {
	shared := rows[0][:len(rows[0])-len(strings.TrimLeft(rows[0], " \t"))]
	for _, row := range rows {
		for !strings.HasPrefix(row, shared) && strings.TrimSpace(row) != "" {
			shared = shared[:len(shared)-1]
		}
	}
	out := make([]string, len(rows))
	for i, row := range rows {
		if rest, inside := strings.CutPrefix(row, shared); inside {
			out[i] = indent + rest
		}
	}
	return out
}

// dedent takes one level of indentation from each row that has one.
func dedent(rows []string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = strings.TrimPrefix(strings.TrimPrefix(row, "\t"), "    ")
	}
	return out
}
