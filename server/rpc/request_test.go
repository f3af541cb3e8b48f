package rpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

const cancelled = `{"id":1,"error":{"code":-32800,"message":"cancelled"}}`

func TestACancelledRequestIsAnsweredAtOnceAndOnlyOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		causes := make(chan error, 1)
		e := ready(t, server{"late": later(func(ctx context.Context) (any, error) {
			<-ctx.Done()
			causes <- ctx.Err()
			time.Sleep(time.Second)
			return "a late result", nil
		})}, rpc.Options{})
		e.send(`{"id":1,"method":"late"}`)
		e.send(`{"method":"$/cancelRequest","params":{"id":1}}`)
		e.expect(cancelled)
		if err := <-causes; !errors.Is(err, context.Canceled) {
			t.Errorf("the Work's context ended with %v", err)
		}
		e.send(`{"method":"$/cancelRequest","params":{"id":1}}`)
		time.Sleep(2 * time.Second)
		e.expect()
	})
}

func TestACancelledIdCanBeUsedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		e.send(`{"id":1,"method":"slow"}`)
		e.send(`{"method":"$/cancelRequest","params":{"id":1}}`)
		e.send(echo)
		e.expect(cancelled, echoed)
	})
}

func TestCancellingFindsAnotherSpellingOfTheSameString(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		e.send(`{"id":"ä","method":"slow"}`)
		e.send(`{"method":"$/cancelRequest","params":{"id":"\u00e4"}}`)
		e.expect(`{"id":"ä","error":{"code":-32800,"message":"cancelled"}}`)
	})
}

func TestCancellingGoesAheadOfTheLane(t *testing.T) {
	bubble(t, func(t *testing.T) {
		open, tokens := make(chan struct{}), make(chan string, 1)
		var ran []string
		e := ready(t, server{
			"block": func(context.Context, *rpc.Message) (any, rpc.Work, error) { <-open; return nil, nil, nil },
			"skip": func(context.Context, *rpc.Message) (any, rpc.Work, error) {
				ran = append(ran, "skip")
				return nil, nil, nil
			},
		}, rpc.Options{ProgressCancelled: func(token json.RawMessage) { tokens <- string(token) }})
		e.send(`{"method":"block"}`)
		e.send(`{"id":1,"method":"skip"}`)
		e.send(`{"method":"$/cancelRequest","params":{"id":1}}`)
		e.send(`{"method":"window/workDoneProgress/cancel","params":{"token":"review-7"}}`)
		e.expect(cancelled)
		if got := <-tokens; got != `"review-7"` {
			t.Errorf("the cancelled progress was %s", got)
		}
		close(open)
		e.send(echo)
		e.expect(echoed)
		if len(ran) != 0 {
			t.Error("a request that was cancelled before its turn should not be dispatched")
		}
	})
}

func TestNoProgressIsCancelledBeforeInitialize(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var tokens []string
		e := open(t, server{}, rpc.Options{ProgressCancelled: func(token json.RawMessage) { tokens = append(tokens, string(token)) }})
		const cancel = `{"method":"window/workDoneProgress/cancel","params":{"token":1}}`
		e.send(cancel)
		e.send(`{"method":"window/workDoneProgress/cancel"}`)
		e.send(initialize)
		if e.send(`{"method":"window/workDoneProgress/cancel","params":{"token":[]}}`); len(tokens) != 0 {
			t.Errorf("cancelled %v", tokens)
		}
		if e.send(cancel); len(tokens) != 1 {
			t.Errorf("cancelled %v, want the one progress", tokens)
		}
	})
}

func TestInitializeAndShutdownAreNotCancelled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		wait := later(func(ctx context.Context) (any, error) {
			time.Sleep(time.Millisecond)
			return nil, ctx.Err()
		})
		e := open(t, server{"initialize": wait, "shutdown": wait}, rpc.Options{})
		e.raw(frame(initialize) + frame(`{"method":"$/cancelRequest","params":{"id":0}}`))
		time.Sleep(time.Millisecond)
		e.raw(frame(shutdown) + frame(`{"method":"$/cancelRequest","params":{"id":"s"}}`))
		time.Sleep(time.Millisecond)
		e.expect(`{"id":0,"result":null}`, shutdownDone)
	})
}

func TestASecondRequestWithAnIdInUseIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		e.send(`{"id":1,"method":"slow"}`)
		e.send(echo)
		e.expect(`{"id":1,"error":{"code":-32600,"message":"a request with this id is not answered yet"}}`)
		e.send(`{"method":"$/cancelRequest","params":{"id":1}}`)
		e.expect(cancelled)
	})
}

func TestRequestsAboveTheBoundAreRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{MaxWorks: 1})
		e.send(`{"id":1,"method":"slow"}`)
		e.send(`{"id":2,"method":"slow"}`)
		e.send(`{"id":3,"method":"echo"}`)
		e.expect(`{"id":2,"error":{"code":-32803,"message":"too many requests at once"}}`, `{"id":3,"result":null}`)
	})
}

func TestWhatComesBackIsWhatTheClientIsTold(t *testing.T) {
	inner := &rpc.Error{Code: rpc.ContentModified, Message: "changed", Data: map[string]int{"version": 3}}
	var typedNil *struct{}
	var noError *rpc.Error
	for _, tc := range []struct {
		name   string
		result any
		err    error
		want   string
	}{
		{"no result is null", nil, nil, `"result":null`},
		{"a typed nil is null", typedNil, nil, `"result":null`},
		{"raw JSON stays as it is", json.RawMessage(`{"a":12345678901234567}`), nil, `"result":{"a":12345678901234567}`},
		{"code is not escaped for HTML", "a < b && c", nil, `"result":"a < b && c"`},
		{"a result that cannot be encoded", func() {}, nil, `"error":{"code":-32603,"message":"the result could not be encoded"}`},
		{"a result whose encoding panics", bomb{}, nil, `"error":{"code":-32603,"message":"the result could not be encoded"}`},
		{"an Error keeps its code and data", nil, inner, `"error":{"code":-32801,"message":"changed","data":{"version":3}}`},
		{"an Error inside another", nil, fmt.Errorf("resolve: %w", inner), `"error":{"code":-32801,"message":"changed","data":{"version":3}}`},
		{"an Error whose data cannot be encoded", nil, &rpc.Error{Code: 5, Message: "five", Data: func() {}}, `"error":{"code":5,"message":"five"}`},
		{"a nil Error that is no nil error", nil, noError, `"error":{"code":-32603,"message":"internal error"}`},
		{"any other error", nil, errors.New("no such finding"), `"error":{"code":-32803,"message":"no such finding"}`},
		{"a time-out", nil, context.DeadlineExceeded, `"error":{"code":-32803,"message":"context deadline exceeded"}`},
		{"a cancellation that was not the client's", nil, context.Canceled, `"error":{"code":-32802,"message":"cancelled by the server"}`},
		{"an error beside a result", 5, errors.New("half"), `"error":{"code":-32803,"message":"half"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := ready(t, server{
					"now":   func(context.Context, *rpc.Message) (any, rpc.Work, error) { return tc.result, nil, tc.err },
					"later": later(func(context.Context) (any, error) { return tc.result, tc.err }),
				}, rpc.Options{})
				e.send(`{"id":1,"method":"now"}`)
				e.send(`{"id":2,"method":"later"}`)
				e.expect(`{"id":1,`+tc.want+`}`, `{"id":2,`+tc.want+`}`)
			})
		})
	}
}

// bomb panics where it is encoded.
type bomb struct{}

func (bomb) MarshalJSON() ([]byte, error) { panic("boom") }

// journal collects what the Conn logs.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) log(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

func TestAPanicIsAnsweredLoggedAndSurvived(t *testing.T) {
	const internal = `"error":{"code":-32603,"message":"internal error"}}`
	explode := func(context.Context, *rpc.Message) (any, rpc.Work, error) { panic("boom") }
	for _, tc := range []struct {
		name, send string
		want       lines
	}{
		{"on the lane", `{"id":5,"method":"now"}`, lines{`{"id":5,` + internal}},
		{"in a Work", `{"id":5,"method":"later"}`, lines{`{"id":5,` + internal}},
		{"in a notification", `{"method":"now"}`, nil},
		{"in a notification's Work", `{"method":"later"}`, nil},
		{"in ProgressCancelled", `{"method":"window/workDoneProgress/cancel","params":{"token":1}}`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var j journal
				e := ready(t, server{"now": explode, "later": later(func(context.Context) (any, error) { panic("boom") })},
					rpc.Options{Log: j.log, ProgressCancelled: func(json.RawMessage) { panic("boom") }})
				e.send(tc.send)
				e.expect(tc.want...)
				e.send(echo)
				e.expect(echoed)
				if text := j.String(); !strings.Contains(text, "panic: boom") || !strings.Contains(text, "request_test.go") {
					t.Errorf("the panic and its stack should be logged, got:\n%s", text)
				}
			})
		})
	}
}

func TestErrorsOfNotificationsAreLogged(t *testing.T) {
	for _, tc := range []struct{ name, method, want string }{
		{"an unknown one", "x/y", `x/y: method "x/y" is not supported (-32601)`},
		{"an unknown one that may be ignored", "$/x", ""},
		{"one that fails", "fails", "fails: no such document"},
		{"one whose Work fails", "fails/later", "fails/later: no such document"},
		{"one whose Work is cancelled", "cancelled", ""},
		{"one that fails with a nil Error", "nil", "nil: <nil>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				failure := errors.New("no such document")
				var j journal
				e := ready(t, server{
					"fails":       func(context.Context, *rpc.Message) (any, rpc.Work, error) { return nil, nil, failure },
					"fails/later": later(func(context.Context) (any, error) { return nil, failure }),
					"nil":         func(context.Context, *rpc.Message) (any, rpc.Work, error) { return nil, nil, (*rpc.Error)(nil) },
					"cancelled":   later(func(context.Context) (any, error) { return nil, context.Canceled }),
				}, rpc.Options{Log: j.log})
				e.send(`{"method":"` + tc.method + `"}`)
				e.expect()
				if got := j.String(); got != tc.want {
					t.Errorf("the log has %q, want %q", got, tc.want)
				}
			})
		})
	}
}

func TestALongTurnOfTheLaneIsLogged(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var j journal
		e := ready(t, server{"heavy": func(context.Context, *rpc.Message) (any, rpc.Work, error) {
			time.Sleep(30 * time.Millisecond)
			return nil, nil, nil
		}}, rpc.Options{Log: j.log})
		e.send(`{"method":"heavy"}`)
		e.send(`{"id":1,"method":"heavy"}`)
		time.Sleep(time.Second)
		if got, want := j.String(), "heavy held up the lane for 30ms\nheavy held up the lane for 30ms"; got != want {
			t.Errorf("the log has %q, want %q", got, want)
		}
	})
}

func TestNotificationsKeepTheirOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const changes = 5000
		var seen []string
		e := ready(t, server{
			"didChange": func(_ context.Context, m *rpc.Message) (any, rpc.Work, error) {
				seen = append(seen, string(m.Params))
				return nil, nil, nil
			},
			"hover": func(context.Context, *rpc.Message) (any, rpc.Work, error) {
				version := len(seen) // the snapshot: what came before, and nothing after
				return nil, func(context.Context) (any, error) { return version, nil }, nil
			},
		}, rpc.Options{})
		for i := range changes {
			e.raw(frame(fmt.Sprintf(`{"method":"didChange","params":[%d]}`, i)) + frame(fmt.Sprintf(`{"id":%d,"method":"hover"}`, i)))
		}
		for i, params := range seen {
			if params != fmt.Sprintf("[%d]", i) {
				t.Fatalf("change %d was %s", i, params)
			}
		}
		got := e.take()
		if len(seen) != changes || len(got) != changes {
			t.Fatalf("%d changes and %d answers, want %d", len(seen), len(got), changes)
		}
		for i, body := range got {
			if want := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"result":%d}`, i, i+1); body != want {
				t.Fatalf("answer %d is %s, want %s", i, body, want)
			}
		}
	})
}

func TestAHoverIsAnsweredBesideTwoHundredSlowRequests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{"hover": later(func(context.Context) (any, error) { return "here", nil })}, rpc.Options{})
		for i := range 200 {
			e.send(fmt.Sprintf(`{"id":"slow-%d","method":"slow"}`, i))
		}
		e.send(`{"id":1,"method":"hover"}`)
		e.expect(`{"id":1,"result":"here"}`)
	})
}

func TestTraceSeesEachMessageBothWays(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []string
		e := open(t, server{}, rpc.Options{Trace: func(from string, message []byte) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, from+" "+string(message))
			panic("a fault in the tracer is survived")
		}})
		e.send(initialize)
		e.send(`{"half`)
		mu.Lock()
		defer mu.Unlock()
		got := strings.ReplaceAll(strings.Join(seen, "\n"), `"jsonrpc":"2.0",`, "")
		want := strings.ReplaceAll("client "+initialize+"\nserver "+initialized+"\nclient {\"half\nserver "+notJSON, `"jsonrpc":"2.0",`, "")
		if got != want {
			t.Errorf("traced\n%s\nwant\n%s", got, want)
		}
	})
}
