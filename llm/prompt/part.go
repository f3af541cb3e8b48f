package prompt

import (
	"errors"
	"fmt"
	"strings"
)

// Part is a run of lines that is sent.
type Part struct {
	First int      // the number of its first line, from 1
	Lines []string // without line ends
	Ask   bool     // to be reviewed; false: context, sent only to be understood
}

// last is the number of the last line; of an empty part, of the line before it.
func (p Part) last() int { return p.First + len(p.Lines) - 1 }

// Why data can not be sent.
var (
	errNothingAsked = errors.New("nothing is asked about")
	errOutOfOrder   = errors.New("the parts overlap or are out of order")
)

// parts is what is listed, without what is empty. There is at least one.
func (d Data) parts() ([]Part, error) {
	given := d.Parts
	if len(given) == 0 {
		given = []Part{{First: d.First, Lines: d.Lines, Ask: true}}
	}
	parts := make([]Part, 0, len(given))
	next := 1 // the lowest number that the next part may begin with
	for _, p := range given {
		if len(p.Lines) == 0 {
			continue
		}
		if p.First < next {
			return nil, errOutOfOrder
		}
		next = p.last() + 1
		parts = append(parts, p)
	}
	if len(parts) == 0 || countAsked(parts) == 0 && len(d.Claims) == 0 {
		return nil, errNothingAsked
	}
	return parts, nil
}

func countAsked(parts []Part) int {
	n := 0
	for _, p := range parts {
		if p.Ask {
			n += len(p.Lines)
		}
	}
	return n
}

func hasContext(parts []Part) bool {
	for _, p := range parts {
		if !p.Ask {
			return true
		}
	}
	return false
}

// askedLines names the lines that are asked about: "line 3", "lines 1-4, 9 and
// 20-31"; empty when there are none. Parts that touch are one run.
func askedLines(parts []Part) string {
	var runs []string
	var from, to int // the run so far; from is 0 before the first
	for _, p := range parts {
		switch {
		case !p.Ask:
		case from > 0 && p.First == to+1:
			to = p.last()
		default:
			if from > 0 {
				runs = append(runs, span(from, to))
			}
			from, to = p.First, p.last()
		}
	}
	if from > 0 {
		runs = append(runs, span(from, to))
	}
	switch n := len(runs); {
	case n == 0:
		return ""
	case n > 1:
		return "lines " + strings.Join(runs[:n-1], ", ") + " and " + runs[n-1]
	case from == to:
		return "line " + span(from, to)
	}
	return "lines " + span(from, to)
}

// span writes a run of lines: "3" or "3-7".
func span(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d-%d", first, last)
}
