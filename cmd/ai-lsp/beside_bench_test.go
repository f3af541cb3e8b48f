package main

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

// hanging is how many model calls hang beside what is measured.
const hanging = 200

// BenchmarkBeside measures what an editor asks all the time, from outside, with
// nothing else going on and beside commands whose connections to the model
// hang. Both processes take turns in one run; the ratios are what counts.
func BenchmarkBeside(b *testing.B) {
	for _, bc := range []struct {
		name string
		once func(s *session, i int) error
	}{
		{"hover", func(s *session, _ int) error { return s.card() }},
		{"codeAction", func(s *session, _ int) error {
			actions, err := s.Actions(s.home.ctx, s.uri, editor.At(3, 0, 3, 0))
			if err == nil && len(actions) == 0 {
				err = errors.New("no action is offered")
			}
			return err
		}},
		{"didChange and hover", func(s *session, i int) error {
			// The first line of the document, above the finding.
			typed := editor.TextEdit{Range: editor.At(0, 8, 0, 9), NewText: string(rune('a' + i%26))}
			return errors.Join(s.Change(s.uri, typed), s.card())
		}},
	} {
		b.Run(bc.name, func(b *testing.B) { beside(b, bc.once) })
	}
}

func beside(b *testing.B, once func(s *session, i int) error) {
	b.Helper()
	idle, _ := settled(b, 0)
	loaded, u := settled(b, hanging)
	var idleTook, loadedTook []time.Duration
	i := 0
	for b.Loop() {
		if i%2 == 0 { // neither is always the first
			idleTook = append(idleTook, idle.time(func() error { return once(idle, i) }))
			loadedTook = append(loadedTook, loaded.time(func() error { return once(loaded, i) }))
		} else {
			loadedTook = append(loadedTook, loaded.time(func() error { return once(loaded, i) }))
			idleTook = append(idleTook, idle.time(func() error { return once(idle, i) }))
		}
		i++
	}
	if len(u.left) > 0 {
		b.Error("some calls no longer hang")
	}
	idle50, idle99 := percentiles(idleTook)
	loaded50, loaded99 := percentiles(loadedTook)
	b.ReportMetric(idle50, "idle-p50-µs")
	b.ReportMetric(idle99, "idle-p99-µs")
	b.ReportMetric(loaded50, "loaded-p50-µs")
	b.ReportMetric(loaded99, "loaded-p99-µs")
	b.ReportMetric(loaded50/idle50, "p50/p50")
	b.ReportMetric(loaded99/idle99, "p99/p99")
	b.ReportMetric(0, "ns/op") // the mean of both would mislead
	loaded.leave()
	idle.leave()
}

// percentiles gives the 50th and the 99th, in microseconds.
func percentiles(took []time.Duration) (p50, p99 float64) {
	slices.Sort(took)
	at := func(percent int) float64 { return float64(took[len(took)*percent/100].Nanoseconds()) / 1000 }
	return at(50), at(99)
}

// settled is a session with a finding on the fourth line of its document, and
// with calls that hang at the model.
func settled(b *testing.B, calls int) (*session, *upstream) {
	b.Helper()
	u := play(b, func(w http.ResponseWriter, r *http.Request, c call) {
		if c.body["response_format"] != nil {
			answer(w, r, c)
			return
		}
		hang(w, r, c)
	})
	settings := u.settings()
	settings["limits"] = map[string]any{"concurrency": hanging} // all of them get there
	s := newHome(b).enter(settings)
	s.open()
	s.awaitModel("played")
	s.must(s.review())
	u.next()
	for range calls {
		s.start("ai-lsp.explain", s.place())
	}
	for range calls {
		u.next()
	}
	return s, u
}

// time is how long do takes.
func (s *session) time(do func() error) time.Duration {
	s.home.t.Helper()
	began := time.Now()
	err := do()
	took := time.Since(began)
	s.must(err)
	return took
}

// card asks for the hover of the finding.
func (s *session) card() error {
	card, err := s.Hover(s.home.ctx, s.uri, editor.Position{Line: 3, Character: 2})
	if err == nil && card == "" {
		err = errors.New("there is no hover")
	}
	return err
}
