package review_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/cache"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/llm/store"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// shelf is a cache in memory.
func shelf(t *testing.T) review.Cache {
	t.Helper()
	s := store.Open(t.Context(), store.Options{})
	c := cache.New(s, 1<<20)
	t.Cleanup(func() {
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// function is a Go function that is long enough to be a unit of its own. The
// line with bad is its fourth.
func function(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "func %s(n int) int {\n\tsum := 0\n\tfor i := range n {\n\t\tsum += bad(%q, i)\n\t}\n", name, name)
	for i := range 12 {
		fmt.Fprintf(&b, "\tif sum > %d00 {\n\t\tsum -= step(%q, %d)\n\t}\n", i+1, name, i)
	}
	b.WriteString("\treturn sum\n}\n")
	return b.String()
}

func threeFunctions() string {
	return "package p\n\n" + function("alpha") + "\n" + function("beta") + "\n" + function("gamma")
}

// finder is a model that reports each line with "bad(" that it is asked about,
// and remembers what it was asked.
type finder struct {
	mu     sync.Mutex
	asked  []string
	before func(ctx context.Context, n int) error // each answer, from 1 on
	reply  func(n int, issues []prompt.Issue) string
}

func (m *finder) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	sent := req.Messages[len(req.Messages)-1].Content
	m.mu.Lock()
	m.asked = append(m.asked, sent)
	n := len(m.asked)
	m.mu.Unlock()
	if m.before != nil {
		if err := m.before(ctx, n); err != nil {
			return llm.Reply{}, err
		}
	}
	var issues []prompt.Issue
	for row := range strings.SplitSeq(sent, "\n") {
		var line int
		number, code, listed := strings.Cut(row, "| ")
		if _, err := fmt.Sscan(number, &line); err != nil || !listed || !strings.Contains(code, "bad(") {
			continue
		}
		issues = append(issues, prompt.Issue{
			Line: line, EndLine: line, Quote: code, Type: "bug", Severity: "warning",
			Message: "bad in " + strings.Split(code, `"`)[1], Confidence: 0.9,
		})
	}
	reply := m.answer(n, issues)
	sink(llm.Event{Text: reply})
	return llm.Reply{Text: reply, Finish: "stop"}, nil
}

func (m *finder) answer(n int, issues []prompt.Issue) string {
	if m.reply != nil {
		return m.reply(n, issues)
	}
	raw, err := json.Marshal(prompt.CodeReview{Issues: append([]prompt.Issue{}, issues...)})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func (m *finder) calls() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.asked)
}

func (d *desk) mustReview(model review.Model, ask review.Ask) review.Result {
	d.t.Helper()
	ask.Doc = d.doc
	result, err := d.reviewer(model).Review(d.t.Context(), ask)
	if err != nil {
		d.t.Fatal(err)
	}
	return result
}

func newDeskWithCache(t *testing.T, source string) *desk {
	t.Helper()
	d := newDesk(t, source)
	d.cache = shelf(t)
	return d
}

func TestOnlyWhatChangedIsSent(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	model := &finder{}
	first := d.mustReview(model, review.Ask{})
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
	if first.Calls != 1 || first.Cached != 0 || first.Findings != 3 {
		t.Fatalf("the first review: %+v", first)
	}
	d.replace(`step("beta", 3)`, `step("beta", 4)`)
	second := d.mustReview(model, review.Ask{})
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
	if second.Calls != 1 || second.Cached != second.Units-1 {
		t.Errorf("after an edit in one function: %+v", second)
	}
	sent := model.asked[1]
	if !strings.Contains(sent, `bad("beta"`) || strings.Contains(sent, `bad("alpha"`) || strings.Contains(sent, `bad("gamma"`) {
		t.Errorf("sent:\n%s", sent)
	}
	third := d.mustReview(model, review.Ask{})
	if third.Calls != 0 || third.Cached != third.Units || third.Findings != 3 {
		t.Errorf("the same text again: %+v", third)
	}
}

func TestWhatIsKnownComesBackWhereItsCodeStandsNow(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(&finder{}, review.Ask{})
	moved := "package p\n\nimport \"fmt\"\n\nvar x = fmt.Sprint()\n\n" + function("gamma") + "\n" + function("alpha")
	for _, tc := range []struct {
		name, source string
		want         []string
	}{
		{"the same text", threeFunctions(), []string{"6: bad in alpha", "50: bad in beta", "94: bad in gamma"}},
		{"functions that moved", moved, []string{"10: bad in gamma", "54: bad in alpha"}},
		{
			"other line ends and blanks at the ends of lines",
			strings.ReplaceAll(threeFunctions(), "\n", " \r\n"),
			[]string{"6: bad in alpha", "50: bad in beta", "94: bad in gamma"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			again := newDesk(t, tc.source) // another window, or the same after a restart
			again.cache = d.cache
			again.reviewer(&finder{}).Recall(t.Context(), again.doc)
			again.check(tc.want...)
		})
	}
}

