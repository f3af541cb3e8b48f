package rpc_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

const (
	initializedNote = `{"jsonrpc":"2.0","method":"initialized","params":{}}`
	afterShutdown   = `{"id":1,"error":{"code":-32600,"message":"the server is shut down"}}`
)

// checkSession sends messages one by one to a new session; "EOF" closes the
// input and "SIGTERM" ends the context of Serve.
func checkSession(t *testing.T, send, want lines, code int) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		e := open(t, server{}, rpc.Options{})
		for _, body := range send {
			switch body {
			case "EOF":
				_ = e.in.Close()
			case "SIGTERM":
				e.stop()
			default:
				e.send(body)
			}
		}
		e.ends(code)
		e.expect(want...)
	})
}

func TestTheSessionHasItsOrder(t *testing.T) {
	for _, tc := range []struct {
		name string
		send lines
		want lines
		code int
	}{
		{"a whole session", lines{initialize, initializedNote, echo, shutdown, exit}, lines{initialized, echoed, shutdownDone}, 0},
		{"a request before initialize", lines{echo, "EOF"}, lines{`{"id":1,"error":{"code":-32002,"message":"the server is not initialized"}}`}, 1},
		{"shutdown before initialize", lines{shutdown, exit}, lines{`{"id":"s","error":{"code":-32002,"message":"the server is not initialized"}}`}, 1},
		{"initialize twice", lines{initialize, initialize, echo, "EOF"}, lines{initialized, `{"id":0,"error":{"code":-32600,"message":"the server is initialized already"}}`, echoed}, 1},
		{"a request after shutdown", lines{initialize, shutdown, echo, exit}, lines{initialized, shutdownDone, afterShutdown}, 0},
		{"shutdown twice", lines{initialize, shutdown, shutdown, exit}, lines{initialized, shutdownDone, `{"id":"s","error":{"code":-32600,"message":"the server is shut down"}}`}, 0},
		{"initialize after shutdown", lines{initialize, shutdown, initialize, exit}, lines{initialized, shutdownDone, `{"id":0,"error":{"code":-32600,"message":"the server is shut down"}}`}, 0},
		{"exit without shutdown", lines{initialize, exit}, lines{initialized}, 1},
		{"exit before initialize", lines{exit}, nil, 1},
		{"exit as a request", lines{`{"id":1,"method":"exit"}`}, nil, 1},
		{"the end of input without shutdown", lines{initialize, "EOF"}, lines{initialized}, 1},
		{"the end of input after shutdown", lines{initialize, shutdown, "EOF"}, lines{initialized, shutdownDone}, 0},
		{"SIGTERM", lines{initialize, "SIGTERM"}, lines{initialized}, 0},
		{"SIGTERM before anything", lines{"SIGTERM"}, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) { checkSession(t, tc.send, tc.want, tc.code) })
	}
}

func TestWhatIsWrittenAtOnceIsHandledInItsOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := open(t, server{}, rpc.Options{})
		e.raw(frame(initialize) + frame(shutdown) + frame(exit))
		e.ends(0)
		e.expect(initialized, shutdownDone)
	})
}

func TestTheDispatcherSeesTheSessionButNotItsMachinery(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var seen []string
		e := open(t, recorder{&seen}, rpc.Options{})
		for _, body := range []string{
			`{"method":"early"}`, initialize, initializedNote,
			`{"method":"$/cancelRequest","params":{"id":4}}`, `{"method":"window/workDoneProgress/cancel","params":{"token":1}}`,
			`{"method":"$/setTrace"}`, shutdown, `{"method":"late"}`, exit,
		} {
			e.send(body)
		}
		e.ends(0)
		if got := strings.Join(seen, " "); got != "initialize initialized $/setTrace shutdown" {
			t.Errorf("the dispatcher saw %s", got)
		}
	})
}

// recorder notes the methods that reach it.
type recorder struct{ methods *[]string }

func (r recorder) Dispatch(_ context.Context, m *rpc.Message) (any, rpc.Work, error) {
	*r.methods = append(*r.methods, m.Method)
	return nil, nil, nil
}

func TestAFailedInitializeMayBeTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tries := 0
		e := open(t, server{"initialize": func(context.Context, *rpc.Message) (any, rpc.Work, error) {
			if tries++; tries == 1 {
				return nil, nil, errors.New("no workspace")
			}
			return "fine", nil, nil
		}}, rpc.Options{})
		e.send(initialize)
		e.send(echo)
		e.send(initialize)
		e.send(echo)
		e.expect(`{"id":0,"error":{"code":-32803,"message":"no workspace"}}`,
			`{"id":1,"error":{"code":-32002,"message":"the server is not initialized"}}`, `{"id":0,"result":"fine"}`, echoed)
	})
}

