package rpc_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/rpc"
)

func TestTwentyThousandRequestsWrittenWithoutReadingAreAllAnswered(t *testing.T) {
	const requests = 20_000
	e := launch(t, server{"hover": later(func(context.Context) (any, error) { return "here", nil })}, rpc.Options{})
	write(t, e, initialize)
	before := heap()
	for i := range requests {
		write(t, e, fmt.Sprintf(`{"id":%d,"method":"hover","params":{"textDocument":{"uri":"file:///a.go"}}}`, i+1))
	}
	if grown := heap() - before; grown > 64<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	answered := map[string]int{}
	in := bufio.NewReader(e.out)
	for range requests + 1 {
		body, err := readFrame(in)
		if err != nil {
			t.Fatal(err)
		}
		answered[idOf(t, body)]++
	}
	for i := range requests + 1 {
		if n := answered[fmt.Sprint(i)]; n != 1 {
			t.Fatalf("request %d was answered %d times", i, n)
		}
	}
}

func TestEachRequestIsAnsweredOnceHoweverItEnds(t *testing.T) {
	const requests = 2000
	e := launch(t, server{
		"quick": later(func(context.Context) (any, error) { return nil, nil }),
		"panic": later(func(context.Context) (any, error) { panic("boom") }),
	}, rpc.Options{})
	var got sync.WaitGroup
	got.Add(requests + 1)
	answered := map[string]int{}
	reader := make(chan struct{})
	go func() {
		defer close(reader)
		e.read(func(body string) { answered[idOf(t, body)]++; got.Done() })
	}()
	write(t, e, initialize)
	methods := []string{"quick", "slow", "echo", "panic"}
	for i := range requests {
		write(t, e, fmt.Sprintf(`{"id":%d,"method":%q}`, i+1, methods[i%4]))
		write(t, e, fmt.Sprintf(`{"method":"$/cancelRequest","params":{"id":%d}}`, rand.IntN(i+1)+1))
	}
	for i := range requests {
		write(t, e, fmt.Sprintf(`{"method":"$/cancelRequest","params":{"id":%d}}`, i+1))
	}
	got.Wait()
	write(t, e, exit)
	<-reader
	for i := range requests + 1 {
		if n := answered[fmt.Sprint(i)]; n != 1 {
			t.Fatalf("request %d was answered %d times", i, n)
		}
	}
}

// write sends a message without waiting for anything but its being read.
func write(t testing.TB, e *editor, body string) {
	t.Helper()
	if _, err := io.WriteString(e.in, frame(body)); err != nil {
		t.Fatal(err)
	}
}

func idOf(t testing.TB, body string) string {
	t.Helper()
	var m struct {
		ID json.RawMessage `json:"id"`
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Errorf("the server sent no JSON: %s", body)
	}
	return string(m.ID)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
