package review

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// changesNothing says that the rows differ from the old lines in nothing but
// white space that has no meaning.
func changesNothing(language string, old, rows []string) bool {
	return slices.Equal(ink(language, old), ink(language, rows))
}

// ink is what of each line has a meaning: everything but blanks, which count in
// quotes and between two words. Lines without any are left out.
func ink(language string, lines []string) []string {
	var all []string
	for _, line := range lines {
		indent := indentOf(line)
		rest := strings.TrimRight(line[len(indent):], " \t")
		if rest == "" {
			continue
		}
		if !braced[language] {
			rest = indent + rest
		}
		all = append(all, squeezed(language, rest))
	}
	return all
}

func squeezed(language, line string) string {
	var b strings.Builder
	gap := false
	var before byte
	for i := 0; i < len(line); {
		c := line[i]
		if i > 0 && (c == ' ' || c == '\t') {
			gap = true
			i++
			continue
		}
		if gap && isWord(before) && isWord(c) {
			b.WriteByte(' ')
		}
		gap = false
		size := max(quotedSize(language, line, i), 1)
		b.WriteString(line[i : i+size])
		before = line[i+size-1]
		i += size
	}
	return b.String()
}

// braced are languages in which indentation is for people alone.
var braced = map[string]bool{
	"go": true, "c": true, "cpp": true, "objective-c": true, "objective-cpp": true, "csharp": true, "java": true,
	"javascript": true, "typescript": true, "tsx": true, "rust": true, "php": true, "swift": true, "kotlin": true, "dart": true, "ruby": true, "lua": true, "json": true, "jsonc": true,
	"css": true, "scss": true, "less": true, "zig": true, "groovy": true, "perl": true,
}

// keepTrailing gives each row that is an old line but for the blanks at its end
// the blanks of the old line: they are not what the fix is about.
func keepTrailing(old, rows []string) []string {
	own := make(map[string]string, len(old))
	for _, line := range old {
		if _, there := own[trimmed(line)]; !there {
			own[trimmed(line)] = line
		}
	}
	kept := make([]string, len(rows))
	for i, row := range rows {
		kept[i] = row
		if line, there := own[trimmed(row)]; there && !slices.Contains(old, row) {
			kept[i] = line
		}
	}
	return kept
}

func trimmed(line string) string { return strings.TrimRight(line, " \t") }

// repeatsAround says that the rows go past the lines they replace, on either
// side: then lines that stay would stand there twice.
func repeatsAround(doc *text.Document, first, last int, old, rows []string) bool {
	for n := 1; n <= len(rows); n++ {
		// The rows' head against the lines before, their tail against those behind.
		if repeats(doc, first-n, rows[:n], old) || repeats(doc, last+1, rows[len(rows)-n:], old) {
			return true
		}
	}
	return false
}

// repeats says that rows are the lines of doc from n on, and have words to tell
// them by. Rows that the old lines begin or end with are none of the model's
// making.
func repeats(doc *text.Document, n int, rows, old []string) bool {
	if n < 0 || n+len(rows) > doc.LineCount() {
		return false
	}
	words := 0
	for i, row := range rows {
		if trimmed(row) != trimmed(doc.Line(n+i)) {
			return false
		}
		words += countWordRunes(row)
	}
	if words == 0 {
		return false
	}
	if len(rows) > len(old) {
		return true
	}
	same := func(a, b string) bool { return trimmed(a) == trimmed(b) }
	return !slices.EqualFunc(rows, old[:len(rows)], same) && !slices.EqualFunc(rows, old[len(old)-len(rows):], same)
}

// hides says that a row holds a character that acts without being seen and that
// the old lines do not hold, or one that stands for bytes that could not be
// read and would be lost.
func hides(old, rows []string) bool {
	before := strings.Join(old, "\n")
	for _, r := range strings.Join(rows, "\n") {
		if (mustShow(r) || r == '\uFFFD') && !strings.Contains(before, string(r)) {
			return true
		}
	}
	return false
}

// isDiff says that the rows are no code but a diff of it, or hold a fence.
func isDiff(old, rows []string) bool {
	begins := func(lines []string, mark string) bool {
		return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), mark) })
	}
	for _, mark := range []string{"```", "@@ ", "<<<<<<<", ">>>>>>>"} {
		if begins(rows, mark) && !begins(old, mark) {
			return true
		}
	}
	for _, row := range rows {
		for _, line := range old {
			if countWordRunes(line) > 0 && (row == "-"+line || row == "- "+line) {
				return true
			}
		}
	}
	signed := func(lines []string, sign string) bool {
		return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, sign) })
	}
	return signed(rows[:1], "+") && !begins(old[:1], "+") ||
		signed(rows, "-") && signed(rows, "+") && !signed(old, "-") && !signed(old, "+")
}

// sentence matches a line that speaks to a person.
var sentence = regexp.MustCompile(`^(?:\p{Lu}[\p{L}'’]*|Note:)(?:,? [\p{L}\d'’"` + "`" + `()./_-]+){2,}[.:!]$`)

// preface matches a line that speaks of the fix.
var preface = regexp.MustCompile(`^(?:This (?:fix|change)(?:e[sd])?\b|Here(?:'s| is| are) the (?:\w+ )?(?:fix|code|change|version|line)|I(?:'ve| have) (?:\w+ )?(?:fix|chang|replac|add|remov|updat)ed\b|Explanation:)`)

// speaksOfItself says that a row tells a person about the fix.
func speaksOfItself(old, rows []string) bool {
	about := func(line string) bool { return preface.MatchString(strings.TrimSpace(line)) }
	return slices.ContainsFunc(rows, about) && !slices.ContainsFunc(old, about)
}

// tells says that a row is a sentence, in a language that is not made of them.
func tells(language string, old, rows []string) bool {
	switch language {
	case "markdown", "mdx", "plaintext", "text", "", "html", "xml", "latex", "tex", "restructuredtext", "asciidoc", "yaml":
		return false
	}
	speaks := func(line string) bool { return sentence.MatchString(strings.TrimSpace(line)) }
	return slices.ContainsFunc(rows, speaks) && !slices.ContainsFunc(old, speaks)
}

// spellsLineEnds says that a row, outside of quotes, has line ends spelled out as
// in JSON: then it is several rows in one, and behind a comment all of them are.
func spellsLineEnds(language string, old, rows []string) bool {
	spelled := func(line string) bool {
		parts := takeApart(language, line)
		return strings.Contains(parts.code, `\n`) || strings.Contains(parts.comment, `\n`)
	}
	return slices.ContainsFunc(rows, spelled) && !slices.ContainsFunc(old, spelled)
}

// entity matches a character as web pages spell it.
var entity = regexp.MustCompile(`&(?:lt|gt|amp|quot|apos|nbsp|#\d+|#x[\da-fA-F]+);`)

// escapes says that the code of a row, outside of quotes, spells characters as
// web pages do, which as operators may even parse.
func escapes(language string, old, rows []string) bool {
	switch language {
	case "html", "xml", "markdown", "mdx", "javascript", "tsx", "vue", "svelte", "astro",
		"php", "razor", "handlebars", "erb", "ejs", "plaintext", "text", "":
		return false
	}
	spelled := func(line string) bool { return entity.MatchString(takeApart(language, line).code) }
	return slices.ContainsFunc(rows, spelled) && !slices.ContainsFunc(old, spelled)
}
