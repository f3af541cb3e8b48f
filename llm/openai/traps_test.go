package openai_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// The traps of the go-openai library, one test each. In every one of them the
// library alone would lose text, hang, leak, or call a stump a whole answer.

func TestTrap_T01_AnEndWithoutTheClosingEventIsNoAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   wants
	}{
		"the body ends properly":                {sends(roleOnly, chunk("half")), wants{class: llm.ClassTruncated, text: "half"}},
		"the connection is closed":              {closes(roleOnly, chunk("half")), wants{class: llm.ClassTruncated, text: "half"}},
		"the chunked body is cut":               {breaks(false, chunk("half")), wants{class: llm.ClassTruncated, text: "half"}},
		"the connection is reset":               {breaks(true, chunk("half")), wants{class: llm.ClassTruncated, text: "half"}},
		"before the first word it can be asked": {closes(roleOnly), wants{class: llm.ClassRetry}},
		"after a finish_reason it is whole":     {closes(chunk("all"), finish("stop")), wants{class: success, text: "all"}},
		"a reset after a finish_reason":         {breaks(true, chunk("all"), finish("stop")), wants{class: success, text: "all"}},
	} {
		t.Run(name, func(t *testing.T) { checkAnswer(t, tc.answer, question(), tc.want) })
	}
}

func TestTrap_T01_ABrokenReadIsACutWhateverItIsCalled(t *testing.T) {
	for _, err := range []error{io.ErrUnexpectedEOF, fmt.Errorf("read: %w", io.EOF), errors.New("stream error"), context.Canceled} {
		t.Run(err.Error(), func(t *testing.T) {
			c := newClient(t, func(cfg *openai.Config) {
				cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
					body := io.MultiReader(strings.NewReader(chunk("half")), iotest.ErrReader(err))
					return response(200, "text/event-stream", io.NopCloser(body)), nil
				})
			})
			reply, err := ask(t, c, question())
			wants{class: llm.ClassTruncated, text: "half"}.check(t, reply, err)
		})
	}
}

func TestTrap_T01_OverHTTP2(t *testing.T) {
	for name, tc := range map[string]struct {
		abort  bool
		blocks []string
		want   wants
	}{
		"a whole answer":          {false, []string{good("all")}, wants{class: success, text: "all"}},
		"an end without the last": {false, []string{chunk("half")}, wants{class: llm.ClassTruncated, text: "half"}},
		"a reset stream":          {true, []string{chunk("half")}, wants{class: llm.ClassTruncated, text: "half"}},
		"reset before a word":     {true, []string{roleOnly}, wants{class: llm.ClassRetry}},
	} {
		t.Run(name, func(t *testing.T) {
			u := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != 2 {
					t.Errorf("spoken over %s", r.Proto)
				}
				sends(tc.blocks...)(w, r)
				if tc.abort {
					panic(http.ErrAbortHandler)
				}
			}))
			u.EnableHTTP2 = true
			u.StartTLS()
			defer u.Close()
			c := newClient(t, func(cfg *openai.Config) { cfg.BaseURL, cfg.Transport = u.URL, u.Client().Transport })
			reply, err := ask(t, c, question())
			tc.want.check(t, reply, err)
		})
	}
}

func TestTrap_T01_ClosedJSONIsWholeWhateverHappensThen(t *testing.T) {
	const whole = `{"issues":["a}"]}`
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   wants
	}{
		"closed and cut":                     {breaks(true, chunk(whole)), wants{class: success, text: whole}},
		"closed in a fence and cut":          {closes(chunk("```json\n" + whole + "\n")), wants{class: success, text: "```json\n" + whole + "\n"}},
		"open and cut":                       {closes(chunk(whole[:9])), wants{class: llm.ClassTruncated, text: whole[:9]}},
		"open although the stream is closed": {sends(chunk(whole[:9]), closed), wants{class: llm.ClassTruncated, text: whole[:9]}},
		"braces in prose and cut":            {closes(chunk("I use {}")), wants{class: llm.ClassTruncated, text: "I use {}"}},
		"prose with a closing event":         {sends(chunk("No JSON."), closed), wants{class: success, text: "No JSON."}},
	} {
		t.Run(name, func(t *testing.T) { checkAnswer(t, tc.answer, review(), tc.want) })
	}
}

