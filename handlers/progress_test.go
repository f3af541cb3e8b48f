package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// noise is what every notification of progress has in common.
var noise = []string{`$/progress {"token":"ai-lsp/1","value":`, `"kind":`, `"message":`, `"`, `{`, `}`}

// inProgress runs a test in a bubble, with an editor that shows progress.
func inProgress(t *testing.T, run func(t *testing.T, p *progress, editor *recorder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		editor := newRecorder()
		p := newProgress(editor)
		p.enabled = true
		run(t, p, editor)
		synctest.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.cancel) != 0 {
			t.Errorf("%d ended tasks can still be cancelled", len(p.cancel))
		}
	})
}

func TestATaskIsAnnouncedShownAndEndedOnce(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		ctx, task := p.start(t.Context(), "AI review", 0, reportGap, " · ")
		task.open("a.go")
		synctest.Wait()
		task.report("one")
		task.finish("done")
		task.finish("failed")
		task.report("late")
		editor.check(t, noise, "0s begin,title:AI review,cancellable:true,a.go", "0s report,one", "0s end,done")
		if got := strings.Join(editor.called(), "\n"); got != `0s window/workDoneProgress/create {"token":"ai-lsp/1"}` {
			t.Errorf("called %s", got)
		}
		if ctx.Err() == nil {
			t.Error("the context of an ended task goes on")
		}
	})
}

func TestReportsBeforeTheAnswerAreNotLost(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		editor.answer = slow(3 * time.Second)
		_, task := p.start(t.Context(), "t", 0, reportGap, " · ")
		task.report("one")
		task.report("two")
		time.Sleep(2 * time.Second)
		editor.check(t, noise)
		time.Sleep(2 * time.Second)
		editor.check(t, noise, "3s begin,title:t,cancellable:true", "3s report,one · two")
		task.finish("")
	})
}

func TestATaskThatEndsBeforeTheAnswerIsShownWhole(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		editor.answer = slow(3 * time.Second)
		_, task := p.start(t.Context(), "t", 0, reportGap, " · ")
		task.report("one")
		synctest.Wait()
		task.finish("done")
		editor.check(t, noise)
		time.Sleep(4 * time.Second)
		editor.check(t, noise, "3s begin,title:t,cancellable:true", "3s report,one", "3s end,done")
	})
}

// slow is an editor that takes its time.
func slow(wait time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(wait):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestAnEditorThatGivesNoPlaceGetsNothing(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer func(context.Context) error
	}{
		{"it refuses", func(context.Context) error { return errRefused }},
		{"it never answers", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
				editor.answer = tc.answer
				ctx, task := p.start(t.Context(), "t", 0, reportGap, " · ")
				task.report("one")
				time.Sleep(time.Minute)
				task.report("two")
				if ctx.Err() != nil {
					t.Error("the work has ended with its display")
				}
				task.finish("done")
				editor.check(t, noise)
			})
		})
	}
}

func TestAnEditorWithoutProgressIsNotAsked(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		p.enabled = false
		ctx, task := p.start(t.Context(), "t", 0, reportGap, " · ")
		task.report("one")
		time.Sleep(time.Minute)
		task.finish("done")
		editor.check(t, noise)
		if len(editor.called()) != 0 || ctx.Err() == nil {
			t.Errorf("called %q, the context has %v", editor.called(), ctx.Err())
		}
	})
}

func TestWhatEndsSoonIsNotShown(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		_, task := p.start(t.Context(), "t", pause, reportGap, " · ")
		task.report("one")
		time.Sleep(pause - 1)
		task.finish("done")
		time.Sleep(time.Minute)
		editor.check(t, noise)
		if len(editor.called()) != 0 {
			t.Errorf("called %q", editor.called())
		}
	})
}

func TestWhatEndsInTheMomentThatItWouldBeShownIsNotShown(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		_, task := p.start(t.Context(), "t", pause, reportGap, " · ")
		task.finish("done")
		task.create() // as a timer does that could not be stopped any more
		editor.check(t, noise)
		if len(editor.called()) != 0 {
			t.Errorf("called %q", editor.called())
		}
	})
}