func TestInitializeAsAWorkIsNotOvertaken(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := open(t, server{"initialize": later(func(context.Context) (any, error) {
			time.Sleep(time.Second)
			return nil, nil
		})}, rpc.Options{})
		e.raw(frame(initialize) + frame(echo))
		e.expect()
		time.Sleep(time.Second)
		e.expect(`{"id":0,"result":null}`, echoed)
	})
}

func TestShutdownCancelsWhatIsAtWorkAndWaitsForIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var ended atomic.Bool
		e := ready(t, server{
			"tidy": later(func(ctx context.Context) (any, error) {
				<-ctx.Done()
				time.Sleep(100 * time.Millisecond)
				ended.Store(true)
				return "tidy", nil
			}),
			"shutdown": func(ctx context.Context, _ *rpc.Message) (any, rpc.Work, error) {
				if !ended.Load() || ctx.Err() != nil {
					t.Error("the dispatcher should clean up after the Works, with a live context")
				}
				return nil, nil, errors.New("this is only logged")
			},
		}, rpc.Options{})
		e.send(`{"id":1,"method":"tidy"}`)
		e.send(`{"id":2,"method":"slow"}`)
		e.send(shutdown)
		time.Sleep(100 * time.Millisecond)
		e.expect(`{"id":2,"error":{"code":-32802,"message":"cancelled by the server"}}`, `{"id":1,"result":"tidy"}`, shutdownDone)
	})
}

// ignorant ignores its context until the test ends.
func ignorant(t *testing.T) server {
	t.Helper()
	release := make(chan struct{})
	t.Cleanup(func() { close(release); synctest.Wait() })
	wait := func(context.Context) (any, error) { <-release; return "too late", nil }
	return server{
		"ignorant": later(wait),
		"blocked":  func(context.Context, *rpc.Message) (any, rpc.Work, error) { <-release; return nil, nil, nil },
	}
}

// checkEnd measures how long a session takes to end, and what it still says.
func checkEnd(t *testing.T, e *editor, code int, most time.Duration, end func()) {
	t.Helper()
	begin := time.Now()
	end()
	e.ends(code)
	if took := time.Since(begin); took > most {
		t.Errorf("the end took %v, want at most %v", took, most)
	}
}

const gaveUp = `{"id":1,"error":{"code":-32802,"message":"the session is ending"}}`

func TestWorksThatIgnoreTheirContextDoNotHoldUpTheEnd(t *testing.T) {
	for _, tc := range []struct {
		name string
		code int
		want lines
		end  func(e *editor)
	}{
		{"shutdown and exit", 0, lines{gaveUp, shutdownDone}, func(e *editor) { e.raw(frame(shutdown) + frame(exit)) }},
		{"exit", 1, lines{gaveUp}, func(e *editor) { e.send(exit) }},
		{"end of input", 1, lines{gaveUp}, func(e *editor) { _ = e.in.Close() }},
		{"SIGTERM", 0, lines{gaveUp}, func(e *editor) { e.stop() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := ready(t, ignorant(t), rpc.Options{})
				e.send(`{"id":1,"method":"ignorant"}`)
				checkEnd(t, e, tc.code, 1900*time.Millisecond, func() { tc.end(e) })
				e.expect(tc.want...)
			})
		})
	}
}

func TestShutdownIsAnsweredWithinASecond(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, ignorant(t), rpc.Options{})
		e.send(`{"id":1,"method":"ignorant"}`)
		e.send(shutdown)
		e.send(`{"id":2,"method":"echo"}`)
		time.Sleep(time.Second)
		e.expect(gaveUp, shutdownDone, `{"id":2,"error":{"code":-32600,"message":"the server is shut down"}}`)
		e.send(exit)
	})
}

func TestABlockedLaneDoesNotHoldUpTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, ignorant(t), rpc.Options{})
		e.send(`{"id":1,"method":"blocked"}`)
		e.send(`{"id":2,"method":"echo"}`)
		checkEnd(t, e, 1, 1900*time.Millisecond, func() { e.send(exit) })
		if got := e.take(); len(got) != 2 {
			t.Errorf("both requests should be given up, got %v", got)
		}
	})
}

