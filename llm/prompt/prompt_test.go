package prompt_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
)

func TestPromptsSayWhatTheContractSays(t *testing.T) {
	for _, tc := range []struct {
		name        string
		version     *prompt.Version
		id          string
		temperature float64
		schema      string
	}{
		{"review", prompt.Review(), "review@1.1.0", 0.1, "code_review"},
		{"explain", prompt.Explain(), "explain@1.0.0", 0.3, ""},
		{"verify", prompt.Verify(), "verify@1.0.0", 0.1, "verify"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.version.ID != tc.id || tc.version.Temperature != tc.temperature {
				t.Errorf("is %s at %v, want %s at %v", tc.version.ID, tc.version.Temperature, tc.id, tc.temperature)
			}
			name := ""
			if tc.version.Schema != nil {
				name = tc.version.Schema.Name
			}
			if name != tc.schema {
				t.Errorf("schema %q, want %q", name, tc.schema)
			}
		})
	}
}

// fill fills a prompt with data that it must take.
func fill(t *testing.T, v *prompt.Version, data prompt.Data) llm.Request {
	t.Helper()
	req, err := v.Request(data)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// reviewOf asks about all lines of source.
func reviewOf(t *testing.T, source string) llm.Request {
	t.Helper()
	return fill(t, prompt.Review(), prompt.Data{Language: "go", Lines: strings.Split(source, "\n"), First: 1})
}

// lastTurn is what the template of a prompt became.
func lastTurn(req llm.Request) string { return req.Messages[len(req.Messages)-1].Content }

func TestReviewExamplesFollowTheSchema(t *testing.T) {
	req := reviewOf(t, "x")
	examples, clean, context := 0, 0, 0
	for i, m := range req.Messages {
		if m.Role != llm.Assistant {
			continue
		}
		examples++
		var reply prompt.CodeReview
		decodeExample(t, m.Content, &reply)
		code := req.Messages[i-1].Content
		if len(reply.Issues) == 0 {
			clean++
		}
		if _, asked, found := strings.Cut(code, "\n[review]\n"); found {
			context++
			code = asked
		}
		for _, issue := range reply.Issues {
			if !strings.Contains(code, "| "+issue.Quote+"\n") {
				t.Errorf("example %d quotes %q, which is not in the code to review", examples, issue.Quote)
			}
		}
	}
	if examples != 4 || clean != 1 || context != 1 {
		t.Errorf("%d examples, %d of clean code, %d with context", examples, clean, context)
	}
}

func TestTheVerifyExampleKeepsOneAndRejectsOne(t *testing.T) {
	fixed := fill(t, prompt.Verify(), someClaims(1)).Messages
	var reply prompt.Verdicts
	decodeExample(t, fixed[2].Content, &reply)
	if len(reply.Verdicts) != 2 || !reply.Verdicts[0].Keep || reply.Verdicts[1].Keep {
		t.Errorf("the example says %+v", reply.Verdicts)
	}
	for i, v := range reply.Verdicts {
		if v.Index != i+1 || v.Reason == "" {
			t.Errorf("verdict %d is %+v", i+1, v)
		}
	}
}

func decodeExample(t *testing.T, content string, reply any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(reply); err != nil {
		t.Fatalf("an example is no reply: %v", err)
	}
}

// What is said in every review is paid for in every review.
func TestTheFixedPartOfAReviewIsSmall(t *testing.T) {
	const most = 5600 // bytes; version 1.0.0, which knew neither gaps nor context, had 4806
	size := 0
	for _, m := range reviewOf(t, "x").Messages[:len(reviewOf(t, "x").Messages)-1] {
		size += len(m.Content)
	}
	t.Logf("%d bytes", size)
	if size > most {
		t.Errorf("%d bytes, want at most %d", size, most)
	}
}

func TestTheTokenLimitIsTheExpectedSizePlus30Percent(t *testing.T) {
	context := prompt.Part{First: 1, Lines: make([]string, 500)}
	for _, tc := range []struct {
		name    string
		version *prompt.Version
		data    prompt.Data
		want    int
	}{
		{"of two lines", prompt.Review(), prompt.Data{First: 1, Lines: make([]string, 2)}, 949}, // 1.3 × (700 + 2 × 15)
		{"of a huge file", prompt.Review(), prompt.Data{First: 1, Lines: make([]string, 100_000)}, 10_400},
		{"context costs nothing", prompt.Review(), prompt.Data{Parts: []prompt.Part{context, {First: 501, Lines: make([]string, 2), Ask: true}}}, 949},
		{"of one claim", prompt.Verify(), someClaims(1), 468},      // 1.3 × (300 + 60)
		{"of forty claims", prompt.Verify(), someClaims(40), 3510}, // 1.3 × (300 + 40 × 60)
		{"of more claims than are sent", prompt.Verify(), someClaims(400), 3510},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := fill(t, tc.version, tc.data).MaxTokens; got != tc.want {
				t.Errorf("limit %d, want %d", got, tc.want)
			}
		})
	}
}

// someClaims is about one line of code.
func someClaims(n int) prompt.Data {
	claim := prompt.Claim{First: 1, Last: 1, Type: "bug", Severity: "info", Message: "m"}
	data := prompt.Data{Language: "go", Parts: []prompt.Part{{First: 1, Lines: []string{"x"}}}}
	for range n {
		data.Claims = append(data.Claims, claim)
	}
	return data
}

func TestDataThatCanNotBeSentIsRefused(t *testing.T) {
	lines := []string{"a", "b"}
	for _, tc := range []struct {
		name  string
		parts []prompt.Part
	}{
		{"no lines", nil},
		{"empty parts", []prompt.Part{{First: 1, Ask: true}}},
		{"context only", []prompt.Part{{First: 1, Lines: lines}}},
		{"lines counted from zero", []prompt.Part{{First: 0, Lines: lines, Ask: true}}},
		{"parts that overlap", []prompt.Part{{First: 1, Lines: lines, Ask: true}, {First: 2, Lines: lines, Ask: true}}},
		{"parts out of order", []prompt.Part{{First: 5, Lines: lines, Ask: true}, {First: 1, Lines: lines, Ask: true}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if req, err := prompt.Review().Request(prompt.Data{Language: "go", Parts: tc.parts}); err == nil {
				t.Errorf("asks:\n%s", lastTurn(req))
			}
		})
	}
}

func TestARepairKeepsTheRequestAndCutsTheReply(t *testing.T) {
	req := reviewOf(t, "a")
	again := prompt.Repair(req, strings.Repeat("é", 10_000))
	if len(again.Messages) != len(req.Messages)+2 || again.Schema != req.Schema {
		t.Fatalf("%d messages after %d", len(again.Messages), len(req.Messages))
	}
	if sent := again.Messages[len(req.Messages)].Content; len(sent) > 8<<10 || strings.ContainsRune(sent, '\uFFFD') {
		t.Errorf("the bad reply is sent with %d bytes", len(sent))
	}
	if len(prompt.Repair(req, "x").Messages) != len(again.Messages) {
		t.Error("a second repair of the same request sees the first")
	}
}
