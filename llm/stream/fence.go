package stream

// fence follows the fenced code blocks of markdown through a text, one
// character at a time.
type fence struct {
	open bool // the line now read is code, or the fence that ends it
	mark rune // of the opening fence: '`' or '~'
	size int  // of the opening fence

	// The line now read.
	part     linePart
	lineMark rune
	lineSize int
	blank    bool // nothing but blanks follows the marks
	ticked   bool // a '`' follows them
}

// linePart is where in its line a fence stands.
type linePart int

const (
	inIndent linePart = iota // nothing but blanks so far
	inMarks                  // in the run of marks
	inInfo                   // behind it
	inText                   // in a line that is no fence
)

// next reads one character.
func (f *fence) next(r rune) {
	if r == '\n' {
		f.endLine()
		return
	}
	isBlank := r == ' ' || r == '\t' || r == '\r'
	switch {
	case f.part == inIndent && (r == '`' || r == '~'):
		f.part, f.lineMark, f.lineSize, f.blank = inMarks, r, 1, true
	case f.part == inIndent && !isBlank:
		f.part = inText
	case f.part == inMarks && r == f.lineMark:
		f.lineSize++
	case f.part == inMarks && f.lineSize < 3:
		f.part = inText
	case f.part == inMarks || f.part == inInfo:
		f.part = inInfo
		f.blank = f.blank && isBlank
		f.ticked = f.ticked || r == '`'
	}
}

func (f *fence) endLine() {
	isFence := (f.part == inMarks || f.part == inInfo) && f.lineSize >= 3
	switch {
	case !isFence:
	case !f.open:
		// A line such as ```x``` is code within prose.
		if f.lineMark == '~' || !f.ticked {
			f.open, f.mark, f.size = true, f.lineMark, f.lineSize
		}
	case f.lineMark == f.mark && f.lineSize >= f.size && f.blank:
		f.open = false
	}
	*f = fence{open: f.open, mark: f.mark, size: f.size}
}
