package guard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/guard"
)

// run drives a script through Retry and writes down what the sink got, with
// "<" for a restart.
func run(t *testing.T, m *model, req llm.Request, o guard.RetryOptions) (reply llm.Reply, events string, err error) {
	t.Helper()
	var got strings.Builder
	retry := guard.Retry(m, func() guard.RetryOptions { return o })
	reply, err = retry.Complete(t.Context(), req, func(ev llm.Event) {
		if ev.Restart {
			got.WriteString("<")
		}
		got.WriteString(ev.Text)
	})
	return reply, got.String(), err
}

func waiting(d time.Duration) *llm.Error {
	return &llm.Error{Class: llm.ClassWait, RetryAfter: d, Say: "Wait."}
}

func TestRetryAsksAgainOnlyWhereThatCanHelp(t *testing.T) {
	retry, wait, cut := failure(llm.ClassRetry), failure(llm.ClassWait), failure(llm.ClassTruncated)
	restartable, interactive := llm.Request{Restartable: true}, llm.Request{Interactive: true}
	for name, tc := range map[string]struct {
		req    llm.Request
		steps  []step
		calls  int
		text   string // of the reply
		events string
		fails  bool
	}{
		"a success is not repeated":                    {llm.Request{}, []step{{text: "a"}}, 1, "a", "a", false},
		"a failure that passes":                        {llm.Request{}, []step{{err: retry}, {err: wait}, {text: "a"}}, 3, "a", "a", false},
		"five attempts and no more":                    {llm.Request{}, []step{{err: retry}}, 5, "", "", true},
		"three where a person waits":                   {interactive, []step{{err: retry}}, 3, "", "", true},
		"a fatal answer":                               {llm.Request{}, []step{{err: failure(llm.ClassFatal)}}, 1, "", "", true},
		"a request that is too long":                   {llm.Request{}, []step{{err: failure(llm.ClassTooLong)}}, 1, "", "", true},
		"an unusable answer":                           {restartable, []step{{text: "a", err: failure(llm.ClassUnusable)}}, 1, "a", "a", true},
		"a cancelled call":                             {llm.Request{}, []step{{err: failure(llm.ClassCancelled)}}, 1, "", "", true},
		"an error of no class":                         {llm.Request{}, []step{{err: errors.New("x")}}, 1, "", "", true},
		"text that cannot be taken back":               {llm.Request{}, []step{{text: "a", err: retry}}, 1, "a", "a", true},
		"a cut answer that cannot begin again":         {llm.Request{}, []step{{text: "a", err: cut}}, 1, "a", "a", true},
		"a cut answer that can":                        {restartable, []step{{text: "a", err: cut}, {text: "abc"}}, 2, "abc", "a<abc", false},
		"cut twice and begun again":                    {restartable, []step{{text: "a", err: cut}, {text: "ab", err: cut}, {text: "abc"}}, 3, "abc", "a<ab<abc", false},
		"a cut answer is begun again twice at most":    {restartable, []step{{text: "a", err: cut}}, 3, "a", "a<a<a", true},
		"an answer cut before its first word":          {llm.Request{}, []step{{err: cut}, {text: "a"}}, 2, "a", "a", false},
		"an answer cut by its token limit":             {restartable, []step{{text: "a", err: cut, finish: "length"}}, 1, "a", "a", true},
		"an old part stands where nothing new came":    {restartable, []step{{text: "a", err: cut}, {err: retry}}, 5, "a", "a", true},
		"a fatal end leaves the part that was there":   {restartable, []step{{text: "a", err: cut}, {err: failure(llm.ClassFatal)}}, 2, "a", "a", true},
		"other failures after text are begun again":    {restartable, []step{{text: "a", err: wait}, {err: retry}, {text: "ab"}}, 3, "ab", "a<ab", false},
		"a Retry-After beyond patience ends it":        {llm.Request{}, []step{{err: waiting(121 * time.Second)}}, 1, "", "", true},
		"one beyond a person's patience ends it":       {interactive, []step{{err: waiting(11 * time.Second)}}, 1, "", "", true},
		"a Retry-After at the edge is obeyed":          {llm.Request{}, []step{{err: waiting(120 * time.Second)}, {text: "a"}}, 2, "a", "a", false},
		"one at the edge of a person's is obeyed":      {interactive, []step{{err: waiting(10 * time.Second)}, {text: "a"}}, 2, "a", "a", false},
		"an error in a chain of errors has its class ": {llm.Request{}, []step{{err: fmt.Errorf("link: %w", retry)}, {text: "a"}}, 2, "a", "a", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := script(tc.steps...)
				reply, events, err := run(t, m, tc.req, guard.RetryOptions{})
				if m.calls != tc.calls || reply.Text != tc.text || events != tc.events || (err != nil) != tc.fails {
					t.Errorf("%d calls, reply %q, events %q, error %v", m.calls, reply.Text, events, err)
				}
				last := tc.steps[min(m.calls, len(tc.steps))-1].err
				if tc.fails && !errors.Is(err, last) {
					t.Errorf("error = %v, want the last one, %v", err, last)
				}
			})
		})
	}
}

