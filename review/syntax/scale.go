package syntax

import "github.com/ai-lsp/ai-lsp/server/text"

// perLine is how many bytes weigh as much as a line. Long lines count for
// several, so that one measure bounds both the lines of a unit and its bytes.
const perLine = 50

// scale weighs runs of lines. A blank line weighs nothing: to add one must not
// change how a text is cut.
type scale struct{ upTo []int }

func newScale(doc *text.Document) scale {
	s := scale{upTo: make([]int, doc.LineCount()+1)}
	for i := range doc.LineCount() {
		weight := 0
		if _, code := measure(clip(doc.Line(i))); code != "" {
			span := doc.LineSpan(i)
			weight = max(1, (span.End-span.Start)/perLine)
		}
		s.upTo[i+1] = s.upTo[i] + weight
	}
	return s
}

func (s scale) of(l Lines) int { return s.upTo[l.Last+1] - s.upTo[l.First] }

// between is the weight from the start of one line to the start of another.
func (s scale) between(a, b int) int {
	if a > b {
		a, b = b, a
	}
	return s.upTo[b] - s.upTo[a]
}

// clip is the part of a line that is looked at.
func clip(line string) string { return line[:min(len(line), longest)] }