func TestWhatTakesLongerIsShownWithAllThatHappened(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		_, task := p.start(t.Context(), "t", pause, reportGap, " · ")
		task.report("one")
		task.report("two")
		time.Sleep(time.Second)
		task.finish("done")
		editor.check(t, noise, "500ms begin,title:t,cancellable:true", "500ms report,one · two", "1s end,done")
	})
}

func TestReportsAreAtMostTenASecondAndTogetherTheWhole(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		_, task := p.start(t.Context(), "t", 0, reportGap, "")
		synctest.Wait()
		want := ""
		var sent []time.Duration
		for n := range 1000 {
			piece := fmt.Sprintf("%d,", n)
			want += piece
			task.report(piece)
			time.Sleep(7 * time.Millisecond)
		}
		task.finish("done")
		got := ""
		for line := range strings.SplitSeq(editor.take(), "\n") {
			at, rest, _ := strings.Cut(line, " ")
			var params progressParams
			_, raw, _ := strings.Cut(rest, " ")
			if err := json.Unmarshal([]byte(raw), &params); err != nil {
				t.Fatal(err)
			}
			if params.Value.Kind == "report" {
				got += params.Value.Message
				when, _ := time.ParseDuration(at)
				sent = append(sent, when)
			}
		}
		if got != want {
			t.Errorf("the reports are %q", got)
		}
		for i := 10; i < len(sent); i++ {
			if sent[i]-sent[i-10] < time.Second {
				t.Errorf("eleven reports from %v to %v", sent[i-10], sent[i])
			}
		}
		if len(sent) < 50 {
			t.Errorf("only %d reports in seven seconds", len(sent))
		}
	})
}

func TestTheCancelButtonEndsTheWorkAndSaysWhy(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		h := &Handlers{progress: p}
		ctx, task := p.start(t.Context(), "t", 0, reportGap, " · ")
		other, second := p.start(t.Context(), "u", 0, reportGap, " · ")
		synctest.Wait()
		for _, unknown := range []string{`"ai-lsp/9"`, `1`, `null`, `{`, ``} {
			h.CancelProgress(json.RawMessage(unknown))
		}
		if ctx.Err() != nil || other.Err() != nil {
			t.Error("a token of nobody has ended something")
		}
		h.CancelProgress(json.RawMessage(`"ai-lsp/1"`))
		if !errors.Is(context.Cause(ctx), errStopped) || other.Err() != nil {
			t.Errorf("the causes are %v and %v", context.Cause(ctx), context.Cause(other))
		}
		task.finish("cancelled")
		second.finish("done")
		h.CancelProgress(json.RawMessage(`"ai-lsp/2"`))
		if !errors.Is(context.Cause(other), context.Canceled) {
			t.Errorf("ended work was cancelled for %v", context.Cause(other))
		}
	})
}

func TestAWaitingReportTakesUpTheNext(t *testing.T) {
	inProgress(t, func(t *testing.T, p *progress, editor *recorder) {
		_, task := p.start(t.Context(), "t", 0, 0, " · ")
		synctest.Wait()
		task.report("one")
		task.report("two")
		task.finish("done")
		editor.mu.Lock()
		defer editor.mu.Unlock()
		var keys []string
		for _, n := range editor.news {
			keys = append(keys, n.key)
		}
		if got := strings.Join(keys, "|"); got != "|progress ai-lsp/1|progress ai-lsp/1|" {
			t.Fatalf("the keys are %s: only reports may be joined", got)
		}
		older, newer := editor.news[1], editor.news[2]
		joined := newer.merge(older.params, newer.params)
		if got := wire(joined); got != `{"token":"ai-lsp/1","value":{"kind":"report","message":"one · two"}}` {
			t.Errorf("joined to %s", got)
		}
		if wire(older.params) == wire(joined) || wire(newer.params) == wire(joined) {
			t.Error("joining has changed what it was given")
		}
	})
}
