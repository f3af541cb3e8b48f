package rpc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// headerLimit bounds a whole header block, and so each line in it. Real
	// ones have 20 to 80 bytes.
	headerLimit = 8 << 10
	// trustedLength is how much memory an announced length gets before any of
	// it has arrived. Above it the buffer grows with what really comes.
	trustedLength = 1 << 20
)

var (
	// errFraming: nobody knows where the next message begins.
	errFraming = errors.New("broken header")
	// errTooLong: the body was refused and the next message can be read.
	errTooLong = errors.New("message is too long")
)

// frameReader cuts a byte stream into message bodies.
type frameReader struct {
	in      *bufio.Reader // headerLimit long: a longer line does not fit and is refused
	max     int64         // bytes of the longest body
	refused int64         // bytes of a refused body that are still to be skipped
}

func newFrameReader(r io.Reader, maxBody int64) *frameReader {
	return &frameReader{in: bufio.NewReaderSize(r, headerLimit), max: maxBody}
}

// next returns the body of the next message in memory of its own. io.EOF is
// the end between two messages; errTooLong lets the caller go on, and comes
// before the body is skipped, so that the sender hears of it at once.
func (f *frameReader) next() ([]byte, error) {
	if err := f.skip(); err != nil {
		return nil, err
	}
	length, err := f.header()
	if err != nil {
		return nil, err
	}
	if length > f.max {
		f.refused = length
		return nil, errTooLong
	}
	return f.body(length)
}

// more waits until there is something to read, or is false at the end.
func (f *frameReader) more() bool {
	_, err := f.in.Peek(1)
	return err == nil
}

func (f *frameReader) skip() error {
	n := f.refused
	f.refused = 0
	_, err := io.CopyN(io.Discard, f.in, n)
	return cut(err)
}

// header reads a block up to its empty line and returns the Content-Length.
func (f *frameReader) header() (int64, error) {
	length := int64(-1)
	for room := headerLimit; ; {
		line, err := f.in.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 && room == headerLimit {
			return 0, io.EOF
		}
		room -= len(line)
		if errors.Is(err, bufio.ErrBufferFull) || room < 0 {
			return 0, fmt.Errorf("%w: longer than %d bytes", errFraming, headerLimit)
		}
		if err != nil {
			return 0, cut(err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if length, err = headerLine(line, length); err != nil {
			return 0, err
		}
	}
	if length < 0 {
		return 0, fmt.Errorf("%w: no Content-Length", errFraming)
	}
	return length, nil
}

// headerLine returns the length that line gives, or the one known before it
// when line is another field. Two different lengths are as bad as none.
func headerLine(line []byte, known int64) (int64, error) {
	name, value, found := strings.Cut(string(line), ":")
	if !found {
		return 0, fmt.Errorf("%w: a line without a colon", errFraming)
	}
	if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
		return known, nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%w: Content-Length is not a length", errFraming)
	}
	length := int64(n)
	if known >= 0 && known != length {
		return 0, fmt.Errorf("%w: two different Content-Lengths", errFraming)
	}
	return length, nil
}

func (f *frameReader) body(length int64) ([]byte, error) {
	if length <= trustedLength {
		body := make([]byte, length)
		_, err := io.ReadFull(f.in, body)
		return body, cut(err)
	}
	var body bytes.Buffer
	_, err := io.CopyN(&body, f.in, length)
	return body.Bytes(), cut(err)
}

// cut makes an end of input inside a message tell from one between messages.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// writeFrame writes body with its header.
func writeFrame(w *bufio.Writer, body []byte) error {
	var header [48]byte
	h := append(header[:0], "Content-Length: "...)
	h = strconv.AppendInt(h, int64(len(body)), 10)
	h = append(h, "\r\n\r\n"...)
	if _, err := w.Write(h); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}