func TestTrap_T02_ALastLineWithoutItsEndIsRead(t *testing.T) {
	checkAnswer(t, sends(chunk("all"), "data: [DONE]"), question(), wants{class: success, text: "all"})
	checkAnswer(t, sends(chunk("all"), strings.TrimSpace(chunk("!")), "\n"), question(), wants{class: llm.ClassTruncated, text: "all!"})
}

func TestTrap_T03_WhatIsNoStreamIsNoAnswer(t *testing.T) {
	typed := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			_, _ = io.WriteString(w, body)
		}
	}
	const whole = `{"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"all"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   wants
	}{
		"a login page":                       {typed("text/html; charset=utf-8", "<!DOCTYPE html><p>Log in"), wants{class: llm.ClassRetry, say: "web page"}},
		"a page that says it is a stream":    {typed("text/event-stream", "<html>Log in</html>"), wants{class: llm.ClassRetry}},
		"an empty body":                      {typed("text/event-stream", ""), wants{class: llm.ClassRetry}},
		"an empty body of no type":           {typed("", ""), wants{class: llm.ClassRetry}},
		"some text":                          {typed("text/plain", "hello"), wants{class: llm.ClassRetry, say: "no answer"}},
		"a whole answer":                     {typed("application/json", whole), wants{class: success, text: "all"}},
		"a whole answer with a BOM":          {typed("application/json", "\ufeff "+whole), wants{class: success, text: "all"}},
		"a whole answer as text":             {typed("text/plain", whole), wants{class: success, text: "all"}},
		"a whole answer called a stream":     {typed("text/event-stream", whole), wants{class: success, text: "all"}},
		"a whole answer after a keep-alive":  {typed("text/event-stream", ": hi\n\n"+whole), wants{class: success, text: "all"}},
		"half an answer in JSON":             {typed("application/json", whole[:60]), wants{class: llm.ClassRetry}},
		"a stream called text":               {typed("text/plain", good("all")), wants{class: success, text: "all"}},
		"a stream called JSON":               {typed("application/json", good("all")), wants{class: success, text: "all"}},
		"an error in JSON, called a success": {typed("application/json", `{"error":{"message":"no","type":"server_error","code":null}}`), wants{class: llm.ClassRetry, say: "no"}},
	} {
		t.Run(name, func(t *testing.T) { checkAnswer(t, tc.answer, question(), tc.want) })
	}
}

func TestTrap_T04_ErrorsInTheStreamAreSeenInEveryShape(t *testing.T) {
	for name, event := range map[string]string{
		"a blank after the brace":     `data: { "error": {"message":"busy","type":"server_error"}}`,
		"another key first":           `data: {"id":"1","error":{"message":"busy","code":500}}`,
		"the shape the library knows": `data: {"error":{"message":"busy"}}`,
		"an event named error":        "event: error\ndata: {\"message\":\"busy\"}",
		"an event with plain text":    "event: error\ndata: busy",
		"bare JSON":                   `{"error":{"message":"busy"}}`,
		"bare JSON after a comment":   ": keep-alive\n\n{\"error\":{\"message\":\"busy\"}}",
		"a string":                    `data: {"error":"busy"}`,
		"a bare string":               `data: "busy"`,
		"a list":                      `data: [{"error":{"message":"busy"}}]`,
		"an object that says error":   `data: {"object":"error","message":"busy","code":500}`,
		"a detail":                    `data: {"detail":"busy"}`,
		"beside choices":              `data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502,"message":"busy"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			checkAnswer(t, sends(roleOnly, event+"\n\n"), question(), wants{class: llm.ClassRetry, say: "busy"})
			checkAnswer(t, sends(chunk("half"), event+"\n\n", closed), question(), wants{class: llm.ClassRetry, text: "half", say: "busy"})
		})
	}
	t.Run("a member named error that is null is none", func(t *testing.T) {
		answer := sends(`data: {"error":null,"choices":[{"index":0,"delta":{"content":"error \"error\""}}]}`+"\n\n", finish("stop"), closed)
		checkAnswer(t, answer, question(), wants{class: success, text: `error "error"`})
	})
}

