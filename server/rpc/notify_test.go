package rpc_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

// progress is the kind of params that is merged: text that has to stay whole.
type progress struct {
	Text string `json:"text"`
}

func join(older, newer any) any { return progress{older.(progress).Text + newer.(progress).Text} }

// must fails the test on an error of ours that should not be.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestNotificationsAreSentInOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		must(t, e.conn.Notify("a", nil))
		must(t, e.conn.Notify("b", []int{1}))
		must(t, e.conn.Flush(t.Context()))
		e.expect(`{"method":"a"}`, `{"method":"b","params":[1]}`)
	})
}

func TestParamsAreEncodedBeforeNotifyReturns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{})
		params := []int{1}
		must(t, e.conn.Notify("a", params))
		params[0] = 2
		go e.read(nil)
		e.expect(`{"method":"a","params":[1]}`)
	})
}

func TestParamsThatCannotBeEncodedAreAnErrorAndNotHalfAFrame(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var j journal
		e := ready(t, server{}, rpc.Options{Log: j.log})
		if err := e.conn.Notify("a", func() {}); err == nil {
			t.Error("Notify should say that its params cannot be encoded")
		}
		if err := e.conn.Call(t.Context(), "b", bomb{}, nil); err == nil {
			t.Error("Call should say that its params cannot be encoded")
		}
		must(t, e.conn.NotifyMerged("key", "c", bomb{}, nil))
		must(t, e.conn.Notify("d", nil))
		e.expect(`{"method":"d"}`)
		if !strings.Contains(j.String(), "notification c dropped") {
			t.Errorf("the log has %q", j.String())
		}
	})
}

func TestMergedNotificationsReplaceTheUnsentOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{})
		must(t, e.conn.Notify("first", nil)) // the writer hangs in this one
		synctest.Wait()
		must(t, e.conn.NotifyMerged("uri", "publish", 1, nil))
		must(t, e.conn.NotifyMerged("token", "progress", progress{"a"}, join))
		must(t, e.conn.NotifyMerged("uri", "publish", 2, nil))
		must(t, e.conn.Notify("last", nil))
		must(t, e.conn.NotifyMerged("token", "progress", progress{"b"}, join))
		must(t, e.conn.NotifyMerged("uri", "publish", 3, nil))
		must(t, e.conn.NotifyMerged("", "plain", 4, nil))
		go e.read(nil)
		e.expect(`{"method":"first"}`, `{"method":"publish","params":3}`, `{"method":"progress","params":{"text":"ab"}}`,
			`{"method":"last"}`, `{"method":"plain","params":4}`)
		must(t, e.conn.NotifyMerged("uri", "publish", 5, nil))
		e.expect(`{"method":"publish","params":5}`)
	})
}

func TestManyMergedReportsAreOneWholeTextAndLittleMemory(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{MaxQueued: 1000})
		must(t, e.conn.Notify("first", nil)) // the writer hangs in this one
		synctest.Wait()
		const reports = 10_000
		for range reports {
			must(t, e.conn.NotifyMerged("token", "progress", progress{"z"}, join))
		}
		go e.read(nil)
		e.expect(`{"method":"first"}`, `{"method":"progress","params":{"text":"`+strings.Repeat("z", reports)+`"}}`)
	})
}

func TestNotificationsAreRefusedWhileTheClientDoesNotRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{MaxQueued: 100 << 10})
		text := strings.Repeat("x", 10<<10)
		sent := 0
		var err error
		for err == nil {
			if err = e.conn.Notify("a", text); err != nil {
				synctest.Wait() // the writer may just have taken something; now it hangs
				err = e.conn.Notify("a", text)
			}
			if err == nil {
				sent++
			}
		}
		if !errors.Is(err, rpc.ErrBackpressure) || sent < 10 || sent > 20 {
			t.Errorf("after %d notifications of 10 KiB: %v", sent, err)
		}
		if err := e.conn.Call(t.Context(), "b", nil, nil); !errors.Is(err, rpc.ErrBackpressure) {
			t.Errorf("a call under backpressure: %v", err)
		}
		must(t, e.conn.NotifyMerged("key", "merged", nil, nil))
		go e.read(nil)
		synctest.Wait()
		must(t, e.conn.Notify("b", nil))
		if got := e.take(); len(got) != sent+2 {
			t.Errorf("%d messages arrived, want %d", len(got), sent+2)
		}
	})
}

