package rpc_test

import (
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

const (
	initialize   = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}`
	initialized  = `{"id":0,"result":{"capabilities":{}}}`
	shutdown     = `{"jsonrpc":"2.0","id":"s","method":"shutdown"}`
	shutdownDone = `{"id":"s","result":null}`
	exit         = `{"jsonrpc":"2.0","method":"exit"}`
	echo         = `{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}`
	echoed       = `{"id":1,"result":[1]}`
	notJSON      = `{"id":null,"error":{"code":-32700,"message":"message is not valid JSON"}}`
	notMessage   = `{"id":null,"error":{"code":-32600,"message":"message is neither request, notification nor response"}}`
	notObject    = `{"id":null,"error":{"code":-32600,"message":"message is not a JSON object"}}`
	tooLong      = `{"id":null,"error":{"code":-32600,"message":"message is longer than 1000 bytes"}}`
	lostLength   = `{"id":null,"error":{"code":-32700,"message":"broken header: no Content-Length"}}`
	badLength    = `{"id":null,"error":{"code":-32700,"message":"broken header: Content-Length is not a length"}}`
	longHeader   = `{"id":null,"error":{"code":-32700,"message":"broken header: longer than 8192 bytes"}}`
)

// lines are messages in the order in which they come.
type lines []string

// checkWire sends raw bytes to an initialized server, then an echo, then ends
// the input: a server that goes on answers the echo.
func checkWire(t *testing.T, send string, want lines, goesOn bool) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{MaxBody: 1000})
		e.raw(send)
		if goesOn {
			want = append(want, echoed)
			e.send(echo)
		}
		e.expect(want...)
		_ = e.in.Close()
		e.ends(1)
		e.expect()
	})
}

func TestWhatIsBrokenOnTheWireIsAnsweredAndTheRestGoesOn(t *testing.T) {
	for _, tc := range []struct {
		name string
		send string
		want lines
	}{
		{"a body that is not JSON", frame(`{"id":7,`), lines{notJSON}},
		{"an empty body", frame(""), lines{notJSON}},
		{"two values in one body", frame(`{} {}`), lines{notJSON}},
		{"an empty object", frame(`{}`), lines{notMessage}},
		{"a batch", frame("[" + echo + "]"), lines{notObject}},
		{"a number", frame(`5`), lines{notObject}},
		{"null", frame(`null`), lines{notMessage}},
		{"an id and nothing else", frame(`{"id":5}`), lines{notMessage}},
		{"a null id and nothing else", frame(`{"id":null}`), lines{notMessage}},
		{"a request whose id is null", frame(`{"id":null,"method":"echo"}`), lines{`{"id":null,"error":{"code":-32600,"message":"id is neither a string nor a number"}}`}},
		{"a request whose id is an object", frame(`{"id":{},"method":"echo"}`), lines{`{"id":null,"error":{"code":-32600,"message":"id is neither a string nor a number"}}`}},
		{"a method that is a number", frame(`{"id":5,"method":7}`), lines{`{"id":5,"error":{"code":-32600,"message":"method is not a string"}}`}},
		{"member names in capitals", frame(`{"ID":5,"METHOD":"echo"}`), lines{notMessage}},
		{"a body above the limit is skipped", frame(strings.Repeat("x", 1001)), lines{tooLong}},
		{"a response that nobody waits for", frame(`{"id":5,"result":null}`), nil},
		{"an error without an id, which answers a message we cannot have sent", frame(`{"id":null,"error":{"code":-32700,"message":""}}`), nil},
		{"an unknown request", frame(`{"id":5,"method":"x/y"}`), lines{`{"id":5,"error":{"code":-32601,"message":"method \"x/y\" is not supported"}}`}},
		{"an unknown request that begins with $/", frame(`{"id":5,"method":"$/x"}`), lines{`{"id":5,"error":{"code":-32601,"message":"method \"$/x\" is not supported"}}`}},
		{"an unknown notification", frame(`{"method":"x/y"}`), nil},
		{"initialize as a notification", frame(`{"method":"initialize"}`), nil},
		{"a cancellation of nothing", frame(`{"method":"$/cancelRequest","params":{"id":99}}`), nil},
		{"a cancellation without an id", frame(`{"method":"$/cancelRequest"}`), nil},
	} {
		t.Run(tc.name, func(t *testing.T) { checkWire(t, tc.send, tc.want, true) })
	}
}

func TestHeadersAreReadAsLSPWritesThem(t *testing.T) {
	const body = `{"id":5,"method":"echo","params":{}}` // 36 bytes
	for _, tc := range []struct{ name, header string }{
		{"as usual", "Content-Length: 36\r\n\r\n"},
		{"in small letters", "content-length: 36\r\n\r\n"},
		{"without a space", "Content-Length:36\r\n\r\n"},
		{"with more spaces", "Content-Length :  36 \r\n\r\n"},
		{"behind another field", "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 36\r\n\r\n"},
		{"before another field", "Content-Length: 36\r\nX-Other: 1\r\n\r\n"},
		{"twice the same", "Content-Length: 36\r\nContent-Length: 36\r\n\r\n"},
		{"with leading zeros", "Content-Length: 0036\r\n\r\n"},
		{"with bare line feeds", "Content-Length: 36\n\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			checkWire(t, tc.header+body, lines{`{"id":5,"result":{}}`}, true)
		})
	}
}

func TestALostFramingEndsTheSession(t *testing.T) {
	for _, tc := range []struct {
		name string
		send string
		want string
	}{
		{"no Content-Length", "Content-Type: x\r\n\r\n{}", lostLength},
		{"an empty header block", "\r\n{}", lostLength},
		{"a negative length", "Content-Length: -1\r\n\r\n", badLength},
		{"a length with a sign", "Content-Length: +2\r\n\r\n{}", badLength},
		{"a length that overflows", "Content-Length: 9223372036854775808\r\n\r\n", badLength},
		{"a length in words", "Content-Length: two\r\n\r\n{}", badLength},
		{"no length after the colon", "Content-Length:\r\n\r\n{}", badLength},
		{"two different lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", `{"id":null,"error":{"code":-32700,"message":"broken header: two different Content-Lengths"}}`},
		{"a line without a colon", "hello\r\n\r\n", `{"id":null,"error":{"code":-32700,"message":"broken header: a line without a colon"}}`},
		{"a line without an end", strings.Repeat("x", 1<<20), longHeader},
		{"a block without an end", strings.Repeat("X: y\r\n", 1<<20), longHeader},
	} {
		t.Run(tc.name, func(t *testing.T) { checkWire(t, tc.send, lines{tc.want}, false) })
	}
}

func TestAnAnnouncedBodyOfFourGibibytesIsRefusedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{MaxBody: 1000})
		e.raw("Content-Length: 4294967296\r\n\r\n")
		e.expect(tooLong)
		e.raw("only the beginning of it")
		_ = e.in.Close()
		e.ends(1)
	})
}

func TestTheEndOfInputInsideAMessageIsAnEnd(t *testing.T) {
	for _, tc := range []struct{ name, send string }{
		{"in a header", "Content-Le"},
		{"after a header line", "Content-Length: 10\r\n"},
		{"in a body", "Content-Length: 10\r\n\r\n{"},
		{"before a body", "Content-Length: 10\r\n\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkWire(t, tc.send, nil, false) })
	}
}

func TestIdsComeBackAsTheyWereWritten(t *testing.T) {
	for _, id := range []string{`1`, `"1"`, `5000000000`, `"ä\u00e4\n"`, `-3`, `1.5`, `""`} {
		t.Run(id, func(t *testing.T) {
			checkWire(t, frame(`{"id":`+id+`,"method":"echo","params":{}}`), lines{`{"id":` + id + `,"result":{}}`}, true)
		})
	}
}

func TestAnAbsentParamsMemberIsNil(t *testing.T) {
	checkWire(t, frame(`{"id":5,"method":"echo"}`)+frame(`{"id":6,"method":"echo","params":null}`),
		lines{`{"id":5,"result":null}`, `{"id":6,"result":null}`}, true)
}