func TestTrap_T05_KeepAlivesNeverEndAStream(t *testing.T) {
	checkAnswer(t, sends(strings.Repeat(": ping\n\n", 400), good("all")), question(), wants{class: success, text: "all"})
}

func TestTrap_T06_AllFormsOfAnEventStreamAreRead(t *testing.T) {
	one := good("all")
	for name, body := range map[string]string{
		"CRLF":                     strings.ReplaceAll(one, "\n", "\r\n"),
		"CR":                       strings.ReplaceAll(one, "\n", "\r"),
		"a byte order mark":        "\ufeff" + one,
		"no blank after the colon": strings.ReplaceAll(one, "data: ", "data:"),
		"other fields":             strings.ReplaceAll(one, "data: ", "id: 7\nretry: 10\nevent: message\ndata: "),
		"data over several lines":  strings.ReplaceAll(one, `,"choices"`, ",\ndata: \"choices\""),
	} {
		t.Run(name, func(t *testing.T) {
			checkAnswer(t, sends(body), question(), wants{class: success, text: "all"})
		})
	}
}

func TestTrap_T07_SizesAreBounded(t *testing.T) {
	// endless writes until the client has gone.
	endless := func(head http.HandlerFunc, piece string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			head(w, r)
			for {
				if _, err := io.WriteString(w, piece); err != nil {
					return
				}
			}
		}
	}
	text := strings.Repeat("x", 1<<10)
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		class  llm.Class
	}{
		"a line without end":         {endless(sends("data: "), text), llm.ClassUnusable},
		"a bare object without end":  {endless(sends(`{"a":"`), text), llm.ClassUnusable},
		"an error without end":       {endless(status(500, `{"error":"`), text), llm.ClassRetry},
		"a whole answer without end": {endless(status(200, `{"choices":"`), text), llm.ClassUnusable},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, tc.answer).client(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := c.Complete(t.Context(), question(), nil)
			runtime.ReadMemStats(&after)
			if got := llm.ClassOf(err); got != tc.class {
				t.Errorf("class = %v, want %v", got, tc.class)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 48 {
				t.Errorf("%d MiB were allocated", used)
			}
		})
	}
	t.Run("an answer without end keeps what came", func(t *testing.T) {
		reply, err := serve(t, endless(sends(), chunk(text))).client(t).Complete(t.Context(), question(), nil)
		if llm.ClassOf(err) != llm.ClassUnusable || len(reply.Text) < 7<<20 || len(reply.Text) > 8<<20 {
			t.Errorf("%d bytes, %v", len(reply.Text), err)
		}
	})
}

func TestTrap_T08_EmptyEventsAreSkippedAndABrokenOneEndsTheAnswer(t *testing.T) {
	skipped := "data:\n\ndata: {}\n\ndata: null\n\n" +
		`data: {"choices":null}` + "\n\n" + `data: {"choices":[]}` + "\n\n" + `data: {"choices":[null]}` + "\n\n" + `data: {"choices":[{"index":0,"delta":null}]}` + "\n\n"
	checkAnswer(t, sends(skipped, good("all")), question(), wants{class: success, text: "all"})
	checkAnswer(t, sends(chunk("half"), "data: {\"choices\":[{\n\n", chunk("more")), question(), wants{class: llm.ClassTruncated, text: "half"})
	checkAnswer(t, sends("data: nonsense\n\n", good("all")), question(), wants{class: llm.ClassRetry})
}

// slow is a body that gives its pieces one by one, each after a pause, and
// then nothing until the request is ended.
type slow struct {
	ctx    context.Context
	pause  time.Duration
	pieces []string
}

func (s *slow) Read(p []byte) (int, error) {
	if len(s.pieces) == 0 {
		<-s.ctx.Done()
		return 0, s.ctx.Err()
	}
	select {
	case <-time.After(s.pause):
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	n := copy(p, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

func (s *slow) Close() error { return nil }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func response(code int, kind string, body io.ReadCloser) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {kind}}, Body: body}
}

