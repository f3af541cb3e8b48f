package review_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

const uri = "file:///a.go"

// desk is a board with one document, and a model that answers when told to.
type desk struct {
	t     *testing.T
	board *review.Board
	doc   *text.Document
	cache review.Cache // nil: none
}

func newDesk(t *testing.T, source string) *desk {
	t.Helper()
	d := &desk{t: t, board: review.NewBoard(nil), doc: text.New(uri, "go", 1, source)}
	d.board.Open(d.doc)
	return d
}

// replace edits the document: the first occurrence of old becomes now.
func (d *desk) replace(old, now string) {
	d.t.Helper()
	at := strings.Index(d.doc.Text(), old)
	if at < 0 {
		d.t.Fatalf("no %q in the text", old)
	}
	r := d.doc.Range(text.Span{Start: at, End: at + len(old)}, text.UTF16)
	doc, edits := d.doc.Apply(d.doc.Version()+1, []text.Change{{Range: &r, Text: now}}, text.UTF16)
	d.doc = doc
	d.board.Edited(doc, edits)
}

// modelFunc is a model that is a function.
type modelFunc func(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error)

func (f modelFunc) Complete(ctx context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
	return f(ctx, req, sink)
}

// issue quotes a line of the document as it is now.
func (d *desk) issue(quote, message string) prompt.Issue {
	line := strings.Count(d.doc.Text()[:max(0, strings.Index(d.doc.Text(), quote))], "\n") + 1
	return prompt.Issue{
		Line: line, EndLine: line, Quote: quote, Type: "bug", Severity: "warning", Message: message, Confidence: 0.9,
	}
}

// review has the board's document reviewed; meanwhile runs after the model has
// been asked and before it answers. With fail the answer ends in an error.
func (d *desk) review(meanwhile func(), fail error, issues ...prompt.Issue) (review.Result, error) {
	d.t.Helper()
	reply, err := json.Marshal(prompt.CodeReview{Issues: issues})
	if err != nil {
		d.t.Fatal(err)
	}
	model := modelFunc(func(_ context.Context, _ llm.Request, sink llm.Sink) (llm.Reply, error) {
		if meanwhile != nil {
			meanwhile()
		}
		sink(llm.Event{Text: string(reply)})
		return llm.Reply{Text: string(reply)}, fail
	})
	return d.reviewer(model).Review(d.t.Context(), review.Ask{Doc: d.doc})
}

func (d *desk) reviewer(model review.Model) *review.Reviewer {
	return review.New(model, d.board, review.Options{
		Cache: d.cache, ReviewTTL: func() time.Duration { return time.Hour }, ExplainTTL: func() time.Duration { return time.Hour },
	})
}

// check compares what stands with lines of "number: message".
func (d *desk) check(want ...string) {
	d.t.Helper()
	_, findings := d.board.Findings(uri, review.View{})
	got := make([]string, 0, len(findings))
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%d: %s", f.Anchor.First()+1, f.Message))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		d.t.Errorf("stands:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const source = "one()\ntwo()\nthree()\nfour()\n"

func TestAFindingLivesWithTheText(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, now string
		want     []string
	}{
		{"a line above moves it", "one()\n", "zero()\none()\n", []string{"3: m"}},
		{"a deletion above moves it", "one()\n", "", []string{"1: m"}},
		{"an edit below leaves it", "three()", "3()", []string{"2: m"}},
		{"an edit of its own line ends it", "two()", "two(2)", nil},
		{"a comment on its own line ends it", "two()", "two() // fine", nil},
		{"joining it to the line above ends it", "one()\ntwo", "one() two", nil},
		{"blanks at its end leave it", "two()", "two()  ", []string{"2: m"}},
		{"replacing the text around it leaves it", source, "1()\n2()\ntwo()\n3()\n", []string{"3: m"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDesk(t, source)
			if _, err := d.review(nil, nil, d.issue("two()", "m")); err != nil {
				t.Fatal(err)
			}
			d.replace(tc.old, tc.now)
			d.check(tc.want...)
		})
		t.Run("while the model answers "+tc.name, func(t *testing.T) {
			d := newDesk(t, source)
			issue := d.issue("two()", "m")
			if _, err := d.review(func() { d.replace(tc.old, tc.now) }, nil, issue); err != nil {
				t.Fatal(err)
			}
			d.check(tc.want...)
		})
	}
}

