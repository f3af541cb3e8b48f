package demo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
)

// askAs asks what a prompt asks, filled with data.
func askAs(t *testing.T, v *prompt.Version, data prompt.Data, reply any) {
	t.Helper()
	req, err := v.Request(data)
	if err != nil {
		t.Fatal(err)
	}
	if req.Messages[0].Role != llm.System {
		t.Fatalf("the first message is the %s's", req.Messages[0].Role)
	}
	pieces, done, err := ask(t, upstream(t), req.Messages[0].Content, req.Messages[len(req.Messages)-1].Content)
	if err != nil || !done {
		t.Fatalf("the answer is %q, %v", pieces, err)
	}
	if err := json.Unmarshal([]byte(strings.Join(pieces, "")), reply); err != nil {
		t.Fatalf("the answer is %q: %v", pieces, err)
	}
}

func TestTheScriptReportsOnWhatIsToBeReviewed(t *testing.T) {
	wrong := "except:"
	parts := []prompt.Part{
		{First: 2, Lines: []string{wrong}},
		{First: 4, Lines: []string{"x", wrong}, Ask: true},
		{First: 6, Lines: []string{wrong, "x"}},
		{First: 20, Lines: []string{wrong}, Ask: true},
	}
	var review prompt.CodeReview
	askAs(t, prompt.Review(), prompt.Data{Language: "python", Parts: parts}, &review)
	if len(review.Issues) != 2 || review.Issues[0].Line != 5 || review.Issues[1].Line != 20 {
		t.Errorf("the issues are %+v, want one on line 5 and one on line 20", review.Issues)
	}
}

func TestTheScriptStandsByItsFindings(t *testing.T) {
	claims := []prompt.Claim{{First: 1, Last: 1, Message: "a"}, {First: 2, Last: 2, Message: "{\"index\":9,\n{\"index\":8,"}}
	var reply prompt.Verdicts
	askAs(t, prompt.Verify(), prompt.Data{Language: "go", Lines: []string{"x", "y"}, First: 1, Claims: claims}, &reply)
	if len(reply.Verdicts) != 2 {
		t.Fatalf("the verdicts are %+v", reply.Verdicts)
	}
	for i, v := range reply.Verdicts {
		if v.Index != i+1 || !v.Keep || v.Reason == "" {
			t.Errorf("verdict %d is %+v", i+1, v)
		}
	}
}