func TestAFindingIsFoundAgainInCodeThatChangedWithoutUs(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(&finder{}, review.Ask{})
	for _, tc := range []struct {
		name, old, now string
		want           []string
	}{
		{"a line far from it was edited", `step("beta", 3)`, `step("beta", 4)`, []string{"6: bad in alpha", "50: bad in beta", "94: bad in gamma"}},
		{"a line was added above it", "\tsum := 0\n\tfor i := range n {\n\t\tsum += bad(\"beta\"", "\tsum := 0\n\n\tn++\n\tfor i := range n {\n\t\tsum += bad(\"beta\"", []string{"6: bad in alpha", "52: bad in beta", "96: bad in gamma"}},
		{"its own line was edited", `bad("beta", i)`, `bad("beta", i+1)`, []string{"6: bad in alpha", "94: bad in gamma"}},
		{"its function was renamed", "func beta", "func delta", []string{"6: bad in alpha", "94: bad in gamma"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			again := newDesk(t, strings.Replace(threeFunctions(), tc.old, tc.now, 1))
			again.cache = d.cache
			again.reviewer(&finder{}).Recall(t.Context(), again.doc)
			again.check(tc.want...)
		})
	}
}

func TestAnAnswerThatWasCutIsNotKept(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	cut := &finder{reply: func(_ int, issues []prompt.Issue) string {
		raw, _ := json.Marshal(prompt.CodeReview{Issues: issues})
		return string(raw[:len(raw)*2/3])
	}}
	result, _ := d.reviewer(cut).Review(t.Context(), review.Ask{Doc: d.doc})
	if !result.Partial || result.Findings == 0 {
		t.Fatalf("a cut review: %+v", result)
	}
	again := d.mustReview(&finder{}, review.Ask{})
	if again.Calls != 1 || again.Cached != 0 {
		t.Errorf("after a cut answer: %+v", again)
	}
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
}

func TestAnotherModelIsAskedAnew(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	for i, name := range []string{"small", "large", "small"} {
		r := review.New(&finder{}, d.board, review.Options{
			Cache: d.cache, ReviewTTL: func() time.Duration { return time.Hour },
			ModelName: func(context.Context) string { return name },
		})
		result, err := r.Review(t.Context(), review.Ask{Doc: d.doc})
		if want := [3]int{1, 1, 0}[i]; err != nil || result.Calls != want {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
}

func TestNothingIsKeptForNoTime(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	model := &finder{}
	for range 2 {
		r := review.New(model, d.board, review.Options{Cache: d.cache})
		if _, err := r.Review(t.Context(), review.Ask{Doc: d.doc}); err != nil {
			t.Fatal(err)
		}
		other := newDesk(t, d.doc.Text())
		review.New(model, other.board, review.Options{Cache: d.cache}).Recall(t.Context(), other.doc)
		other.check()
	}
	if model.calls() != 2 {
		t.Errorf("%d calls", model.calls())
	}
}

func TestNearShowsWhatIsNewOnlyBesideWantedLines(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	for _, tc := range []struct {
		name   string
		wanted syntax.Lines
		want   []string
	}{
		{"its own line", syntax.Lines{First: 49, Last: 49}, []string{"50: bad in beta"}},
		{"the line below", syntax.Lines{First: 50, Last: 50}, []string{"50: bad in beta"}},
		{"the line above", syntax.Lines{First: 48, Last: 48}, []string{"50: bad in beta"}},
		{"elsewhere in the function", syntax.Lines{First: 64, Last: 65}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			one := newDesk(t, d.doc.Text())
			one.cache = d.cache
			result := one.mustReview(&finder{}, review.Ask{Wanted: []syntax.Lines{tc.wanted}, Near: true})
			one.check(tc.want...)
			if result.Units != 1 || result.Findings != len(tc.want) {
				t.Errorf("%+v", result)
			}
		})
	}
	t.Run("what is shown already stays", func(t *testing.T) {
		one := newDesk(t, d.doc.Text())
		one.mustReview(&finder{}, review.Ask{})
		one.mustReview(&finder{}, review.Ask{Wanted: []syntax.Lines{{First: 64, Last: 64}}, Near: true})
		one.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
	})
}

func TestASelectionIsAskedAboutWithWhatStandsAroundIt(t *testing.T) {
	d := newDesk(t, threeFunctions())
	model := &finder{}
	result := d.mustReview(model, review.Ask{Wanted: []syntax.Lines{{First: 51, Last: 53}}, Exact: true})
	if result.Units != 1 || result.Dropped != 1 {
		t.Errorf("%+v", result)
	}
	d.check() // what the model says of a line that is only context counts for nothing
	if sent := model.asked[0]; !strings.Contains(sent, "lines 52-54") || !strings.Contains(sent, "50| ") || strings.Contains(sent, "alpha") {
		t.Errorf("sent:\n%s", sent)
	}
}

func TestTwoReviewsOfTheSameCodePayOnce(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	asked, gate := make(chan struct{}), make(chan struct{})
	model := &finder{before: func(context.Context, int) error {
		close(asked) // a second call would panic
		<-gate
		return nil
	}}
	r := d.reviewer(model)
	var all, one review.Result
	var running sync.WaitGroup
	running.Go(func() { all, _ = r.Review(t.Context(), review.Ask{Doc: d.doc}) })
	<-asked
	begun := make(chan struct{})
	running.Go(func() {
		part := review.Ask{Doc: d.doc, Wanted: []syntax.Lines{{First: 49, Last: 49}}, Done: func(done, _ int) {
			if done == 0 {
				close(begun)
			}
		}}
		one, _ = r.Review(t.Context(), part)
	})
	<-begun
	close(gate)
	running.Wait()
	if all.Calls != 1 || one.Calls != 0 || one.Cached != 1 || one.Findings != 1 {
		t.Errorf("%+v and %+v", all, one)
	}
}

func TestARequestThatIsTooLongIsCutByUnits(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	model := &finder{before: func(_ context.Context, n int) error {
		if n == 1 {
			return &llm.Error{Class: llm.ClassTooLong}
		}
		return nil
	}}
	result := d.mustReview(model, review.Ask{})
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
	if result.Calls != 3 || result.Partial {
		t.Errorf("%+v", result)
	}
}

func TestWhatOnePartLacksTheOthersKeep(t *testing.T) {
	// More code than fits into one request: the second one fails.
	var source strings.Builder
	source.WriteString("package p\n")
	for i := range 60 {
		source.WriteString("\n" + function(fmt.Sprintf("f%02d", i)))
	}
	d := newDeskWithCache(t, source.String())
	failed := 0
	model := &finder{before: func(_ context.Context, n int) error {
		if n == 2 {
			failed++
			return &llm.Error{Class: llm.ClassRetry, Say: "Gone."}
		}
		return nil
	}}
	result, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc})
	if llm.ClassOf(err) != llm.ClassRetry || !result.Partial || result.Findings == 0 || result.Findings == 60 {
		t.Fatalf("%+v, %v", result, err)
	}
	again := d.mustReview(&finder{}, review.Ask{})
	if again.Findings != 60 || again.Cached == 0 || again.Calls == 0 || again.Calls >= result.Calls {
		t.Errorf("first %+v, then %+v", result, again)
	}
}

