package rpc_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// server is a Dispatcher made of one function for each method.
type server map[string]func(ctx context.Context, m *rpc.Message) (any, rpc.Work, error)

func (s server) Dispatch(ctx context.Context, m *rpc.Message) (any, rpc.Work, error) {
	if f, ok := s[m.Method]; ok {
		return f(ctx, m)
	}
	switch m.Method {
	case "initialize":
		return map[string]any{"capabilities": struct{}{}}, nil, nil
	case "initialized", "shutdown":
		return nil, nil, nil
	case "echo":
		return m.Params, nil, nil
	case "slow": // until it is cancelled
		return nil, func(ctx context.Context) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, nil
	}
	return nil, nil, rpc.UnknownMethod(m.Method)
}

// later is a request whose Work is f.
func later(f rpc.Work) func(context.Context, *rpc.Message) (any, rpc.Work, error) {
	return func(context.Context, *rpc.Message) (any, rpc.Work, error) { return nil, f, nil }
}

// editor is a client in the same process. Its methods fail the test where the
// wire is broken.
type editor struct {
	t    testing.TB
	conn *rpc.Conn
	stop context.CancelFunc // ends the context of Serve
	in   *io.PipeWriter     // what the server reads
	out  *io.PipeReader     // what the server writes
	code chan int

	mu  sync.Mutex
	got []string // bodies in order of arrival
}

// launch starts a session whose output nobody reads yet.
func launch(t testing.TB, s rpc.Dispatcher, o rpc.Options) *editor {
	t.Helper()
	serverIn, in := io.Pipe()
	out, serverOut := io.Pipe()
	return launchOn(t, rpc.New(serverIn, serverOut, o), s, in, out)
}

func launchOn(t testing.TB, conn *rpc.Conn, s rpc.Dispatcher, in *io.PipeWriter, out *io.PipeReader) *editor {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	e := &editor{t: t, conn: conn, stop: stop, in: in, out: out, code: make(chan int, 1)}
	go func() { e.code <- conn.Serve(ctx, s) }()
	t.Cleanup(func() { stop(); _ = in.Close(); _ = out.Close() })
	return e
}

// open starts a session whose output is read all the time.
func open(t testing.TB, s rpc.Dispatcher, o rpc.Options) *editor {
	t.Helper()
	e := launch(t, s, o)
	go e.read(nil)
	return e
}

// ready is open with initialize behind it and its answer forgotten.
func ready(t testing.TB, s rpc.Dispatcher, o rpc.Options) *editor {
	t.Helper()
	e := open(t, s, o)
	e.send(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}`)
	e.take()
	return e
}

// read collects what the server writes until its end, and calls each.
func (e *editor) read(each func(body string)) {
	in := bufio.NewReader(e.out)
	for {
		body, err := readFrame(in)
		if err != nil {
			return
		}
		e.mu.Lock()
		e.got = append(e.got, body)
		e.mu.Unlock()
		if each != nil {
			each(body)
		}
	}
}

func readFrame(in *bufio.Reader) (string, error) {
	header, err := textproto.NewReader(in).ReadMIMEHeader()
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return "", err
	}
	body := make([]byte, n)
	_, err = io.ReadFull(in, body)
	return string(body), err
}

func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

// send writes one message and waits until the session has nothing to do but
// wait itself. It needs a synctest bubble.
func (e *editor) send(body string) {
	e.t.Helper()
	e.raw(frame(body))
}

func (e *editor) raw(bytes string) {
	e.t.Helper()
	if _, err := io.WriteString(e.in, bytes); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		e.t.Fatalf("write to the server: %v", err)
	}
	synctest.Wait()
}

// take returns what has arrived since the last time, and checks that each is
// valid JSON.
func (e *editor) take() []string {
	e.t.Helper()
	synctest.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	got := e.got
	e.got = nil
	for _, body := range got {
		if !json.Valid([]byte(body)) {
			e.t.Errorf("the server sent no JSON: %s", body)
		}
	}
	return got
}

// expect compares what has arrived with want, without the constant member.
func (e *editor) expect(want ...string) {
	e.t.Helper()
	got := e.take()
	for i := range got {
		got[i] = strings.Replace(got[i], `"jsonrpc":"2.0",`, "", 1)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		e.t.Errorf("the server sent\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// ends checks the exit code of a session that ends by itself.
func (e *editor) ends(want int) {
	e.t.Helper()
	if got := <-e.code; got != want {
		e.t.Errorf("exit code %d, want %d", got, want)
	}
}

// bubble runs test with a clock of its own. It fails when a goroutine stays.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