func TestUndoingAnEditDoesNotBringAFindingBack(t *testing.T) {
	d := newDesk(t, source)
	if _, err := d.review(nil, nil, d.issue("two()", "m")); err != nil {
		t.Fatal(err)
	}
	d.replace("two()", "two(2)")
	d.replace("two(2)", "two()")
	d.check()
}

func TestANewReviewReplacesTheOld(t *testing.T) {
	d := newDesk(t, source)
	_, _ = d.review(nil, nil, d.issue("two()", "old"), d.issue("three()", "gone"))
	id := d.ids()[0]
	_, _ = d.review(nil, nil, d.issue("two()", "new words"), d.issue("four()", "new"))
	d.check("2: new words", "4: new")
	if d.ids()[0] != id {
		t.Errorf("the id changed with the words: %s, then %s", id, d.ids()[0])
	}
}

func TestTheSameCodeInTwoPlacesIsTwoFindings(t *testing.T) {
	d := newDesk(t, "a()\nbad()\nb()\n\na()\nbad()\nb()\n")
	first, second := d.issue("bad()", "m"), d.issue("bad()", "m")
	second.Line, second.EndLine = 6, 6
	_, _ = d.review(nil, nil, first, second, second)
	d.check("2: m", "6: m")
	ids := d.ids()
	_, _ = d.review(nil, nil, second, first)
	d.check("2: m", "6: m")
	if again := d.ids(); again[0] != ids[0] || again[1] != ids[1] || ids[0] == ids[1] {
		t.Errorf("the ids were %v and are %v", ids, again)
	}
}

func TestACutReviewTakesNothingAway(t *testing.T) {
	d := newDesk(t, source)
	_, _ = d.review(nil, nil, d.issue("two()", "old"), d.issue("three()", "still there"))
	result, err := d.review(nil, &llm.Error{Class: llm.ClassTruncated}, d.issue("one()", "new"))
	if err == nil || !result.Partial {
		t.Errorf("a cut review ended with %+v, %v", result, err)
	}
	d.check("1: new", "2: old", "3: still there")
}

func TestAReviewOfAPartLeavesTheRestAlone(t *testing.T) {
	d := newDesk(t, source)
	_, _ = d.review(nil, nil, d.issue("one()", "above"), d.issue("two()", "inside"), d.issue("four()", "below"))
	model := &scripted{replies: []string{`{"severity":"info","issues":[],"summary":""}`}}
	if _, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc, Wanted: []syntax.Lines{{First: 1, Last: 2}}, Exact: true}); err != nil {
		t.Fatal(err)
	}
	d.check("1: above", "4: below")
	sent := model.requests[0].Messages[len(model.requests[0].Messages)-1].Content
	if !strings.Contains(sent, "[review]\n2| two()\n3| three()\n[context]\n") {
		t.Errorf("sent:\n%s", sent)
	}
}

func (d *desk) ids() []string {
	_, findings := d.board.Findings(uri, review.View{})
	ids := make([]string, len(findings))
	for i, f := range findings {
		ids[i] = f.ID
	}
	return ids
}

func TestWhatIsExplainedBringsFewLinesAlong(t *testing.T) {
	lines := strings.Repeat("x()\n", 100) + strings.Repeat("y", 9<<10) + "\nz()\n" + strings.Repeat("x()\n", 100)
	doc := text.New(uri, "go", 1, lines)
	for _, tc := range []struct{ first, last, from, to int }{
		{50, 50, 20, 80}, {0, 1, 0, 31}, {101, 101, 101, 131}, {99, 99, 69, 99}, {200, 202, 170, 202},
	} {
		if from, to := review.Around(doc, tc.first, tc.last); from != tc.from || to != tc.to {
			t.Errorf("around %d-%d are %d-%d, want %d-%d", tc.first, tc.last, from, to, tc.from, tc.to)
		}
	}
}

func TestAReplyThatIsNoReviewTakesNothingAway(t *testing.T) {
	for _, reply := range []string{
		`{}`, `{"error":"I can not do that"}`, `[{"line":2,"quote":"two()","message":"m"}]`, `{"severity":"info","issues":null,"summary":""}`,
		`{"findings":[]}`, `I will not {"a":1} answer`, `{"issues":{"line":2}}`, `{"severity":"warning","issues":[{"line":2,"quote":"two()","message":"m","suggested_fix":"x`,
	} {
		t.Run(reply, func(t *testing.T) {
			d := newDesk(t, source)
			_, _ = d.review(nil, nil, d.issue("two()", "known"))
			model := &scripted{replies: []string{reply, reply}}
			result, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc})
			if llm.ClassOf(err) != llm.ClassUnusable || !result.Partial || len(model.requests) != 2 {
				t.Errorf("%+v, %v, %d calls", result, err, len(model.requests))
			}
			d.check("2: known")
		})
	}
}

