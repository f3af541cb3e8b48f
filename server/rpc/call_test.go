package rpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// asks is a server with a request "ask", whose Work asks the client back.
func asks(conn **rpc.Conn) server {
	return server{"ask": later(func(ctx context.Context) (any, error) {
		var answer json.RawMessage
		err := (*conn).Call(ctx, "workspace/configuration", nil, &answer)
		return answer, err
	})}
}

func TestAWorkCanAskTheClient(t *testing.T) {
	for _, tc := range []struct{ name, answer, want string }{
		{"a result", `{"id":1,"result":[7]}`, `{"id":9,"result":[7]}`},
		{"a null result", `{"id":1,"result":null}`, `{"id":9,"result":null}`},
		{"a result that was left out", `{"id":1}`, `{"id":9,"result":null}`},
		{"a result beside a null error", `{"id":1,"result":[7],"error":null}`, `{"id":9,"result":[7]}`},
		{"an error", `{"id":1,"error":{"code":-32601,"message":"no","data":[1]}}`, `{"id":9,"error":{"code":-32601,"message":"no","data":[1]}}`},
		{"an error that is none", `{"id":1,"error":"no"}`, `{"id":9,"error":{"code":-32603,"message":"the client answered with an unreadable error"}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var conn *rpc.Conn
				e := ready(t, asks(&conn), rpc.Options{})
				conn = e.conn
				e.send(`{"id":9,"method":"ask"}`)
				e.expect(`{"id":1,"method":"workspace/configuration"}`)
				e.send(`{"id":2,"result":"of another call"}`)
				e.expect()
				e.send(tc.answer)
				e.expect(tc.want)
				e.send(tc.answer[:7] + `,"result":"twice"}`)
				e.expect()
			})
		})
	}
}

func TestAnAnswerOfTheWrongTypeIsAnError(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		failed := make(chan error, 1)
		go func() {
			var number int
			failed <- e.conn.Call(t.Context(), "a", nil, &number)
		}()
		synctest.Wait()
		e.send(`{"id":1,"result":"text"}`)
		if err := <-failed; err == nil {
			t.Error("text should not be taken for a number")
		}
	})
}

func TestACallThatIsGivenUpIsCancelledAtTheClient(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := e.conn.Call(ctx, "a", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the call returned %v", err)
		}
		e.expect(`{"id":1,"method":"a"}`, `{"method":"$/cancelRequest","params":{"id":1}}`)
		e.send(`{"id":1,"result":"too late"}`)
		e.expect()
	})
}

func TestCancellingARequestReachesItsCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var conn *rpc.Conn
		e := ready(t, asks(&conn), rpc.Options{})
		conn = e.conn
		e.send(`{"id":1,"method":"ask"}`)
		e.take()
		e.send(`{"method":"$/cancelRequest","params":{"id":1}}`)
		e.expect(cancelled, `{"method":"$/cancelRequest","params":{"id":1}}`)
	})
}

func TestTheEndOfTheSessionEndsCalls(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		failed := make(chan error, 1)
		go func() { failed <- e.conn.Call(t.Context(), "a", nil, nil) }()
		synctest.Wait()
		_ = e.in.Close()
		if err := <-failed; !errors.Is(err, rpc.ErrClosed) {
			t.Errorf("the call returned %v", err)
		}
		e.ends(1)
	})
}

func TestAnAnswerGoesAheadOfTheLane(t *testing.T) {
	bubble(t, func(t *testing.T) {
		open := make(chan struct{})
		var conn *rpc.Conn
		s := asks(&conn)
		s["block"] = func(context.Context, *rpc.Message) (any, rpc.Work, error) { <-open; return nil, nil, nil }
		e := ready(t, s, rpc.Options{})
		conn = e.conn
		e.send(`{"id":9,"method":"ask"}`)
		e.send(`{"method":"block"}`)
		e.take()
		e.send(`{"id":1,"result":5}`)
		e.expect(`{"id":9,"result":5}`)
		close(open)
	})
}