func TestReadingStopsWhileTheClientDoesNotReadAndGoesOnWhenItDoes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const requests = 1000
		// The reader may run ahead of the lane by MaxWaiting.
		e := launch(t, server{}, rpc.Options{MaxQueued: 100 << 10, MaxWaiting: 100 << 10})
		wrote := make(chan int, 1)
		go func() {
			_, _ = io.WriteString(e.in, frame(initialize))
			n := 0
			text := strings.Repeat("x", 1<<10)
			for ; n < requests; n++ {
				if _, err := io.WriteString(e.in, frame(fmt.Sprintf(`{"id":%d,"method":"echo","params":[%q]}`, n, text))); err != nil {
					break
				}
			}
			wrote <- n
		}()
		synctest.Wait()
		select {
		case <-wrote:
			t.Fatal("the server should not read a megabyte of requests whose answers nobody takes")
		default:
		}
		go e.read(nil)
		if n := <-wrote; n != requests {
			t.Fatalf("only %d requests could be written", n)
		}
		if got := e.take(); len(got) != requests+1 {
			t.Errorf("%d answers, want %d", len(got), requests+1)
		}
	})
}

func TestReadingStopsWhileTheLaneIsFull(t *testing.T) {
	bubble(t, func(t *testing.T) {
		open := make(chan struct{})
		handled := 0
		e := ready(t, server{
			"block":  func(context.Context, *rpc.Message) (any, rpc.Work, error) { <-open; return nil, nil, nil },
			"change": func(context.Context, *rpc.Message) (any, rpc.Work, error) { handled++; return nil, nil, nil },
		}, rpc.Options{MaxWaiting: 100 << 10})
		e.send(`{"method":"block"}`)
		wrote := make(chan struct{})
		go func() {
			defer close(wrote)
			for range 1000 {
				_, _ = io.WriteString(e.in, frame(`{"method":"change"}`))
			}
		}()
		synctest.Wait()
		select {
		case <-wrote:
			t.Fatal("the server should not queue a thousand messages of more than 1 KiB in 100 KiB")
		default:
		}
		close(open)
		<-wrote
		synctest.Wait()
		if handled != 1000 {
			t.Errorf("%d messages were handled, want 1000", handled)
		}
	})
}

func TestFlushWaitsForTheClientToRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{})
		must(t, e.conn.Notify("a", nil))
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := e.conn.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush before the client reads: %v", err)
		}
		go e.read(nil)
		must(t, e.conn.Flush(t.Context()))
		e.expect(`{"method":"a"}`)
	})
}

func TestWhatIsQueuedBeforeServeIsSentThen(t *testing.T) {
	bubble(t, func(t *testing.T) {
		in, toServer := io.Pipe()
		fromServer, out := io.Pipe()
		conn := rpc.New(in, out, rpc.Options{})
		must(t, conn.Notify("early", nil))
		e := launchOn(t, conn, server{}, toServer, fromServer)
		go e.read(nil)
		e.expect(`{"method":"early"}`)
	})
}

func TestAfterTheEndNothingIsQueued(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := ready(t, server{}, rpc.Options{})
		e.send(exit)
		e.ends(1)
		for name, err := range map[string]error{
			"Notify":       e.conn.Notify("a", nil),
			"NotifyMerged": e.conn.NotifyMerged("key", "a", nil, nil),
			"Call":         e.conn.Call(t.Context(), "a", nil, nil),
			"Flush":        e.conn.Flush(t.Context()),
		} {
			if !errors.Is(err, rpc.ErrClosed) {
				t.Errorf("%s after the end: %v", name, err)
			}
		}
	})
}

func TestFlushEndsWithABrokenPipe(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{})
		must(t, e.conn.Notify("a", nil))
		flushed := make(chan error, 1)
		go func() { flushed <- e.conn.Flush(t.Context()) }()
		synctest.Wait()
		_ = e.out.Close()
		if err := <-flushed; !errors.Is(err, rpc.ErrClosed) {
			t.Errorf("Flush into a broken pipe: %v", err)
		}
		e.ends(1)
	})
}

func TestABigMessageArrivesWhole(t *testing.T) {
	bubble(t, func(t *testing.T) {
		e := launch(t, server{}, rpc.Options{})
		text := strings.Repeat("é", 1<<20)
		must(t, e.conn.Notify("small", nil))
		must(t, e.conn.Notify("big", text))
		in := bufio.NewReader(e.out)
		for _, want := range []string{`{"jsonrpc":"2.0","method":"small"}`, `{"jsonrpc":"2.0","method":"big","params":"` + text + `"}`} {
			if got, err := readFrame(in); err != nil || got != want {
				t.Errorf("read %d bytes and %v, want %d bytes", len(got), err, len(want))
			}
		}
	})
}
