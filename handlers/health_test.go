package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
)

var (
	errDown = &llm.Error{Class: llm.ClassRetry, Say: "The model cannot be reached."}
	errKey  = &llm.Error{Class: llm.ClassFatal, Status: 401, Say: "The key was refused."}
)

// inHealth runs a test in a bubble, with an editor that is told of outages.
func inHealth(t *testing.T, run func(t *testing.T, h *health, editor *recorder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		editor := newRecorder()
		h := newHealth(&Handlers{deps: Deps{Client: editor, Log: func(string, ...any) {}}})
		run(t, h, editor)
	})
}

func TestAnOutageIsToldOnceAndItsEndOnce(t *testing.T) {
	const shown, logged = "0s window/showMessage ", "0s window/logMessage "
	wait := &llm.Error{Class: llm.ClassWait, Say: "Too many requests.", RetryAfter: time.Minute}
	for _, tc := range []struct {
		name  string
		calls []error
		want  string
	}{
		{"calls that succeed", []error{nil, nil}, ""},
		{"one failure", []error{errDown}, shown + `{"type":2,"message":"ai-lsp: The model cannot be reached."}`},
		{"many failures", []error{errDown, errDown, fmt.Errorf("review: %w", errDown)}, shown + `{"type":2,"message":"ai-lsp: The model cannot be reached."}`},
		{"another failure of the same outage", []error{errDown, wait}, shown + `{"type":2,"message":"ai-lsp: The model cannot be reached."}`},
		{"recovery", []error{errDown, nil, nil}, shown + `{"type":2,"message":"ai-lsp: The model cannot be reached."}` + "\n" + logged + `{"type":3,"message":"ai-lsp: The model answers again."}`},
		{"what needs a person is news", []error{errDown, errKey, errKey}, shown + `{"type":2,"message":"ai-lsp: The model cannot be reached."}` + "\n" + shown + `{"type":2,"message":"ai-lsp: The key was refused."}`},
		{"a failure without words", []error{&llm.Error{Class: llm.ClassRetry}}, shown + `{"type":2,"message":"ai-lsp: The model could not be asked."}`},
		{"a call that was cancelled", []error{&llm.Error{Class: llm.ClassCancelled}, context.Canceled, &llm.Error{Class: llm.ClassRetry, Err: context.Canceled}}, ""},
		{"a fault that is not the model's", []error{errors.New("no such document")}, ""},
		{"a cancelled call in an outage", []error{errDown, context.Canceled}, shown + `{"type":2,"message":"ai-lsp: The model cannot be reached."}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inHealth(t, func(t *testing.T, h *health, editor *recorder) {
				for _, err := range tc.calls {
					h.after(err)
				}
				editor.check(t, nil, strings.Split(tc.want, "\n")...)
			})
		})
	}
}

func TestTheStateIsTold(t *testing.T) {
	for _, tc := range []struct {
		name  string
		err   error
		state string
		retry time.Duration // from now; 0: not told
	}{
		{"a call that succeeds", nil, stateReady, 0},
		{"no connection", errDown, stateOffline, 0},
		{"a limit", &llm.Error{Class: llm.ClassWait, RetryAfter: 7 * time.Second}, stateDegraded, 7 * time.Second},
		{"a limit without a time", &llm.Error{Class: llm.ClassWait}, stateDegraded, 0},
		{"a refused key", errKey, stateDegraded, time.Minute},
		{"no model", &llm.Error{Class: llm.ClassFatal, Code: CodeUnconfigured}, stateUnconfigured, time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inHealth(t, func(t *testing.T, h *health, _ *recorder) {
				h.after(tc.err)
				state, detail, retry := h.now()
				if state != tc.state || (detail == "") != (tc.err == nil) {
					t.Errorf("state %s, %q", state, detail)
				}
				if tc.retry == 0 != retry.IsZero() || tc.retry != 0 && time.Until(retry) != tc.retry {
					t.Errorf("it will be tried again at %v", retry)
				}
			})
		})
	}
}

func TestAFaultThatNeedsAPersonWaitsForOne(t *testing.T) {
	inHealth(t, func(t *testing.T, h *health, _ *recorder) {
		check := func(what string, byPerson bool, refused bool) {
			t.Helper()
			reason := h.refusal(byPerson)
			if (reason != "") != refused {
				t.Errorf("%s: refused with %q", what, reason)
			}
			if refused && !strings.HasPrefix(reason, "The key was refused. A command tries again from ") {
				t.Errorf("%s: the reason is %q", what, reason)
			}
		}
		check("a command before anything is wrong", true, false)
		h.after(errDown)
		check("a call by itself when a retry may help", false, false)
		h.after(errKey)
		check("a call by itself", false, true)
		check("a command at once", true, true)
		time.Sleep(time.Minute - time.Nanosecond)
		check("a command within the minute", true, true)
		time.Sleep(time.Nanosecond)
		check("a command after it", true, false)
		check("a call by itself after it", false, true)
		h.after(errKey)
		check("a command after another refusal", true, true)
		h.after(nil)
		check("a call by itself after a success", false, false)
	})
}

func TestCallsByThemselvesStayAwayUntilTheUpstreamSaid(t *testing.T) {
	inHealth(t, func(t *testing.T, h *health, _ *recorder) {
		h.after(&llm.Error{Class: llm.ClassWait, Say: "Too many requests.", RetryAfter: 20 * time.Second})
		if h.refusal(false) == "" {
			t.Error("a call by itself comes too early")
		}
		if reason := h.refusal(true); reason != "" {
			t.Errorf("a command is refused with %q", reason)
		}
		time.Sleep(20 * time.Second)
		if reason := h.refusal(false); reason != "" {
			t.Errorf("a call by itself is refused with %q", reason)
		}
	})
}

func TestNewSettingsBeginAnew(t *testing.T) {
	inHealth(t, func(t *testing.T, h *health, editor *recorder) {
		h.after(errKey)
		editor.take()
		h.reset()
		if state, detail, retry := h.now(); state != stateReady || detail != "" || !retry.IsZero() || h.refusal(false) != "" {
			t.Errorf("state %s, %q, %v", state, detail, retry)
		}
		editor.check(t, nil) // a reset is no recovery
		h.after(errKey)
		editor.check(t, nil, `0s window/showMessage {"type":2,"message":"ai-lsp: The key was refused."}`)
	})
}
