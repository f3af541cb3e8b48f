package openai_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

func deltaEvent(delta, finish string) string {
	return fmt.Sprintf(`data: {"choices":[{"index":0,"delta":%s,"finish_reason":%s}]}`+"\n\n", delta, finish)
}

func TestFault_C_EveryEndOfAnAnswerIsJudged(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   wants
	}{
		"C04 finished, not closed":      {sends(chunk("all"), finish("stop")), wants{class: success, text: "all"}},
		"C05 closed, not finished":      {sends(chunk("all"), closed), wants{class: success, text: "all"}},
		"C06 more after the end":        {sends(good("all"), chunk("more")), wants{class: success, text: "all"}},
		"C07 cut in a line":             {breaks(false, chunk("half"), chunk("more")[:90]), wants{class: llm.ClassTruncated, text: "half"}},
		"C08 cut before the first word": {breaks(false, roleOnly), wants{class: llm.ClassRetry}},
		"C15 a finish called error":     {sends(chunk("half"), finish("error"), closed), wants{class: llm.ClassTruncated, text: "half"}},
		"C15 a limit in the stream":     {sends("data: {\"error\":{\"message\":\"x\",\"code\":\"rate_limit_exceeded\"}}\n\n"), wants{class: llm.ClassWait}},
		"C15 a wrong key in the stream": {sends("data: {\"error\":{\"message\":\"x\",\"code\":401}}\n\n"), wants{class: llm.ClassFatal}},
		"C15 too long in the stream":    {sends("data: {\"error\":{\"message\":\"x\",\"code\":\"context_length_exceeded\"}}\n\n"), wants{class: llm.ClassTooLong}},
		"C20 a tool call":               {sends(deltaEvent(`{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]}`, "null"), finish("tool_calls"), closed), wants{class: llm.ClassUnusable, say: "tool"}},
		"C20 a tool call that stops":    {sends(deltaEvent(`{"function_call":{"name":"f"}}`, `"stop"`), closed), wants{class: llm.ClassUnusable, say: "tool"}},
		"C21 only reasoning":            {sends(deltaEvent(`{"reasoning_content":"hm"}`, `"stop"`), closed), wants{class: llm.ClassUnusable, say: "reasoned"}},
		"C21 reasoning, other name":     {sends(deltaEvent(`{"reasoning":"hm"}`, `"stop"`), closed), wants{class: llm.ClassUnusable, say: "reasoned"}},
		"C21 nothing":                   {sends(roleOnly, finish("stop"), closed), wants{class: llm.ClassUnusable, say: "empty"}},
		"C21 only the end":              {sends(closed), wants{class: llm.ClassUnusable, say: "empty"}},
		"C21 reasoning, then an answer": {sends(deltaEvent(`{"reasoning_content":"hm"}`, "null"), good("all")), wants{class: success, text: "all"}},
		"C22 a refusal":                 {sends(deltaEvent(`{"refusal":"I cannot"}`, "null"), finish("stop"), closed), wants{class: llm.ClassUnusable, say: "declined"}},
		"C23 filtered":                  {sends(chunk("half"), finish("content_filter"), closed), wants{class: llm.ClassUnusable, text: "half", say: "filter"}},
		"C24 out of tokens":             {sends(chunk("half"), finish("length"), closed), wants{class: llm.ClassTruncated, text: "half", say: "100 tokens"}},
		"C24 out of tokens, no word":    {sends(roleOnly, finish("length"), closed), wants{class: llm.ClassTruncated, say: "100 tokens"}},
		"C25 another choice":            {sends(`data: {"choices":[{"index":1,"delta":{"content":"no"},"finish_reason":"length"}]}`+"\n\n", good("all")), wants{class: success, text: "all"}},
		"C29 compressed":                {compressed(good("all"), 0), wants{class: success, text: "all"}},
		"C29 compressed and cut":        {compressed(chunk("all"), 8), wants{class: llm.ClassTruncated, text: "all"}},
	} {
		t.Run(name, func(t *testing.T) { checkAnswer(t, tc.answer, question(), tc.want) })
	}
}