func TestFindingsThatAreNotShownAreNotTold(t *testing.T) {
	d := newDesk(t, source)
	unsure := d.issue("two()", "unsure")
	unsure.Confidence = 0.2
	raw, _ := json.Marshal(prompt.CodeReview{Issues: []prompt.Issue{unsure, d.issue("three()", "sure")}})
	ask := review.Ask{Doc: d.doc, MinConfidence: 0.5, Found: func(f review.Finding) {
		if f.Message != "sure" {
			t.Errorf("%s is told", f.Message)
		}
	}}
	result, err := d.reviewer(&scripted{replies: []string{string(raw)}}).Review(t.Context(), ask)
	if err != nil || result.Findings != 1 {
		t.Errorf("%+v, %v", result, err)
	}
	d.check("2: unsure", "3: sure")
}

func TestAnAnswerForAClosedDocumentIsDropped(t *testing.T) {
	d := newDesk(t, source)
	result, err := d.review(func() { d.board.Close(uri) }, nil, d.issue("two()", "m"))
	if err != nil || result.Findings != 0 {
		t.Errorf("%+v, %v", result, err)
	}
	d.board.Open(d.doc)
	d.check()
}

func TestASnapshotThatIsLittleBehindIsReviewed(t *testing.T) {
	d := newDesk(t, source)
	snapshot, issue := d.doc, d.issue("two()", "m")
	for range 10 {
		d.replace("one()\n", "zero()\none()\n")
	}
	old := &desk{t: t, board: d.board, doc: snapshot}
	if _, err := old.review(nil, nil, issue); err != nil {
		t.Fatal(err)
	}
	d.check("12: m")
	for range 100 {
		d.replace("one()\n", "zero()\none()\n")
	}
	if _, err := old.review(nil, nil, issue); err == nil {
		t.Error("a snapshot that is far behind was reviewed")
	}
}

func TestAnAnswerThatBeginsAgainIsNotDoubled(t *testing.T) {
	d := newDesk(t, source)
	reply := func(issues ...prompt.Issue) string {
		raw, err := json.Marshal(prompt.CodeReview{Issues: issues})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	first := reply(d.issue("two()", "first words"), d.issue("three()", "only in the first"))
	second := reply(d.issue("two()", "second words"), d.issue("four()", "only in the second"))
	model := modelFunc(func(_ context.Context, req llm.Request, sink llm.Sink) (llm.Reply, error) {
		if !req.Restartable {
			t.Error("a review says that it can not begin again")
		}
		sink(llm.Event{Text: strings.TrimSuffix(first, `],"summary":""}`)})
		sink(llm.Event{Restart: true})
		sink(llm.Event{Text: second})
		return llm.Reply{Text: second}, nil
	})
	result, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc})
	if err != nil || result.Findings != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	d.check("2: second words", "4: only in the second")
}

func TestAViewFiltersAndKeepsTheWorst(t *testing.T) {
	d := newDesk(t, source)
	with := func(i prompt.Issue, severity string, confidence float64) prompt.Issue {
		i.Severity, i.Confidence = severity, confidence
		return i
	}
	_, _ = d.review(
		nil, nil,
		with(d.issue("one()", "info"), "info", 1), with(d.issue("two()", "warning"), "warning", 0.6),
		with(d.issue("three()", "critical"), "critical", 0.7), with(d.issue("four()", "unsure"), "critical", 0.4),
	)
	for _, tc := range []struct {
		view review.View
		want string
	}{
		{review.View{}, "info warning critical unsure"},
		{review.View{MinConfidence: 0.5}, "info warning critical"},
		{review.View{MinConfidence: 0.5, MaxFindings: 2}, "warning critical"},
		{review.View{MaxFindings: 1}, "critical"},
	} {
		_, findings := d.board.Findings(uri, tc.view)
		var got []string
		for _, f := range findings {
			got = append(got, f.Message)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%+v shows %v, want %s", tc.view, got, tc.want)
		}
	}
}

func TestABlankTextCostsNothing(t *testing.T) {
	for _, blank := range []string{"", "\n\n", " \t\r\n\uFEFF"} {
		d := newDesk(t, blank)
		model := &scripted{}
		result, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc})
		if err != nil || result.Calls != 0 || len(model.requests) != 0 {
			t.Errorf("%q: %+v, %v", blank, result, err)
		}
	}
}
