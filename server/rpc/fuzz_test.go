package rpc_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// FuzzSession feeds any bytes to a session. It has to end, to write nothing
// but whole messages, and to answer no id more often than it was asked.
func FuzzSession(f *testing.F) {
	for _, seed := range []string{
		"",
		frame(initialize) + frame(echo) + frame(shutdown) + frame(exit),
		frame(initialize) + frame(`{"id":1,"method":"slow"}`) + frame(`{"method":"$/cancelRequest","params":{"id":1}}`),
		frame(initialize) + frame(`{"id":1,"method":"slow"}`) + frame(`{"id":1,"method":"slow"}`),
		frame(initialize) + frame(`{"id":1,"method":"panic"}`) + frame(`{"id":"\u0061","method":"slow"}`) + frame(`{"id":"a","method":"slow"}`),
		frame(initialize) + frame(`[]`) + frame(`{}`) + frame(`{"id":1}`) + frame(`{"id":1,"result":1}`) + frame(`{"id":1,"error":{}}`),
		frame(initialize) + frame(`{"method":"window/workDoneProgress/cancel","params":{"token":1}}`) + frame(`{"half`),
		"content-length:2\n\n{}Content-Length: 99999999999\r\n\r\n",
		"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
	} {
		f.Add([]byte(seed))
	}
	s := server{"panic": later(func(context.Context) (any, error) { panic("boom") })}
	f.Fuzz(func(t *testing.T, input []byte) {
		var out bytes.Buffer
		conn := rpc.New(bytes.NewReader(input), &out, rpc.Options{MaxBody: 1 << 16, ProcessAlive: func(int) bool { return true }})
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		defer stop()
		conn.Serve(ctx, s)
		if ctx.Err() != nil {
			t.Fatal("the session did not end")
		}
		checkAnswers(t, input, &out)
	})
}

func checkAnswers(t *testing.T, input []byte, out io.Reader) {
	t.Helper()
	answers := map[string]int{}
	in := bufio.NewReader(out)
	for {
		body, err := readFrame(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not a whole message: %v", err)
		}
		if !json.Valid([]byte(body)) {
			t.Fatalf("not JSON: %q", body)
		}
		answers[idOf(t, body)]++
	}
	asked := askedIDs(input)
	for id, n := range answers {
		if id != "null" && n > asked[id] {
			t.Fatalf("id %s was answered %d times and asked %d times", id, n, asked[id])
		}
	}
}

// askedIDs counts the ids of all JSON objects anywhere in input, so that it
// needs no opinion of its own on where messages begin.
func askedIDs(input []byte) map[string]int {
	asked := map[string]int{}
	for i, b := range input {
		if b != '{' {
			continue
		}
		var members map[string]json.RawMessage
		if json.NewDecoder(bytes.NewReader(input[i:])).Decode(&members) == nil {
			asked[string(members["id"])]++
		}
	}
	return asked
}