func TestOnlyKnownReasonsMakeAnAnswerWhole(t *testing.T) {
	for reason, want := range map[string]wants{
		"stop": {class: success}, "STOP": {class: success}, "eos": {class: success}, "eos_token": {class: success},
		"end_turn": {class: success}, "stop_sequence": {class: success}, "complete": {class: success}, "COMPLETE": {class: success},
		"null":                         {class: llm.ClassTruncated},
		"insufficient_system_resource": {class: llm.ClassTruncated},
		"RECITATION":                   {class: llm.ClassTruncated},
		"abort":                        {class: llm.ClassTruncated},
		"model_length":                 {class: llm.ClassTruncated, say: "100 tokens"},
		"MAX_TOKENS":                   {class: llm.ClassTruncated, say: "100 tokens"},
		"max_output_tokens":            {class: llm.ClassTruncated, say: "100 tokens"},
		"SAFETY":                       {class: llm.ClassUnusable, say: "filter"},
		"refusal":                      {class: llm.ClassUnusable, say: "declined"},
		"tool_use":                     {class: llm.ClassUnusable, say: "tool"},
	} {
		t.Run(reason, func(t *testing.T) {
			want.text = "half"
			checkAnswer(t, breaks(false, chunk("half"), finish(reason)), question(), want)
		})
	}
}

func TestJSONThatIsClosedIsWholeWhateverTheReason(t *testing.T) {
	const all, half = `{"issues":["a"]}`, `{"issues":["a"`
	for _, reason := range []string{"stop", "length", "MAX_TOKENS", "tool_calls", "insufficient_system_resource", "error"} {
		t.Run(reason, func(t *testing.T) {
			checkAnswer(t, sends(chunk(all), finish(reason), closed), review(), wants{class: success, text: all})
		})
	}
	for _, reason := range []string{"length", "MAX_TOKENS", "insufficient_system_resource"} {
		t.Run(reason+" before the end", func(t *testing.T) {
			checkAnswer(t, sends(chunk(half), finish(reason), closed), review(), wants{class: llm.ClassTruncated, text: half})
		})
	}
	t.Run("free text is not JSON", func(t *testing.T) {
		checkAnswer(t, sends(chunk(all), finish("length"), closed), question(), wants{class: llm.ClassTruncated, text: all})
	})
}

// compressed answers with a gzipped stream without its last bytes.
func compressed(stream string, without int) http.HandlerFunc {
	var data bytes.Buffer
	z := gzip.NewWriter(&data)
	_, _ = io.WriteString(z, stream)
	_ = z.Close()
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		sends(data.String()[:data.Len()-without])(w, r)
	}
}

func TestReplyNamesModelFinishAndUsage(t *testing.T) {
	reply, err := ask(t, serve(t, sends(good("all"))).client(t), question())
	if err != nil {
		t.Fatal(err)
	}
	if reply.Model != "m-1" || reply.Finish != "stop" || reply.Usage == nil || *reply.Usage != (llm.Usage{Input: 12, Output: 3, CachedInput: 8}) {
		t.Errorf("reply = %+v, usage %+v", reply, reply.Usage)
	}
}

func TestFault_C19_OddUsageIsClampedOrIgnored(t *testing.T) {
	for usage, want := range map[string]*llm.Usage{
		`{"prompt_tokens":-5,"completion_tokens":7}`:    {Output: 7},
		`{"prompt_tokens":0,"completion_tokens":0}`:     nil,
		`{"prompt_tokens":"many"}`:                      nil,
		`null`:                                          nil,
		`{"prompt_tokens":1e300,"completion_tokens":1}`: {Input: 1e9, Output: 1},
		`{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":99}}`:          {Input: 10, Output: 1, CachedInput: 10},
		`{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":null,"queue_time":0.1,"x":[1]}`: {Input: 10, Output: 1},
	} {
		t.Run(usage, func(t *testing.T) {
			reply, err := ask(t, serve(t, sends(chunk("all"), `data: {"choices":[],"usage":`+usage+"}\n\n", closed)).client(t), question())
			if err != nil {
				t.Fatal(err)
			}
			if (reply.Usage == nil) != (want == nil) || want != nil && *reply.Usage != *want {
				t.Errorf("usage = %+v, want %+v", reply.Usage, want)
			}
		})
	}
}

func TestFault_C33_CancelClosesTheUpstream(t *testing.T) {
	for name, before := range map[string][]string{"before the headers": nil, "in mid-stream": {roleOnly, chunk("half")}} {
		t.Run(name, func(t *testing.T) {
			arrived, gone := make(chan struct{}), make(chan struct{})
			u := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if before != nil {
					sends(before...)(w, r)
				}
				close(arrived)
				<-r.Context().Done()
				close(gone)
			})
			c := u.client(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			why := errors.New("a newer version")
			started := make(chan struct{}, 1)
			go func() {
				<-arrived
				if before != nil {
					<-started
				}
				cancel(why)
			}()
			reply, err := c.Complete(ctx, question(), func(llm.Event) { started <- struct{}{} })
			e := checkError(t, err)
			if e == nil || e.Class != llm.ClassCancelled || !errors.Is(e, why) {
				t.Errorf("error = %v", e)
			}
			if want := before != nil; (reply.Text == "half") != want {
				t.Errorf("text = %q", reply.Text)
			}
			<-gone // the test's own limit is the only clock here; the benchmark prints how soon it was
		})
	}
}

