package text

import (
	"slices"
	"sort"
	"strings"
)

// Span is a half-open run of bytes: Start is in it, End is not.
type Span struct{ Start, End int }

// Document is one version of one text. It is immutable.
type Document struct {
	uri      string
	language string
	version  int32
	text     string
	starts   []int // where each line begins; starts[0] is 0
}

// New makes a document. The uri is kept as it is, the language is the one that
// the editor names, such as "go".
func New(uri, language string, version int32, text string) *Document {
	return &Document{
		uri:      uri,
		language: language,
		version:  version,
		text:     text,
		starts:   appendStarts([]int{0}, text, 1, len(text)),
	}
}

// URI names the document, exactly as it was given to [New].
func (d *Document) URI() string { return d.uri }

// Language is the editor's language id, such as "go".
func (d *Document) Language() string { return d.language }

// Version is the editor's number for this text.
func (d *Document) Version() int32 { return d.version }

// Text is the whole text.
func (d *Document) Text() string { return d.text }

// Len is the length of the text in bytes.
func (d *Document) Len() int { return len(d.text) }

// LineCount is the number of lines, at least 1: an empty text has one empty
// line, and so has the place after a final terminator.
func (d *Document) LineCount() int { return len(d.starts) }

// Line is the text of line n without its terminator; empty when there is no
// such line.
func (d *Document) Line(n int) string {
	s := d.LineSpan(n)
	return d.text[s.Start:s.End]
}

// LineSpan is where line n stands, without its terminator. For a line before
// the first it is the empty span at 0, for one past the last the empty span at
// the text's end.
func (d *Document) LineSpan(n int) Span {
	if n < 0 {
		return Span{}
	}
	if n >= len(d.starts) {
		return Span{len(d.text), len(d.text)}
	}
	start, end := d.starts[n], len(d.text)
	if n+1 < len(d.starts) {
		end = d.starts[n+1] - 1
		if d.text[end] == '\n' && end > start && d.text[end-1] == '\r' {
			end--
		}
	}
	return Span{start, end}
}

// LineAt is the line on which the byte at offset stands; a terminator belongs
// to the line that it ends. An offset outside the text is moved to its border.
func (d *Document) LineAt(offset int) int {
	if offset <= 0 {
		return 0
	}
	return sort.SearchInts(d.starts, offset+1) - 1
}

// EOL is the line terminator that most lines end with: "\n", "\r\n" or "\r".
// A text without any has "\n", and so has one that is undecided.
func (d *Document) EOL() string {
	var lf, crlf, cr int
	for _, next := range d.starts[1:] {
		switch {
		case d.text[next-1] == '\r':
			cr++
		case next > 1 && d.text[next-2] == '\r':
			crlf++
		default:
			lf++
		}
	}
	switch {
	case lf >= crlf && lf >= cr:
		return "\n"
	case crlf >= cr:
		return "\r\n"
	default:
		return "\r"
	}
}

// appendStarts appends to starts every line start of text in [from, to], where
// from is at least 1. Whether a line starts at s depends on the bytes at s-1
// and s alone, which is what lets splice keep the starts around an edit.
func appendStarts(starts []int, text string, from, to int) []int {
	// IndexByte runs many times faster than a loop over the bytes.
	find := func(c byte, at int) int {
		if at < to {
			if i := strings.IndexByte(text[at:to], c); i >= 0 {
				return at + i
			}
		}
		return to
	}
	lf, cr := find('\n', from-1), find('\r', from-1)
	for lf < to || cr < to {
		if cr < lf {
			if cr+1 == len(text) || text[cr+1] != '\n' {
				starts = append(starts, cr+1)
			}
			cr = find('\r', cr+1)
			continue
		}
		starts = append(starts, lf+1)
		lf = find('\n', lf+1)
	}
	return starts
}

// splice is the document with the bytes of s replaced by text.
func (d *Document) splice(version int32, s Span, text string) *Document {
	next := &Document{uri: d.uri, language: d.language, version: version}
	next.text = d.text[:s.Start] + text + d.text[s.End:]

	// Starts before the edit stay, starts behind it move; in between, borders
	// included, they are read anew.
	kept := max(sort.SearchInts(d.starts, s.Start), 1)
	tail := max(sort.SearchInts(d.starts, s.End+1), 1)
	end := s.Start + len(text)
	starts := make([]int, kept, len(d.starts)+strings.Count(text, "\n")+2)
	copy(starts, d.starts[:kept])
	starts = appendStarts(starts, next.text, max(s.Start, 1), end)
	at := len(starts)
	starts = append(starts, d.starts[tail:]...)
	for i, delta := at, end-s.End; i < len(starts); i++ {
		starts[i] += delta
	}
	next.starts = slices.Clip(starts)
	return next
}
