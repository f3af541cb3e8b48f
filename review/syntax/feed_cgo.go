//go:build cgo

package syntax

import sitter "github.com/tree-sitter/go-tree-sitter"

// feed hands a text to the parser, piece by piece. The parser asks again for
// what it has left, and keeps the copies until it is through: of a text that it
// reads to the end for every word, as when nothing closes a quote, that would
// be any amount of memory.
type feed struct {
	text   []byte
	handed int
	giveUp func()
}

const (
	pieceSize = 8 << 10
	mostFed   = 64 << 20
)

func (f *feed) read(at int, _ sitter.Point) []byte {
	if f.handed > mostFed {
		f.giveUp()
		return nil
	}
	rest := f.text[min(at, len(f.text)):]
	rest = rest[:min(len(rest), pieceSize)]
	f.handed += len(rest)
	return rest
}

// withNewlines is a text with a newline for each lone carriage return, which
// grammars take for a blank: a comment would not end there.
func withNewlines(source string) []byte {
	b := []byte(source)
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			b[i] = '\n'
		}
	}
	return b
}

// mostOpen is how many brackets may be open at once. The work of some grammars
// grows with the square of that, and their memory too, until the process ends.
const mostOpen = 500

// isTangled says that more brackets are open at once, if only in quotes, than
// in anything that people write. An angle bracket counts where it follows a
// name, as those of type arguments do.
func isTangled(source string) bool {
	open, angles := 0, 0
	for i := range len(source) {
		switch source[i] {
		case '(', '[':
			open++
		case '{':
			open++
			angles = 0
		case ')', ']':
			open = max(0, open-1)
		case '}':
			open = max(0, open-1)
			angles = 0
		case ';':
			angles = 0
		case '<':
			if i > 0 && isWordByte(source[i-1]) && (i+1 == len(source) || source[i+1] != '<' && source[i+1] != '=') {
				angles++
			}
		case '>':
			angles = max(0, angles-1)
		}
		if open+angles > mostOpen {
			return true
		}
	}
	return false
}
