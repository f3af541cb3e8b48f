package review_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

var update = flag.Bool("update", false, "rewrite what is wanted in testdata")

// scripted is a model that gives its replies one after the other, in pieces.
type scripted struct {
	replies  []string
	size     int // of a piece; 0: all at once
	fail     error
	requests []llm.Request
}

func (m *scripted) Complete(_ context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	m.requests = append(m.requests, req)
	if len(m.replies) == 0 {
		return llm.Reply{}, m.fail
	}
	reply := m.replies[0]
	m.replies = m.replies[1:]
	for rest := reply; rest != ""; {
		end := min(len(rest), max(m.size, 1))
		if m.size == 0 {
			end = len(rest)
		}
		sink(llm.Event{Text: rest[:end]})
		rest = rest[end:]
	}
	if len(m.replies) == 0 && m.fail != nil {
		return llm.Reply{Text: reply}, m.fail
	}
	return llm.Reply{Text: reply, Finish: "stop"}, nil
}

// TestReviews reads each file of testdata: a source, one or two replies, and
// the findings that stand afterwards.
func TestReviews(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".txtar"), "-", " ")
		t.Run(name, func(t *testing.T) { checkReview(t, file) })
	}
}

func checkReview(t *testing.T, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var source string
	var replies []string
	want := -1
	for i, f := range archive.Files {
		switch {
		case f.Name == "want":
			want = i
		case strings.HasPrefix(f.Name, "reply"):
			replies = append(replies, string(f.Data))
		default:
			source = string(f.Data)
		}
	}
	var got string
	for size := range 9 { // the cut of the pieces must not matter
		this := findingsOf(t, source, replies, size)
		if size > 0 && this != got {
			t.Errorf("in pieces of %d bytes:\n%s\nat once:\n%s", size, this, got)
		}
		got = this
	}
	if want < 0 {
		t.Fatal("the file has no want")
	}
	if *update {
		archive.Files[want].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(archive.Files[want].Data) != got {
		t.Errorf("got:\n%s\nwant:\n%s", got, archive.Files[want].Data)
	}
}

// findingsOf reviews source and writes down what came of it.
func findingsOf(t *testing.T, source string, replies []string, size int) string {
	t.Helper()
	doc := text.New("file:///source.go", "go", 1, source)
	board := review.NewBoard(nil)
	board.Open(doc)
	model := &scripted{replies: append([]string(nil), replies...), size: size}
	result, err := review.New(model, board, review.Options{}).Review(t.Context(), review.Ask{Doc: doc})
	var b strings.Builder
	_, findings := board.Findings(doc.URI(), review.View{})
	for _, f := range findings {
		fmt.Fprintf(&b, "lines %d-%d %s %s %.2f: %s\n", f.Anchor.First()+1, f.Anchor.Last()+1, f.Severity, f.Type, f.Confidence, f.Message)
		if f.Explanation != "" {
			fmt.Fprintf(&b, "  why: %q\n", f.Explanation)
		}
		if f.HasFix() {
			fmt.Fprintf(&b, "  fix: %q\n", f.Diff(doc))
		}
	}
	fmt.Fprintf(&b, "findings %d, calls %d, dropped %d, partial %v\n", result.Findings, result.Calls, result.Dropped, result.Partial)
	if fault, ok := errors.AsType[*llm.Error](err); ok {
		fmt.Fprintf(&b, "error: %s: %s\n", fault.Class, fault.Say)
	}
	return b.String()
}