func TestTrap_T09_OnlySilenceEndsAStream(t *testing.T) {
	letters := strings.Split(strings.TrimSpace(chunk("slowly")), "")
	for name, tc := range map[string]struct {
		pause  time.Duration
		pieces []string
		want   wants
		took   time.Duration
	}{
		"an hour of steady events is fine":    {59 * time.Second, append(strings.SplitAfter(strings.Repeat(chunk("x"), 60), "\n\n")[:60], closed), wants{class: success, text: strings.Repeat("x", 60)}, 61*59*time.Second + 100*time.Millisecond},
		"nothing at all":                      {0, nil, wants{class: llm.ClassRetry, say: "1m0s"}, time.Minute},
		"a stall after some text":             {time.Second, []string{chunk("half")}, wants{class: llm.ClassTruncated, text: "half"}, 61 * time.Second},
		"comments are silence":                {10 * time.Second, strings.Split(strings.Repeat(": ping\n\n|", 20), "|"), wants{class: llm.ClassRetry}, time.Minute},
		"a byte each second is silence":       {time.Second, letters, wants{class: llm.ClassRetry}, time.Minute},
		"once finished the end is not waited": {time.Second, []string{chunk("all") + finish("stop")}, wants{class: success, text: "all"}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, func(cfg *openai.Config) {
					cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
						return response(200, "text/event-stream", &slow{r.Context(), tc.pause, tc.pieces}), nil
					})
				})
				start := time.Now()
				reply, err := ask(t, c, question())
				tc.want.check(t, reply, err)
				if took := time.Since(start); took != tc.took {
					t.Errorf("took %v, want %v", took, tc.took)
				}
			})
		})
	}
	t.Run("headers that never come", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, func(cfg *openai.Config) {
				cfg.Timeout = 5 * time.Second
				cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
			})
			reply, err := ask(t, c, question())
			wants{class: llm.ClassRetry, say: "5s"}.check(t, reply, err)
		})
	})
	t.Run("a slow receiver is not the server's silence", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, func(cfg *openai.Config) {
				cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					return response(200, "text/event-stream", &slow{r.Context(), time.Second, []string{chunk("a"), chunk("b"), closed}}), nil
				})
			})
			_, err := c.Complete(t.Context(), question(), func(llm.Event) { time.Sleep(10 * time.Minute) })
			if err != nil {
				t.Error(err)
			}
		})
	})
}

func TestTrap_T10_AConnectionIsUsedAgain(t *testing.T) {
	u := serve(t, sends(good("all")))
	c := u.client(t)
	for range 20 {
		if _, err := ask(t, c, question()); err != nil {
			t.Fatal(err)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.conns != 1 {
		t.Errorf("%d connections for 20 streams", u.conns)
	}
}

// tail is a body whose end comes some time after its last byte. What is closed
// before its end costs net/http the connection.
type tail struct {
	ctx    context.Context
	data   io.Reader
	after  time.Duration
	toEnd  bool
	closed time.Time
}

func (b *tail) Read(p []byte) (int, error) {
	if n, _ := b.data.Read(p); n > 0 {
		return n, nil
	}
	select {
	case <-time.After(b.after):
		b.toEnd = true
		return 0, io.EOF
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}

func (b *tail) Close() error { b.closed = time.Now(); return nil }

func TestTrap_T10_TheEndOfABodyIsWaitedForALittle(t *testing.T) {
	for name, tc := range map[string]struct {
		after, wait time.Duration
		toEnd       bool
	}{
		"an end that comes soon": {5 * time.Millisecond, 5 * time.Millisecond, true},
		"an end that is late":    {time.Hour, 100 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var body *tail
				c := newClient(t, func(cfg *openai.Config) {
					cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
						body = &tail{ctx: r.Context(), data: strings.NewReader(good("all")), after: tc.after}
						return response(200, "text/event-stream", body), nil
					})
				})
				reply, err := ask(t, c, question())
				wants{class: success, text: "all"}.check(t, reply, err)
				if waited := body.closed.Sub(start); body.toEnd != tc.toEnd || waited != tc.wait {
					t.Errorf("closed after %v, read to its end: %v", waited, body.toEnd)
				}
			})
		})
	}
}

// closing counts how often a body is closed.
type closing struct {
	io.Reader
	closed *int
}

func (c closing) Close() error { *c.closed++; return nil }

