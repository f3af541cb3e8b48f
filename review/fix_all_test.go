package review_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// suggested is a finding on lines of a document, counted from 1.
type suggested struct {
	first, last int
	severity    review.Severity
	fix         string
}

// checkAll puts fixes together and compares the text, and which were taken.
func checkAll(t *testing.T, language, source string, fixes []suggested, want string, taken ...int) {
	t.Helper()
	doc := text.New(uri, language, 1, source)
	var findings []review.Finding
	for i, s := range fixes {
		f := review.Suggest(doc, s.first-1, s.last-1, s.severity, s.fix)
		f.ID = fmt.Sprint(i)
		findings = append(findings, f)
	}
	edits, fixed := review.SafeEditsOfAll(t.Context(), doc, findings)
	if got := apply(doc, edits); got != want {
		t.Errorf("the text became %q, want %q", got, want)
	}
	var ids []int
	for _, f := range fixed {
		ids = append(ids, slices.IndexFunc(findings, func(g review.Finding) bool { return g.ID == f.ID }))
	}
	slices.Sort(ids)
	if !slices.Equal(ids, taken) {
		t.Errorf("taken were %v, want %v", ids, taken)
	}
}

func TestFixesAreAppliedTogether(t *testing.T) {
	needsGrammars(t)
	const plain = "one()\ntwo()\nthree()\nfour()\n"
	for _, tc := range []struct {
		name, language, source string
		fixes                  []suggested
		want                   string
		taken                  []int
	}{
		{
			"all that keep apart", noGrammar, plain,
			[]suggested{{3, 3, review.Info, "THREE()"}, {1, 1, review.Warning, "ONE()"}},
			"ONE()\ntwo()\nTHREE()\nfour()\n",
			[]int{0, 1},
		},
		{
			"the more severe of two on one line", noGrammar, plain,
			[]suggested{{2, 2, review.Info, "deux()"}, {2, 2, review.Critical, "dos()"}},
			"one()\ndos()\nthree()\nfour()\n",
			[]int{1},
		},
		{
			"the more severe of two that overlap", noGrammar, plain,
			[]suggested{{1, 3, review.Warning, "ONE()\ntwo()\nTHREE()"}, {3, 4, review.Info, "trois()\nfour()"}},
			"ONE()\ntwo()\nTHREE()\nfour()\n",
			[]int{0},
		},
		{
			"neighbours whose edits do not touch", noGrammar, plain,
			[]suggested{{1, 1, review.Info, "ONE()"}, {2, 2, review.Info, "TWO()"}},
			"ONE()\nTWO()\nthree()\nfour()\n",
			[]int{0, 1},
		},
		{
			"one of two whose edits touch", noGrammar, plain,
			[]suggested{{1, 1, review.Info, "one()\nand()"}, {2, 2, review.Warning, "TWO()"}},
			"one()\nTWO()\nthree()\nfour()\n",
			[]int{1},
		},
		{
			"none that is not safe", noGrammar, plain,
			[]suggested{{1, 1, review.Critical, "one("}, {3, 3, review.Info, "THREE()"}},
			"one()\ntwo()\nTHREE()\nfour()\n",
			[]int{1},
		},
		{
			"not those that break the text only together", "javascript", "if (a) {}\nb();\nc();\n",
			[]suggested{{1, 1, review.Info, "first(a);"}, {2, 2, review.Warning, "else { b(); }"}, {3, 3, review.Info, "last();"}},
			"if (a) {}\nelse { b(); }\nlast();\n",
			[]int{1, 2},
		},
		{"nothing at all", noGrammar, plain, nil, plain, nil},
	} {
		t.Run(tc.name, func(t *testing.T) { checkAll(t, tc.language, tc.source, tc.fixes, tc.want, tc.taken...) })
	}
}

func TestFixesThatCanNotBeCheckedInTimeAreLeftOut(t *testing.T) {
	source := "package a\n\nvar n = 1\n"
	doc := text.New(uri, "go", 1, source)
	f := review.Suggest(doc, 2, 2, review.Info, "var n = 2")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if edits, _ := review.SafeEditsOfAll(ctx, doc, []review.Finding{f}); len(edits) > 0 {
		t.Errorf("%v", edits)
	}
	again := text.New(uri, "go", 2, source) // of which nothing is known
	if _, err := f.SafeEdits(ctx, again); err == nil {
		t.Error("a fix that could not be checked is safe")
	}
	if _, err := f.SafeEdits(t.Context(), again); err != nil {
		t.Errorf("what ran out of time is remembered: %v", err)
	}
}

func TestAFixIsRefusedForATextInWhichItDoesNotParse(t *testing.T) {
	needsGrammars(t)
	doc := text.New(uri, "javascript", 1, "if (a) {}\nb();\n")
	f := review.Suggest(doc, 1, 1, review.Info, "else { b(); }")
	if _, err := f.SafeEdits(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
	for _, now := range []string{"c(a);\n\nb();\n", "if (a) {} c();\nb();\n"} {
		later := text.New(uri, "javascript", 2, now)
		moved := f
		moved.Anchor = later.Anchor(later.LineCount()-2, later.LineCount()-2)
		if edits, err := moved.SafeEdits(t.Context(), later); err == nil {
			t.Errorf("it is safe: %q", apply(later, edits))
		}
	}
}

// TestGeneratedFixesTogether holds the fixes of many findings of a file to what
// a single one promises.
func TestGeneratedFixesTogether(t *testing.T) {
	files := corpus(t)
	names := slices.Sorted(maps.Keys(files))
	r := rand.New(rand.NewPCG(*fixSeed, 1))
	sum := &tally{}
	taken := 0
	for n := range max(20, *fixCases/20) {
		language := names[n%len(names)]
		f := files[language][r.IntN(len(files[language]))]
		kind, source := variant(r, f.text)
		doc := text.New(uri, language, 1, source)
		var findings []review.Finding
		for i := range 1 + r.IntN(20) {
			first, last := pickLines(r, doc)
			c := caseOf(r, doc, first, last, strings.Split(f.text, "\n"))
			m := mutations[r.IntN(len(mutations))]
			if r.IntN(2) == 0 {
				m = mutations[0]
			}
			found := review.Suggest(doc, first, last, review.Severity(r.IntN(3)), m.make(r, c))
			found.ID = fmt.Sprint(i)
			findings = append(findings, found)
		}
		edits, fixed := review.SafeEditsOfAll(t.Context(), doc, findings)
		taken += len(fixed)
		after := apply(doc, edits)
		broken := slices.Concat(editFaults(doc, edits, 0, doc.LineCount()-1), parseFaults(t, doc, after, sum), untouched(doc, edits, fixed))
		if len(broken) > 0 {
			t.Errorf("case %d of seed %d: %s (%s): %v", n, *fixSeed, f.path, kind, broken)
		}
	}
	t.Logf("%d fixes were applied together", taken)
}

// untouched wants every edit inside the lines of one finding.
func untouched(doc *text.Document, edits []review.Edit, fixed []review.Finding) (broken []string) {
	for _, e := range edits {
		own := slices.ContainsFunc(fixed, func(f review.Finding) bool {
			return len(editFaults(doc, []review.Edit{e}, f.Anchor.First(), f.Anchor.Last())) == 0
		})
		if !own {
			broken = append(broken, fmt.Sprintf("%+v belongs to no finding", e))
		}
	}
	return broken
}