// pausesOf gives the pauses between the attempts of a call that never succeeds.
func pausesOf(t *testing.T, req llm.Request, o guard.RetryOptions, steps ...step) []time.Duration {
	t.Helper()
	var told, slept []time.Duration
	var last time.Time
	m := script(steps...)
	answer := m.answer
	m.answer = func(ctx context.Context, n int, req llm.Request, sink llm.Sink) (llm.Reply, error) {
		if n > 1 {
			slept = append(slept, time.Since(last))
		}
		last = time.Now()
		return answer(ctx, n, req, sink)
	}
	o.OnRetry = func(attempt int, err error, pause time.Duration) {
		if attempt != len(told)+1 || err == nil {
			t.Errorf("told of attempt %d, %v", attempt, err)
		}
		told = append(told, pause)
	}
	_, _, _ = run(t, m, req, o)
	if fmt.Sprint(told) != fmt.Sprint(slept) {
		t.Errorf("told %v, slept %v", told, slept)
	}
	return slept
}

func TestRetryPausesAreFullJitterUnderADoublingBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bounds := []int{1, 2, 4, 8, 16, 32, 32, 32}
		var longest, shortest [8]time.Duration
		for range 200 {
			pauses := pausesOf(t, llm.Request{}, guard.RetryOptions{MaxAttempts: 9}, step{err: failure(llm.ClassRetry)})
			if len(pauses) != len(bounds) {
				t.Fatalf("%d pauses", len(pauses))
			}
			for i, p := range pauses {
				longest[i] = max(longest[i], p)
				if shortest[i] == 0 || p < shortest[i] {
					shortest[i] = p
				}
			}
		}
		for i, seconds := range bounds {
			bound := time.Duration(seconds) * time.Second
			if longest[i] > bound+1 || longest[i] < bound*8/10 || shortest[i] > bound*2/10 {
				t.Errorf("pause %d spreads from %v to %v, want nearly all of 0 to %v", i+1, shortest[i], longest[i], bound)
			}
		}
	})
}

func TestRetryOptionsBoundThePausesOfOurOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := guard.RetryOptions{MaxAttempts: 20, BaseDelay: 100 * time.Millisecond, MaxDelay: 300 * time.Millisecond}
		for i, p := range pausesOf(t, llm.Request{}, o, step{err: failure(llm.ClassRetry)}) {
			if p > 300*time.Millisecond+1 || i == 0 && p > 100*time.Millisecond+1 {
				t.Errorf("pause %d is %v", i+1, p)
			}
		}
	})
}

func TestRetryAfterIsObeyedAndForgetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var third time.Duration
		for range 50 {
			pauses := pausesOf(t, llm.Request{}, guard.RetryOptions{MaxDelay: time.Second},
				step{err: failure(llm.ClassWait)}, step{err: waiting(40 * time.Second)}, step{err: failure(llm.ClassWait)})
			if asked := pauses[1]; asked < 40*time.Second || asked > 41*time.Second {
				t.Fatalf("asked to wait 40s, waited %v", asked) // also past MaxDelay, which is for our own pauses
			}
			third = max(third, pauses[2])
		}
		if third < 500*time.Millisecond {
			t.Errorf("the bound after a Retry-After is no more than %v", third)
		}
	})
}

func TestRetryOfALostConnectionIsImmediateOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := &llm.Error{Class: llm.ClassRetry, Say: "Lost.", Err: llm.ErrConnectionLost}
		var second time.Duration
		for range 20 {
			pauses := pausesOf(t, llm.Request{}, guard.RetryOptions{}, step{err: lost})
			if pauses[0] != 0 {
				t.Fatalf("first pause = %v", pauses[0])
			}
			second = max(second, pauses[1])
		}
		if second == 0 {
			t.Error("the second retry was immediate too")
		}
	})
}

func TestRetryOutlastsAQuarterOfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script(step{err: failure(llm.ClassRetry)}, step{text: "a"})
		answer := m.answer
		m.answer = func(ctx context.Context, n int, req llm.Request, sink llm.Sink) (llm.Reply, error) {
			time.Sleep(20 * time.Minute) // a very long stream that failed in the end
			return answer(ctx, n, req, sink)
		}
		if _, _, err := run(t, m, llm.Request{}, guard.RetryOptions{}); err != nil {
			t.Error(err)
		}
	})
}

func TestRetryPauseEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("a newer version")
		ctx, cancel := context.WithCancelCause(t.Context())
		m := script(step{text: "a", err: waiting(time.Minute)})
		retry := guard.Retry(m, func() guard.RetryOptions { return guard.RetryOptions{} })
		start := time.Now()
		time.AfterFunc(time.Second, func() { cancel(why) })
		reply, err := retry.Complete(ctx, llm.Request{Restartable: true}, nil)
		e, _ := errors.AsType[*llm.Error](err)
		if e == nil || e.Class != llm.ClassCancelled || !errors.Is(err, why) || reply.Text != "a" {
			t.Errorf("%q, %v", reply.Text, err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

func TestRetryOptionsAreReadForEachCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := script(step{err: failure(llm.ClassRetry)})
		attempts := 1
		retry := guard.Retry(m, func() guard.RetryOptions { return guard.RetryOptions{MaxAttempts: attempts} })
		for attempts = 1; attempts <= 7; attempts += 3 {
			before := m.calls
			_, _ = retry.Complete(t.Context(), llm.Request{}, nil)
			if got := m.calls - before; got != attempts {
				t.Errorf("%d attempts of %d", got, attempts)
			}
		}
	})
}

func BenchmarkRetry(b *testing.B) {
	retry := guard.Retry(script(step{text: "a"}), func() guard.RetryOptions { return guard.RetryOptions{} })
	for b.Loop() {
		_, _ = retry.Complete(b.Context(), llm.Request{}, func(llm.Event) {})
	}
}