func TestTrap_T11_TheBodyOfAFailureIsClosed(t *testing.T) {
	for _, answer := range []struct {
		code       int
		kind, body string
	}{
		{500, "text/plain", "no"},
		{302, "text/html", ""},
		{200, "text/html", "<html>"},
		{200, "application/json", `{"error":"no"}`},
		{200, "text/event-stream", "data: {\"error\":\"no\"}\n\n"},
		{200, "text/event-stream", good("all")},
		{204, "", ""},
	} {
		t.Run(fmt.Sprint(answer.code, " ", answer.kind), func(t *testing.T) {
			closed := 0
			c := newClient(t, func(cfg *openai.Config) {
				cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
					return response(answer.code, answer.kind, closing{strings.NewReader(answer.body), &closed}), nil
				})
			})
			_, _ = c.Complete(t.Context(), question(), nil)
			if closed == 0 {
				t.Error("the body was not closed")
			}
		})
	}
}

func TestTrap_T12_NoRedirectIsFollowed(t *testing.T) {
	var mu sync.Mutex
	reached := 0
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		reached++
	}))
	defer thief.Close()
	for _, kind := range []string{openai.KindOpenAI, openai.KindAzure} {
		for _, code := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprint(kind, code), func(t *testing.T) {
				u := serve(t, status(code, "", "Location", thief.URL+"/v1/chat/completions?user="+canaryKey))
				c := u.client(t, func(cfg *openai.Config) { cfg.Kind = kind })
				reply, err := ask(t, c, question())
				wants{class: llm.ClassFatal, say: thief.URL}.check(t, reply, err)
				if !strings.Contains(err.Say, "provider.baseUrl") {
					t.Errorf("Say names no cure: %q", err.Say)
				}
			})
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if reached != 0 {
		t.Errorf("%d requests went to the other host", reached)
	}
}

func TestTrap_T13_ZeroAndEmptyStandOnTheWire(t *testing.T) {
	u := serve(t, sends(good("all")))
	req := question()
	req.Temperature = 0
	req.Messages[0].Content = ""
	if _, err := ask(t, u.client(t), req); err != nil {
		t.Fatal(err)
	}
	body := u.seen()[0].Body
	if v, ok := body["temperature"]; !ok || v != 0.0 {
		t.Errorf("temperature = %v, %v", v, ok)
	}
	if v, ok := body["messages"].([]any)[0].(map[string]any)["content"]; !ok || v != "" {
		t.Errorf("content = %v, %v", v, ok)
	}
}

func TestTrap_T14_CodesAreText(t *testing.T) {
	for code, want := range map[string]string{
		`null`: "server_error", `"slow"`: "slow", `1234`: "1234", `1234.0`: "1234", `12.5`: "12.5", `{}`: "server_error", `true`: "server_error",
	} {
		t.Run(code, func(t *testing.T) {
			checkAnswer(t, status(500, `{"error":{"message":"no","type":"server_error","param":null,"code":`+code+`}}`),
				question(), wants{class: llm.ClassRetry, code: want})
		})
	}
}

func TestTrap_T15_TheNameOfAModelIsNoObstacle(t *testing.T) {
	for _, model := range []string{"o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-6-sol", "openai/gpt-5-mini"} {
		t.Run(model, func(t *testing.T) {
			u := serve(t, sends(good("all")))
			reply, err := ask(t, u.client(t, func(c *openai.Config) { c.Model = model }), review())
			wants{class: success, text: "all"}.check(t, reply, err)
			if body := u.seen()[0].Body; body["model"] != model || body["temperature"] != 0.1 || body["max_tokens"] != 100.0 {
				t.Errorf("body = %v", body)
			}
		})
	}
}

func TestTrap_T17_ContentInPartsIsText(t *testing.T) {
	answer := sends(`data: {"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"in "},{"type":"text","text":"parts"}]}}]}`+"\n\n", finish("stop"), closed)
	checkAnswer(t, answer, question(), wants{class: success, text: "in parts"})
	// Half of a rune in each of two events cannot be joined; it must not
	// break the answer or the promise that events are valid UTF-8.
	halves := sends("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\xc3\"}}]}\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xa9b\"}}]}\n\n", closed)
	checkAnswer(t, halves, question(), wants{class: success, text: "a\ufffd\ufffdb"})
}