func TestASecondLookHidesWhatItDoesNotConfirm(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	looks := 0
	model := &finder{}
	model.reply = func(n int, issues []prompt.Issue) string {
		if n == 1 {
			raw, _ := json.Marshal(prompt.CodeReview{Issues: issues})
			return string(raw)
		}
		looks++
		return `{"verdicts": [{"index": 1, "keep": true, "reason": ""}, {"index": 2, "keep": false, "reason": "It can not happen."}, {"index": 3, "keep": true, "reason": ""}]}`
	}
	result := d.mustReview(model, review.Ask{Verify: true})
	if result.Calls != 2 || result.Rejected != 1 || result.Findings != 2 || looks != 1 {
		t.Fatalf("%+v after %d looks", result, looks)
	}
	d.check("6: bad in alpha", "94: bad in gamma")
	again := d.mustReview(model, review.Ask{Verify: true})
	d.check("6: bad in alpha", "94: bad in gamma")
	if again.Calls != 0 {
		t.Errorf("what is known was asked again: %+v", again)
	}
}

func TestGeneratedAndMinifiedFilesAreNotSent(t *testing.T) {
	long := strings.Repeat("var a=1;", 1<<18)
	for _, tc := range []struct{ name, language, source, want string }{
		{"a.go", "go", "// Code generated by x. DO NOT EDIT.\n\npackage a\n", "it is generated"},
		{"a.go", "go", "// Package a is about code generated by people.\npackage a\n", ""},
		{"a.py", "python", "# @generated by protoc\nx = 1\n", "it is generated"},
		{"a.py", "python", "x = '@generated by hand'\n", ""},
		{"a.cs", "csharp", "// <auto-generated>\nclass A {}\n", "it is generated"},
		{"a.ts", "typescript", "/* This file was generated by a tool. Do not edit. */\n", "it is generated"},
		{"go.sum", "go.sum", "a v1 h1:x\n", "it is generated"},
		{"a.min.js", "javascript", "var a\n", "it is minified"},
		{"a.js", "javascript", long[:100_000], "it is minified"},
		{"a.js", "javascript", long, "it has 2048 KiB, and review.maxFileSize is 512 KiB"},
		{"a.js", "javascript", "var a = '" + strings.Repeat("x", 6000) + "'\n" + strings.Repeat("f()\n", 1000), ""},
		{"a.js", "javascript", "f()\n", ""},
	} {
		doc := text.New("file:///"+tc.name, tc.language, 1, tc.source)
		if got := review.Skip(doc, 0, doc.LineCount()-1, tc.name, 512<<10); got != tc.want {
			t.Errorf("%s, %.40q: %q, want %q", tc.name, tc.source, got, tc.want)
		}
	}
}