func TestACallThatWasCancelledBeforeItBeganSendsNothing(t *testing.T) {
	u := serve(t, sends(good("all")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := u.client(t).Complete(ctx, question(), nil); llm.ClassOf(err) != llm.ClassCancelled {
		t.Errorf("error = %v", err)
	}
	if n := len(u.seen()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestManyCallsAtOnceDoNotMix(t *testing.T) {
	u := serve(t, func(w http.ResponseWriter, r *http.Request) { sends(good(r.Header.Get("X-Caller")))(w, r) })
	var all sync.WaitGroup
	for i := range 16 {
		name := fmt.Sprint("caller ", i)
		c := u.client(t, func(cfg *openai.Config) { cfg.Headers = map[string]string{"X-Caller": name} })
		all.Go(func() {
			for range 5 {
				if reply, err := c.Complete(t.Context(), question(), nil); err != nil || reply.Text != name {
					t.Errorf("%s got %q, %v", name, reply.Text, err)
				}
			}
		})
	}
	all.Wait()
}

func TestKeyFailuresAreFatalAndKeepTheirCause(t *testing.T) {
	why := errors.New("exit status 1")
	u := serve(t, sends(good("all")))
	c := u.client(t, func(cfg *openai.Config) { cfg.Key = func(context.Context) (string, error) { return "", why } })
	reply, err := ask(t, c, question())
	wants{class: llm.ClassFatal, say: "The key could not be read"}.check(t, reply, err)
	if !errors.Is(err, why) {
		t.Error("the cause is lost")
	}
}

func TestARequestThatCannotBeWrittenIsAFaultOfOurs(t *testing.T) {
	u := serve(t, sends(good("all")))
	for name, change := range map[string]func(*llm.Request){
		"no token limit": func(r *llm.Request) { r.MaxTokens = 0 },
		"no message":     func(r *llm.Request) { r.Messages = nil },
		"a broken schema": func(r *llm.Request) {
			r.Schema = &llm.Schema{Name: "x", JSON: []byte("{")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := question()
			change(&req)
			reply, err := ask(t, u.client(t), req)
			wants{class: llm.ClassFatal}.check(t, reply, err)
		})
	}
	reply, err := ask(t, u.client(t, func(c *openai.Config) { c.Model = "" }), question())
	wants{class: llm.ClassFatal, say: "provider.model"}.check(t, reply, err)
	if n := len(u.seen()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAKeyWithALineBreakInsideIsNamed(t *testing.T) {
	u := serve(t, sends(good("all")))
	reply, err := ask(t, u.client(t, func(c *openai.Config) { c.Key = key("sk-\nx") }), question())
	wants{class: llm.ClassFatal, say: "line break"}.check(t, reply, err)
}

func TestRandomCutsNeverLookWhole(t *testing.T) {
	text := `{"issues":["the \"first\" one","żółć 😀","` + strings.Repeat("long ", 40) + `"]}`
	var blocks []string
	for rest := []rune(text); len(rest) > 0; rest = rest[min(len(rest), 7):] {
		blocks = append(blocks, chunk(string(rest[:min(len(rest), 7)])))
	}
	stream := strings.Join(blocks, "") + finish("stop") + closed
	complete := strings.Index(stream, finish("stop")) + len(finish("stop")) - 2 // its blank line may be missing
	step := 97
	for cut := 1; cut < len(stream); cut += step {
		for how, answer := range map[string]http.HandlerFunc{"closed": closes(stream[:cut]), "broken": breaks(false, stream[:cut])} {
			reply, err := serve(t, answer).client(t).Complete(t.Context(), question(), nil)
			if err == nil && cut < complete {
				t.Errorf("%s at %d of %d: taken as whole: %q", how, cut, len(stream), reply.Text)
			}
			if !strings.HasPrefix(text, reply.Text) {
				t.Errorf("%s at %d: %q is not how the answer begins", how, cut, reply.Text)
			}
		}
	}
}

func BenchmarkCancel(b *testing.B) {
	gone := make(chan time.Time)
	u := serve(b, func(w http.ResponseWriter, r *http.Request) {
		sends(chunk("half"))(w, r)
		<-r.Context().Done()
		gone <- time.Now()
	})
	c := u.client(b)
	var worst time.Duration
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		var at time.Time
		_, _ = c.Complete(ctx, question(), func(llm.Event) { at = time.Now(); cancel() })
		worst = max(worst, (<-gone).Sub(at))
		cancel()
	}
	b.ReportMetric(float64(worst.Microseconds()), "µs-worst")
}
