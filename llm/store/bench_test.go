package store_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// report gives two points of a distribution, in microseconds.
func report(b *testing.B, what string, nanos []int64) {
	b.Helper()
	slices.Sort(nanos)
	if len(nanos) == 0 {
		return
	}
	b.ReportMetric(float64(nanos[len(nanos)/2])/1e3, what+"-p50-µs")
	b.ReportMetric(float64(nanos[len(nanos)*99/100])/1e3, what+"-p99-µs")
}

// BenchmarkFourProcesses is four windows on one file: 75 % finds, 20 % puts of
// 4 KiB, 5 % leases.
func BenchmarkFourProcesses(b *testing.B) {
	path := newPath(b)
	rounds := max(b.N/processes, 1)
	b.ResetTimer()
	took := runMixed(b, path, rounds)
	report(b, "find", took.Find)
	report(b, "put", took.Put)
}

func benchStore(b *testing.B, entries int) *bench {
	b.Helper()
	s := openAt(b, newPath(b), inRealTime)
	s.clock.now = time.Now()
	for i := range entries {
		k := key(i)
		s.put(store.Entry{Kind: "review", Key: k, Value: []byte(large(k)), Expires: time.Now().Add(time.Hour)})
	}
	return s
}

func BenchmarkFind(b *testing.B) {
	const entries = 2000
	for _, keys := range []int{1, 17} {
		b.Run(fmt.Sprintf("%d keys", keys), func(b *testing.B) {
			s := benchStore(b, entries)
			var took []int64
			for i := 0; b.Loop(); i++ {
				names := make([]string, keys)
				for j := range names {
					names[j] = key((i*keys + j) * 7919 % entries)
				}
				began := time.Now()
				found, err := s.Find(s.ctx, "review", names)
				took = append(took, int64(time.Since(began)))
				if len(found) != keys || err != nil {
					b.Fatal(len(found), err)
				}
			}
			report(b, "find", took)
		})
	}
}

func BenchmarkPut(b *testing.B) {
	s := benchStore(b, 0)
	var took []int64
	for i := 0; b.Loop(); i++ {
		k := key(i % 5000)
		began := time.Now()
		s.put(store.Entry{Kind: "review", Key: k, Value: []byte(large(k)), Expires: began.Add(time.Hour)})
		took = append(took, int64(time.Since(began)))
	}
	report(b, "put", took)
}

// BenchmarkOpen opens a file that is there, and closes it, as one window of
// several does.
func BenchmarkOpen(b *testing.B) {
	for _, entries := range []int{0, 200, 20000} {
		b.Run(fmt.Sprintf("%d entries", entries), func(b *testing.B) {
			s := benchStore(b, entries)
			before := residentKiB()
			var took []int64
			for b.Loop() {
				began := time.Now()
				again := store.Open(s.ctx, store.Options{Path: s.path})
				took = append(took, int64(time.Since(began)))
				if again.Note() != "" || again.Close() != nil {
					b.Fatal(again.Note())
				}
			}
			report(b, "open", took)
			b.ReportMetric(float64(residentKiB()-before), "KiB-left")
		})
	}
}

// residentKiB is how much memory this process takes; 0 where that is not told.
func residentKiB() (n int64) {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	_, _ = fmt.Sscan(rest, &n)
	return n
}
