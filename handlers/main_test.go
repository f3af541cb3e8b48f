package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is an editor that writes down what it gets, and when.
type recorder struct {
	began time.Time
	// answer is what calls come to; nil: nothing is wrong.
	answer func(ctx context.Context) error

	mu    sync.Mutex
	told  []string
	calls []string
	news  []news
}

// news is one notification, as it was queued.
type news struct {
	key    string
	params any
	merge  func(older, newer any) any
}

func newRecorder() *recorder { return &recorder{began: time.Now()} }

func (r *recorder) Notify(method string, params any) error {
	return r.NotifyMerged("", method, params, nil)
}

func (r *recorder) NotifyMerged(key, method string, params any, merge func(older, newer any) any) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, fmt.Sprintf("%v %s %s", time.Since(r.began), method, wire(params)))
	r.news = append(r.news, news{key, params, merge})
	return nil
}

func (r *recorder) Call(ctx context.Context, method string, params, _ any) error {
	r.mu.Lock()
	r.calls = append(r.calls, fmt.Sprintf("%v %s %s", time.Since(r.began), method, wire(params)))
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(ctx)
}

func wire(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// take gives what was told since the last time, one a line, shortened by those
// words.
func (r *recorder) take(without ...string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := strings.Join(r.told, "\n")
	for _, word := range without {
		text = strings.ReplaceAll(text, word, "")
	}
	r.told = nil
	return text
}

// check compares what was told since the last time.
func (r *recorder) check(t *testing.T, without []string, want ...string) {
	t.Helper()
	if got := r.take(without...); got != strings.Join(want, "\n") {
		t.Errorf("told:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func (r *recorder) called() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

var errRefused = errors.New("refused")
