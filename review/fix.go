package review

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// ErrNoFix says that a finding has no replacement.
var ErrNoFix = errors.New("this finding came without a fix that can be applied")

// Edit replaces the bytes of Span with Text.
type Edit struct {
	Span text.Span
	Text string
}

// placeholder matches a line that stands for code instead of being code.
var placeholder = regexp.MustCompile(`(?i)^\s*(//|#|/\*|<!--|--|;|%)?\s*(\.\.\.|…)` +
	`|(?i)(\.\.\.|…)\s*(existing|rest|remaining|unchanged|same|other)\b` +
	`|(?i)\b(existing|rest of|remaining|unchanged)\b.*\b(code|function|file|implementation|lines)\b.*(\.\.\.|…)`)

// fixLines makes the replacement for lines first to last out of what the model
// suggests; nil when there is none, when it changes nothing, or when a part of
// it is left out.
func fixLines(doc *text.Document, first, last int, suggestion string) []string {
	suggestion = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(suggestion)
	rows := strings.Split(unfence(suggestion), "\n")
	for len(rows) > 1 && strings.TrimSpace(rows[len(rows)-1]) == "" {
		rows = rows[:len(rows)-1]
	}
	if strings.TrimSpace(strings.Join(rows, "")) == "" {
		return nil
	}
	old := make([]string, 0, last-first+1)
	for n := first; n <= last; n++ {
		old = append(old, doc.Line(n))
	}
	rows = indentLike(old, unlist(rows))
	if slices.Equal(rows, old) {
		return nil
	}
	for _, row := range rows {
		if placeholder.MatchString(row) && !slices.Contains(old, row) {
			return nil
		}
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

// unlist takes away line numbers that were copied from the listing, when every
// line has one.
func unlist(rows []string) []string {
	plain := make([]string, len(rows))
	for i, row := range rows {
		if plain[i] = listed.ReplaceAllString(row, ""); plain[i] == row {
			return rows
		}
	}
	return plain
}

// indentLike shifts rows right by the indentation of the old lines when the
// model left it out: its first line then begins at the margin.
func indentLike(old, rows []string) []string {
	indent := indentOf(old[0])
	if indent == "" || indentOf(rows[0]) != "" {
		return rows
	}
	shifted := make([]string, len(rows))
	for i, row := range rows {
		if strings.TrimSpace(row) != "" {
			row = indent + row
		}
		shifted[i] = row
	}
	return shifted
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// Edits gives the smallest edits that put the fix into doc, the document that
// the finding's anchor is about.
func (f Finding) Edits(doc *text.Document) ([]Edit, error) {
	if !f.HasFix() {
		return nil, ErrNoFix
	}
	start, end := doc.LineSpan(f.Anchor.First()).Start, doc.LineSpan(f.Anchor.Last()).End
	replaced := strings.Join(f.fix, doc.EOL())
	if start == 0 && strings.HasPrefix(doc.Text(), "\uFEFF") && !strings.HasPrefix(replaced, "\uFEFF") {
		start += len("\uFEFF") // a byte order mark is not the model's to remove
	}
	var edits []Edit
	for _, e := range udiff.Lines(doc.Text()[start:end], replaced) {
		edits = append(edits, Edit{Span: text.Span{Start: start + e.Start, End: start + e.End}, Text: e.New})
	}
	return edits, nil
}

// Diff shows the fix as the lines that go and the lines that come, for people.
func (f Finding) Diff(doc *text.Document) string {
	var b strings.Builder
	for n := f.Anchor.First(); n <= f.Anchor.Last(); n++ {
		b.WriteString("-" + doc.Line(n) + "\n")
	}
	for _, row := range f.fix {
		b.WriteString("+" + row + "\n")
	}
	return b.String()
}
