package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

// BenchmarkStart measures from the start of the process to its answer to
// initialize, in milliseconds.
func BenchmarkStart(b *testing.B) {
	h := newHome(b)
	var took []time.Duration
	for b.Loop() {
		took = append(took, startOnce(b, h))
	}
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// startOnce speaks to a process with nothing in between that could cost time.
func startOnce(b *testing.B, h *home) time.Duration {
	b.Helper()
	const body = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`
	cmd := h.command()
	stdin, errIn := cmd.StdinPipe()
	stdout, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut); err != nil {
		b.Fatal(err)
	}
	in := bufio.NewReader(stdout)
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	_, errWrite := fmt.Fprintf(stdin, "Content-Length: %d\r\n\r\n%s", len(body), body)
	header, errRead := textproto.NewReader(in).ReadMIMEHeader()
	length, errLength := strconv.Atoi(header.Get("Content-Length"))
	_, errBody := io.CopyN(io.Discard, in, int64(length))
	took := time.Since(began)
	if err := errors.Join(errWrite, errRead, errLength, errBody); err != nil {
		b.Fatal(err)
	}
	_ = stdin.Close()
	_, _ = io.Copy(io.Discard, in)
	_ = cmd.Wait() // 1: there was no shutdown
	return took
}

// BenchmarkMemory measures the resident memory of the process, in MiB: before
// the first review, and with a thousand documents open.
func BenchmarkMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("resident memory is read from /proc")
	}
	for _, documents := range []int{0, 1000} {
		b.Run(fmt.Sprintf("%d open documents", documents), func(b *testing.B) {
			most := 0.0
			for b.Loop() {
				most = max(most, residentWith(b, documents))
			}
			b.ReportMetric(most, "MiB")
			b.ReportMetric(0, "ns/op") // of no interest here
		})
	}
}

// residentWith is the memory of a server with some documents of 4 KiB.
func residentWith(b *testing.B, documents int) float64 {
	b.Helper()
	s := newHome(b).enter(nil)
	text := strings.Repeat("func add(a, b int) int { return a + b }\n", 4096/40)
	for i := range documents {
		s.must(s.Open(fmt.Sprintf("%s.%d.go", s.uri, i), "go", fmt.Sprintf("// Package p%d adds.\n%s", i, text)))
	}
	_, err := s.Hover(s.home.ctx, s.uri, editor.Position{}) // what came before is done when this is answered
	s.must(err)
	resident := vmRSS(b, s.cmd.Process.Pid)
	s.leave()
	return resident
}

// vmRSS is the resident memory of a process in MiB.
func vmRSS(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	number, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	kib, err := strconv.Atoi(number)
	if err != nil {
		b.Fatalf("read VmRSS: %v", err)
	}
	return float64(kib) / 1024
}
