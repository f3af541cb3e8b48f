package rpc

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzFrames reads any bytes, whole and one at a time: both ways must give the
// same, end, and never give a body that is longer than allowed.
func FuzzFrames(f *testing.F) {
	for _, seed := range []string{
		"",
		"Content-Length: 2\r\n\r\n{}",
		"Content-Length: 200\r\n\r\n" + strings.Repeat("x", 200) + "Content-Length: 2\r\n\r\n{}",
		"content-length:2\nX: y\n\n{}",
		"Content-Length: -1\r\n\r\n",
		"Content-Length: 18446744073709551616\r\n\r\n",
		"Content-Length: 2\r\n\r\n{",
		strings.Repeat("X: y\r\n", 2000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		whole, wholeErr := readAll(t, bytes.NewReader(input))
		slow, slowErr := readAll(t, iotest.OneByteReader(bytes.NewReader(input)))
		if whole != slow || wholeErr.Error() != slowErr.Error() {
			t.Errorf("read at once: %q, %v; byte by byte: %q, %v", whole, wholeErr, slow, slowErr)
		}
	})
}

func readAll(t *testing.T, r io.Reader) (bodies string, err error) {
	t.Helper()
	const most = 100
	in := newFrameReader(r, most)
	for {
		body, err := in.next()
		switch {
		case errors.Is(err, errTooLong):
			bodies += "|too long"
		case err != nil:
			return bodies, err
		case len(body) > most:
			t.Fatalf("a body of %d bytes", len(body))
		default:
			bodies += "|" + string(body)
		}
	}
}

func FuzzWrittenFramesAreReadBack(f *testing.F) {
	f.Add([]byte(`{"a":"\r\n\r\n"}`), []byte("Content-Length: 5\r\n\r\n"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var buf bytes.Buffer
		out := bufio.NewWriter(&buf)
		for _, body := range [][]byte{first, second} {
			if err := writeFrame(out, body); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		in := newFrameReader(&buf, 1<<20)
		for _, want := range [][]byte{first, second} {
			if got, err := in.next(); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("read %q and %v, want %q", got, err, want)
			}
		}
		if _, err := in.next(); !errors.Is(err, io.EOF) {
			t.Fatalf("after the last: %v, want the end", err)
		}
	})
}

// endless is a header line that never ends; it counts what was taken of it.
type endless struct{ taken int }

func (e *endless) Read(p []byte) (int, error) {
	e.taken += len(p)
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestAnEndlessHeaderIsGivenUpEarly(t *testing.T) {
	var line endless
	if _, err := newFrameReader(&line, 1000).next(); !errors.Is(err, errFraming) {
		t.Errorf("got %v, want a lost framing", err)
	}
	if line.taken > 2*headerLimit {
		t.Errorf("%d bytes were read of a header that may have %d", line.taken, headerLimit)
	}
}

// allocated is how many bytes of memory f asked for in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestALongBodyTakesMemoryAsItArrives(t *testing.T) {
	in := newFrameReader(strings.NewReader("Content-Length: 50000000\r\n\r\nonly this"), 64<<20)
	bytes := allocated(func() {
		if _, err := in.next(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v, want an end inside a message", err)
		}
	})
	if bytes > 1<<20 {
		t.Errorf("%d bytes were allocated for a body of 9", bytes)
	}
}

func TestALongBodyIsReadWhole(t *testing.T) {
	body := strings.Repeat("0123456789", trustedLength/5)
	in := newFrameReader(strings.NewReader("Content-Length: 2097150\r\n\r\n"+body[:2097150]+"Content-Length: 2\r\n\r\n{}"), 64<<20)
	if got, err := in.next(); err != nil || string(got) != body[:2097150] {
		t.Errorf("read %d bytes and %v", len(got), err)
	}
	if got, err := in.next(); err != nil || string(got) != "{}" {
		t.Errorf("then read %q and %v", got, err)
	}
}

func TestASkippedBodyIsNotKept(t *testing.T) {
	input := io.MultiReader(strings.NewReader("Content-Length: 67108864\r\n\r\n"),
		io.LimitReader(&endless{}, 64<<20), strings.NewReader("Content-Length: 2\r\n\r\n{}"))
	in := newFrameReader(input, 1000)
	bytes := allocated(func() {
		if _, err := in.next(); !errors.Is(err, errTooLong) {
			t.Errorf("got %v, want too long", err)
		}
		if got, err := in.next(); err != nil || string(got) != "{}" {
			t.Errorf("after the skipped body: %q and %v", got, err)
		}
	})
	if bytes > 1<<20 {
		t.Errorf("%d bytes were allocated while 64 MiB were skipped", bytes)
	}
}