func TestALaneThatIsFreedAfterTheEndDoesNothingMore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		release := make(chan struct{})
		e := ready(t, server{
			"block": func(context.Context, *rpc.Message) (any, rpc.Work, error) { <-release; return nil, nil, nil },
			"write": func(context.Context, *rpc.Message) (any, rpc.Work, error) {
				t.Error("a message was handled after Serve had returned")
				return nil, nil, nil
			},
		}, rpc.Options{})
		e.send(`{"method":"block"}`)
		e.send(`{"method":"write"}`)
		_ = e.in.Close()
		e.ends(1)
		close(release)
		synctest.Wait()
	})
}

func TestWhatIsDispatchedAtTheEndStartsNoWork(t *testing.T) {
	bubble(t, func(t *testing.T) {
		start := later(func(context.Context) (any, error) { t.Error("a Work was started"); return nil, nil })
		e := ready(t, server{
			"save": start, "hover": start,
			"block": func(context.Context, *rpc.Message) (any, rpc.Work, error) {
				time.Sleep(time.Millisecond)
				return nil, nil, nil
			},
		}, rpc.Options{})
		e.send(`{"method":"block"}`)
		e.send(`{"method":"save"}`)
		e.send(`{"id":1,"method":"hover"}`)
		_ = e.in.Close()
		e.ends(1)
		e.expect(`{"id":1,"error":{"code":-32802,"message":"cancelled by the server"}}`)
	})
}

func TestInitializeIsDoneAlsoWhenTheInputEndsBehindIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := open(t, server{"initialize": later(func(ctx context.Context) (any, error) {
			time.Sleep(time.Millisecond)
			return "fine", ctx.Err()
		})}, rpc.Options{})
		e.send(initialize)
		_ = e.in.Close()
		e.ends(1)
		e.expect(`{"id":0,"result":"fine"}`)
	})
}

func TestAClientThatReadsNothingDoesNotHoldUpTheEnd(t *testing.T) {
	for _, tc := range []struct {
		name string
		code int
		end  func(e *editor)
	}{
		{"shutdown and exit", 0, func(e *editor) { e.raw(frame(shutdown) + frame(exit)) }},
		{"end of input", 1, func(e *editor) { _ = e.in.Close() }},
		{"SIGTERM", 0, func(e *editor) { e.stop() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				e := launch(t, ignorant(t), rpc.Options{})
				e.send(initialize)
				e.send(`{"id":1,"method":"ignorant"}`)
				checkEnd(t, e, tc.code, 1900*time.Millisecond, func() { tc.end(e) })
			})
		})
	}
}

func TestTheEndOfInputIsSeenWhileReadingHasStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{MaxQueued: 1})
		e.send(initialize) // the writer hangs in its answer
		e.send(`{}`)       // and this refusal is more than may wait
		checkEnd(t, e, 1, 1900*time.Millisecond, func() { _ = e.in.Close() })
	})
}

func TestTheEndIsQuickWhereWorksObey(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		e.send(`{"id":1,"method":"slow"}`)
		checkEnd(t, e, 1, 0, func() { _ = e.in.Close() })
		e.expect(`{"id":1,"error":{"code":-32802,"message":"cancelled by the server"}}`)
	})
}

func TestABrokenPipeEndsTheSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		_ = e.out.Close()
		e.send(echo)
		e.ends(1)
	})
}

func TestServeIsCalledOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		if code := e.conn.Serve(t.Context(), server{}); code != 1 {
			t.Errorf("the second Serve returned %d, want 1", code)
		}
		e.send(echo)
		e.expect(echoed)
	})
}

func TestTheClientsProcessIsWatched(t *testing.T) {
	for _, tc := range []struct {
		name   string
		params string
		alive  bool // at the time of initialize
		ends   bool
	}{
		{"a process that goes", `{"processId":123}`, true, true},
		{"a process that was never seen", `{"processId":123}`, false, false},
		{"no process", `{"processId":null}`, true, false},
		{"a negative process", `{"processId":-1}`, true, false},
		{"a process number that no system has", `{"processId":5000000000}`, true, false},
		{"no params", `null`, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var alive atomic.Bool
				alive.Store(tc.alive)
				e := open(t, server{}, rpc.Options{ParentPoll: time.Minute, ProcessAlive: func(int) bool { return alive.Load() }})
				e.send(`{"id":0,"method":"initialize","params":` + tc.params + `}`)
				time.Sleep(10 * time.Minute)
				alive.Store(false)
				time.Sleep(time.Minute)
				synctest.Wait()
				select {
				case code := <-e.code:
					if !tc.ends || code != 1 {
						t.Errorf("the session ended with %d", code)
					}
				default:
					if tc.ends {
						t.Error("the session goes on")
					}
				}
			})
		})
	}
}
