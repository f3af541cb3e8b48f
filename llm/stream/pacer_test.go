package stream_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

// record takes reports with their times.
type record struct {
	mu    sync.Mutex
	texts []string
	times []time.Time
}

func (r *record) report(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, s)
	r.times = append(r.times, time.Now())
}

// checkPace fails if more than ten reports came within any one second.
func (r *record) checkPace(t *testing.T) {
	t.Helper()
	for i := 10; i < len(r.times); i++ {
		if d := r.times[i].Sub(r.times[i-10]); d <= time.Second {
			t.Fatalf("eleven reports within %v", d)
		}
	}
}

// checkDelay fails if a byte that came at came[i] was reported later than Hold.
func (r *record) checkDelay(t *testing.T, came []time.Time) {
	t.Helper()
	at := 0
	for i, s := range r.texts {
		for range len(s) {
			if d := r.times[i].Sub(came[at]); d > stream.Hold {
				t.Fatalf("byte %d was held for %v", at, d)
			}
			at++
		}
	}
}

func TestPacer(t *testing.T) {
	const text = "Some words, and a sentence. Then another one follows! And\n\nso it goes on; without an end "
	for _, gap := range []time.Duration{0, 3, 17, 60, 111, 140, 249, 400} {
		gap *= time.Millisecond
		t.Run("joins what comes every "+gap.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var r record
				var came []time.Time
				p := stream.NewPacer(stream.Auto, r.report)
				all := strings.Repeat(text, 10)
				for i := 0; i < len(all); i += 5 {
					piece := all[i:min(i+5, len(all))]
					for range len(piece) {
						came = append(came, time.Now())
					}
					p.Write(piece)
					time.Sleep(gap)
				}
				p.Close()
				synctest.Wait()
				if got := strings.Join(r.texts, ""); got != all {
					t.Errorf("the reports are %q", got)
				}
				r.checkPace(t)
				r.checkDelay(t, came)
			})
		})
	}
}

func TestPacerReportsWithoutFurtherWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r record
		p := stream.NewPacer(stream.Prose, r.report)
		p.Write("One. Two. unfin")
		time.Sleep(stream.Hold)
		synctest.Wait()
		if got := strings.Join(r.texts, "|"); got != "One. Two.| unfin" {
			t.Errorf("the reports are %q", got)
		}
		time.Sleep(time.Hour)
		p.Close()
		p.Write("late")
		p.Close()
		if len(r.texts) != 2 {
			t.Errorf("the reports are %q", r.texts)
		}
	})
}

func TestPacerDropsWhatBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r record
		p := stream.NewPacer(stream.Auto, r.report)
		p.Write("One. ")
		p.Write("Two. Thr")
		p.Restart()
		time.Sleep(time.Second)
		p.Write("Four")
		p.Close()
		if got := strings.Join(r.texts, "|"); got != "One.|Four" {
			t.Errorf("the reports are %q", got)
		}
	})
}

func TestPacerTakesPiecesFromManyGoroutines(t *testing.T) {
	var r record
	p := stream.NewPacer(stream.Prose, r.report)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				p.Write("a. ")
			}
		})
	}
	group.Wait()
	p.Close()
	if got := strings.Join(r.texts, ""); got != strings.Repeat("a. ", 800) {
		t.Errorf("%d bytes were reported", len(got))
	}
}

func TestPacerReportsNothingAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r record
		p := stream.NewPacer(stream.Prose, r.report)
		p.Write("One. Two. Three")
		p.Close()
		n := len(r.texts)
		time.Sleep(time.Hour)
		if len(r.texts) != n {
			t.Errorf("the reports are %q", r.texts)
		}
	})
}
