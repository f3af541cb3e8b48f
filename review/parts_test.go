package review_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
)

// reporting is a model that reports the lines with these texts, each under the
// text as its message, wherever they are listed.
func reporting(texts ...string) *finder {
	m := &finder{}
	m.reply = func(n int, _ []prompt.Issue) string {
		review := prompt.CodeReview{Issues: []prompt.Issue{}}
		for row := range strings.SplitSeq(m.asked[n-1], "\n") {
			var line int
			number, code, listed := strings.Cut(row, "| ")
			if _, err := fmt.Sscan(number, &line); err != nil || !listed {
				continue
			}
			for _, text := range texts {
				if strings.Contains(code, text) {
					review.Issues = append(review.Issues, prompt.Issue{
						Line: line, EndLine: line, Quote: code, Type: "bug", Severity: "warning", Message: text, Confidence: 0.9,
					})
				}
			}
		}
		raw, _ := json.Marshal(review)
		return string(raw)
	}
	return m
}

func TestWhatASelectionFoundStays(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(&finder{}, review.Ask{})
	across := syntax.Lines{First: 40, Last: 53} // the end of alpha, the beginning of beta
	result := d.mustReview(reporting(`step("alpha", 11)`, `step("beta", 0)`), review.Ask{Wanted: []syntax.Lines{across}, Exact: true})
	want := []string{"6: bad in alpha", `42: step("alpha", 11)`, `53: step("beta", 0)`, "94: bad in gamma"}
	if result.Units != 2 || result.Calls != 1 {
		t.Errorf("%+v", result)
	}
	d.check(want...)
	t.Run("after another review of the file", func(t *testing.T) {
		if again := d.mustReview(&finder{}, review.Ask{}); again.Calls != 0 {
			t.Errorf("%+v", again)
		}
		d.check("6: bad in alpha", `42: step("alpha", 11)`, "50: bad in beta", `53: step("beta", 0)`, "94: bad in gamma")
	})
	t.Run("when the file is opened again", func(t *testing.T) {
		again := newDesk(t, d.doc.Text())
		again.cache = d.cache
		again.reviewer(&finder{}).Recall(t.Context(), again.doc)
		again.check("6: bad in alpha", `42: step("alpha", 11)`, "50: bad in beta", `53: step("beta", 0)`, "94: bad in gamma")
	})
	t.Run("and each names the unit that it stands in", func(t *testing.T) {
		_, findings := d.board.Findings(uri, review.View{})
		var units []string
		for _, f := range findings {
			units = append(units, f.About.Unit)
		}
		if got := strings.Join(units, " "); got != "alpha alpha beta beta gamma" {
			t.Errorf("the units are %s", got)
		}
	})
}

func TestTwoFindingsOfOneLineComeBackBoth(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(reporting(`bad("beta"`, `"beta", i`), review.Ask{})
	d.check(`50: bad("beta"`, `50: "beta", i`)
	again := newDesk(t, strings.Replace(d.doc.Text(), `step("beta", 5)`, `step("beta", 6)`, 1))
	again.cache = d.cache
	r := again.reviewer(&finder{})
	r.Recall(t.Context(), again.doc)
	again.check(`50: bad("beta"`, `50: "beta", i`)
	r.Recall(t.Context(), again.doc)
	again.check(`50: bad("beta"`, `50: "beta", i`)
}

func TestAFindingWhoseNeighbourWasEditedDoesNotComeTwice(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(&finder{}, review.Ask{})
	d.replace("\tfor i := range n {\n\t\tsum += bad(\"beta\"", "\tfor i := range n + 1 {\n\t\tsum += bad(\"beta\"")
	d.reviewer(&finder{}).Recall(t.Context(), d.doc)
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
}

func TestAnOlderReviewThatEndsLastTakesNothingOfTheNewer(t *testing.T) {
	d := newDesk(t, threeFunctions())
	newer := func() { d.mustReview(&finder{}, review.Ask{}) }
	older := &finder{before: func(context.Context, int) error { newer(); return nil }}
	older.reply = func(int, []prompt.Issue) string { return `{"severity":"info","issues":[],"summary":""}` }
	d.mustReview(older, review.Ask{})
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
}

func TestTwinsAreAskedAboutOnce(t *testing.T) {
	one := function("twin")
	d := newDeskWithCache(t, "package p\n\n"+one+"\n"+one)
	model := &finder{}
	result := d.mustReview(model, review.Ask{})
	d.check("6: bad in twin", "50: bad in twin")
	if strings.Count(model.asked[0], `bad("twin"`) != 1 || result.Findings != 2 {
		t.Errorf("%+v, sent:\n%s", result, model.asked[0])
	}
}

func TestAReplyOfTooManyIssuesIsBounded(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	model := &finder{reply: func(_ int, issues []prompt.Issue) string {
		var all []prompt.Issue
		for i := range 5000 {
			one := issues[0]
			one.Message = fmt.Sprintf("problem %d", i)
			all = append(all, one)
		}
		raw, _ := json.Marshal(prompt.CodeReview{Issues: all})
		return string(raw)
	}}
	result := d.mustReview(model, review.Ask{})
	if result.Findings != 200 || result.Dropped != 4800 {
		t.Errorf("%+v", result)
	}
}

func TestWhatIsKnownIsToldWhileTheModelMustNotBeAsked(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(&finder{}, review.Ask{})
	model := &finder{}
	known, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc, Refused: "Not now."})
	if err != nil || known.Findings != 3 || known.Calls != 0 {
		t.Errorf("%+v, %v", known, err)
	}
	d.replace(`step("beta", 3)`, `step("beta", 4)`)
	part, err := d.reviewer(model).Review(t.Context(), review.Ask{Doc: d.doc, Refused: "Not now."})
	if err == nil || err.Error() != "Not now." || part.Findings != 2 || model.calls() != 0 {
		t.Errorf("%+v, %v", part, err)
	}
	d.check("6: bad in alpha", "50: bad in beta", "94: bad in gamma")
}

func TestAnAnswerOfAModelThatWasChangedMeanwhileIsNotKept(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	name := "small"
	options := review.Options{
		Cache: d.cache, ReviewTTL: func() time.Duration { return time.Hour }, ModelName: func(context.Context) string { return name },
	}
	model := &finder{before: func(context.Context, int) error { name = "large"; return nil }}
	for want := range 2 {
		if _, err := review.New(model, d.board, options).Review(t.Context(), review.Ask{Doc: d.doc}); err != nil {
			t.Fatal(err)
		}
		if model.calls() != want+1 {
			t.Errorf("%d calls after %d reviews", model.calls(), want+1)
		}
		name = "small"
	}
}

func TestWhatIsFoundAgainReplacesNothing(t *testing.T) {
	d := newDeskWithCache(t, threeFunctions())
	d.mustReview(&finder{}, review.Ask{})
	again := newDesk(t, strings.Replace(d.doc.Text(), `step("beta", 5)`, `step("beta", 6)`, 1))
	again.mustReview(reporting(`"beta", i`), review.Ask{}) // with a cache of its own: none
	again.cache = d.cache
	again.reviewer(&finder{}).Recall(t.Context(), again.doc)
	again.check("6: bad in alpha", `50: "beta", i`, "50: bad in beta", "94: bad in gamma")
}
