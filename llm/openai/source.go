package openai

import (
	"bytes"
	"errors"
	"io"
)

const (
	maxEvent     = 1 << 20  // one server-sent event
	maxAnswer    = 8 << 20  // text of one answer, reasoning included; also a whole JSON answer
	maxWire      = 64 << 20 // one stream: eight times an answer, for the JSON around each token
	maxErrorBody = 64 << 10 // what is read of a refusal
)

var errTooLarge = errors.New("more than a stream may hold")

// source reads the body of a stream for the event parser. It bounds the whole,
// closes a last event that lacks its blank line, and remembers lines that are
// JSON and no field: some servers send their error, or the whole answer, bare.
// Closing the last event is safe, since half of one is no JSON.
type source struct {
	body  io.Reader
	total int
	tail  string // what is still to be read after the end of the body
	ended bool

	inLine   bool // the next byte is not the first of its line
	catching bool
	stray    []byte // from the first bare line on, at most maxEvent
}

func (s *source) Read(p []byte) (int, error) {
	if s.ended {
		if s.tail == "" {
			return 0, io.EOF
		}
		n := copy(p, s.tail)
		s.tail = s.tail[n:]
		return n, nil
	}
	n, err := s.body.Read(p)
	s.total += n
	if s.total > maxWire {
		return 0, errTooLarge
	}
	s.look(p[:n])
	if err == io.EOF { // a reader gives the end bare; wrapped in another error it is a cut
		s.ended, s.tail = true, "\n\n"
		return n, nil
	}
	return n, err
}

// look finds the first line that begins with a brace or a bracket and keeps
// what comes from there on.
func (s *source) look(p []byte) {
	for !s.catching && len(p) > 0 {
		if s.inLine {
			end := bytes.IndexByte(p, '\n')
			if end < 0 {
				return
			}
			s.inLine, p = false, p[end+1:]
			continue
		}
		switch p[0] {
		case '{', '[':
			s.catching = true
			continue
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf: // blanks and the bytes of a BOM
			p = p[1:]
		default:
			s.inLine = true
		}
	}
	if s.catching {
		s.stray = append(s.stray, p[:min(len(p), maxEvent-len(s.stray))]...)
	}
}
