package git

import (
	"strings"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// Lines is a run of whole lines, zero-based, both included.
type Lines struct{ First, Last int }

// Base is what a file was at a commit.
type Base struct {
	// Known is false where nothing can be compared with: no repository, no git,
	// a file that is not in the commit, no commit yet.
	Known bool
	Why   string // in a phrase, when not Known

	lines *text.Document // folded
}

// size is about how many bytes the base takes in memory.
func (b Base) size() int {
	if b.lines == nil {
		return 0
	}
	return b.lines.Len() + 8*b.lines.LineCount()
}

// Changed are the lines of doc that were added or modified since the base, in
// order, runs that touch each other joined. Where lines were only deleted, it
// is the line before the place and the one after it. A text that is compared
// with nothing has changed in all its lines.
//
// What ends a line, blanks at its end, the terminator of the last line and a
// byte order mark are no change.
func (b Base) Changed(doc *text.Document) []Lines {
	all := Lines{0, doc.LineCount() - 1}
	if !b.Known {
		return []Lines{all}
	}
	var changed []Lines
	now, edits := b.lines.Apply(0, []text.Change{{Text: folded(doc).Text()}}, text.UTF8)
	grown := 0 // by the edits before
	for _, e := range edits {
		l := touched(b.lines, now, e, e.Start-grown)
		grown += e.Len - (e.End - e.Start)
		l = Lines{max(l.First, 0), min(l.Last, all.Last)}
		if n := len(changed); n > 0 && l.First <= changed[n-1].Last+1 {
			changed[n-1].Last = max(changed[n-1].Last, l.Last)
		} else {
			changed = append(changed, l)
		}
	}
	return changed
}

// touched are the lines of now that the edit e made, or for a deletion of whole
// lines the two around the place. e begins at the offset was in the text
// before.
func touched(before, now *text.Document, e text.Edit, was int) Lines {
	end, wasEnd := e.Start+e.Len, was+e.End-e.Start
	l := Lines{now.LineAt(e.Start), now.LineAt(end)}
	// An edit leaves out what the lines share at its borders; it ends with whole
	// lines only where it does so on both sides.
	endsWhole := startsLine(before, wasEnd) && startsLine(now, end)
	switch {
	case !endsWhole:
	case e.Len > 0:
		l.Last--
	case startsLine(before, was) && startsLine(now, e.Start):
		l.First--
	}
	return l
}

func startsLine(d *text.Document, offset int) bool {
	return offset == 0 || d.Text()[offset-1] == '\n'
}

// folded is doc with what is no change taken out, line by line. Each of its
// lines has a terminator.
func folded(doc *text.Document) *text.Document {
	var b strings.Builder
	b.Grow(doc.Len() + 1)
	for n := range doc.LineCount() {
		line := doc.Line(n)
		if n == 0 {
			line = strings.TrimPrefix(line, "\uFEFF")
		}
		if n == doc.LineCount()-1 && line == "" {
			break // the place after the last terminator
		}
		b.WriteString(strings.TrimRight(line, " \t"))
		b.WriteByte('\n')
	}
	return text.New("", "", 0, b.String())
}
