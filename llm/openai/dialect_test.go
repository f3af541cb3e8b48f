package openai_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// picky serves what its rule lets pass: an empty refusal is a good answer.
func picky(t *testing.T, code int, rule func(body map[string]any) string) *upstream {
	t.Helper()
	var u *upstream
	u = serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen := u.seen()
		if refusal := rule(seen[len(seen)-1].Body); refusal != "" {
			status(code, problemBody(refusal, "invalid_request_error", "null"))(w, r)
			return
		}
		sends(good("{}"))(w, r)
	})
	return u
}

// shape tells how a request asked: its format, its token field, and what it
// left out.
func shape(body map[string]any) string {
	parts := []string{"plain"}
	if f, ok := body["response_format"].(map[string]any); ok {
		parts[0] = f["type"].(string)
	}
	for _, name := range []string{"max_tokens", "max_completion_tokens", "temperature", "stream_options"} {
		if _, ok := body[name]; ok {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, " ")
}

func shapes(u *upstream) []string {
	var all []string
	for _, r := range u.seen() {
		all = append(all, shape(r.Body))
	}
	return all
}

func refuseFormat(types ...string) func(map[string]any) string {
	return func(body map[string]any) string {
		for _, kind := range types {
			if strings.HasPrefix(shape(body), kind+" ") {
				return "response_format of type " + kind + " is not supported"
			}
		}
		return ""
	}
}

func refuseField(name, message string) func(map[string]any) string {
	return func(body map[string]any) string {
		if _, ok := body[name]; ok {
			return message
		}
		return ""
	}
}

func TestFault_B03_B04_WhatTheServerRefusesIsLearned(t *testing.T) {
	const rest = " max_tokens temperature stream_options"
	for name, tc := range map[string]struct {
		code int
		rule func(map[string]any) string
		want []string // the shapes of the first call, then of the second
	}{
		"nothing is refused":           {400, refuseFormat(), []string{"json_schema" + rest, "json_schema" + rest}},
		"json_schema":                  {400, refuseFormat("json_schema"), []string{"json_schema" + rest, "json_object" + rest, "json_object" + rest}},
		"json_schema, with a 422":      {422, refuseFormat("json_schema"), []string{"json_schema" + rest, "json_object" + rest, "json_object" + rest}},
		"json_schema, with a 500":      {500, refuseFormat("json_schema"), []string{"json_schema" + rest, "json_object" + rest, "json_object" + rest}},
		"both formats":                 {400, refuseFormat("json_schema", "json_object"), []string{"json_schema" + rest, "json_object" + rest, "plain" + rest, "plain" + rest}},
		"the name of the token field":  {400, refuseField("max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."), []string{"json_schema" + rest, "json_schema max_completion_tokens temperature stream_options", "json_schema max_completion_tokens temperature stream_options"}},
		"the temperature":              {400, refuseField("temperature", "Unsupported value: 'temperature' does not support 0.1 with this model."), []string{"json_schema" + rest, "json_schema max_tokens stream_options", "json_schema max_tokens stream_options"}},
		"the stream options":           {422, refuseField("stream_options", "extra fields not permitted: stream_options"), []string{"json_schema" + rest, "json_schema max_tokens temperature", "json_schema max_tokens temperature"}},
		"everything, one by one":       {400, refuseAll, []string{"json_schema" + rest, "json_object" + rest, "plain" + rest, "plain max_completion_tokens temperature stream_options", "plain max_completion_tokens stream_options", "plain max_completion_tokens", "plain max_completion_tokens"}},
		"a value and not a name stays": {400, refuseField("max_tokens", "max_tokens is too large: 100. This model supports at most 50 completion tokens."), []string{"json_schema" + rest, "json_schema" + rest}},
		"a length is no parameter":     {400, refuseField("max_tokens", "maximum context length is 8192 tokens, reduce max_tokens"), []string{"json_schema" + rest, "json_schema" + rest}},
		"a failure is no refusal":      {500, refuseField("max_tokens", "internal error"), []string{"json_schema" + rest, "json_schema" + rest}},
	} {
		t.Run(name, func(t *testing.T) {
			u := picky(t, tc.code, tc.rule)
			c := u.client(t)
			for range 2 {
				_, _ = ask(t, c, review())
			}
			if got := shapes(u); strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("asked\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
}

func refuseAll(body map[string]any) string {
	for _, rule := range []func(map[string]any) string{
		refuseFormat("json_schema", "json_object"),
		refuseField("max_tokens", "max_tokens is not supported"),
		refuseField("temperature", "temperature is not supported"),
		refuseField("stream_options", "stream_options is not supported"),
	} {
		if refusal := rule(body); refusal != "" {
			return refusal
		}
	}
	return ""
}

func TestARefusalThatNeverEndsDoesEnd(t *testing.T) {
	u := picky(t, 400, func(map[string]any) string {
		return "response_format max_tokens max_completion_tokens temperature stream_options are not supported"
	})
	reply, err := ask(t, u.client(t), review())
	wants{class: llm.ClassFatal, say: "not supported"}.check(t, reply, err)
	if n := len(u.seen()); n != 6 {
		t.Errorf("asked %d times", n)
	}
	// None of it worked, so none of it is believed.
	_, _ = ask(t, u.client(t), review())
	if got := shape(u.seen()[6].Body); !strings.HasPrefix(got, "json_schema max_tokens") {
		t.Errorf("the next call begins with %q", got)
	}
}

func TestWhatIsSetIsNotLearned(t *testing.T) {
	u := picky(t, 400, refuseAll)
	for name, tc := range map[string]struct {
		change func(*openai.Config)
		want   string
	}{
		"json_schema":           {func(c *openai.Config) { c.StructuredOutput = "json_schema" }, "json_schema max_tokens"},
		"json_object":           {func(c *openai.Config) { c.StructuredOutput = "json_object" }, "json_object max_tokens"},
		"off":                   {func(c *openai.Config) { c.StructuredOutput = "off" }, "plain max_tokens"},
		"max_tokens":            {func(c *openai.Config) { c.TokensField = "max_tokens" }, "json_schema max_tokens"},
		"max_completion_tokens": {func(c *openai.Config) { c.TokensField = "max_completion_tokens" }, "json_schema max_completion_tokens"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(u.seen())
			_, _ = ask(t, u.client(t, tc.change), review())
			if got := shape(u.seen()[before].Body); !strings.HasPrefix(got, tc.want+" ") {
				t.Errorf("asked %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTheSchemaStandsOnTheWireAsItWasGiven(t *testing.T) {
	u := serve(t, sends(good("{}")))
	req := review()
	req.Schema.Name = "a name with blanks / żółć " + strings.Repeat("x", 80)
	if _, err := ask(t, u.client(t), req); err != nil { // the upstream checks the name
		t.Fatal(err)
	}
	format := u.seen()[0].Body["response_format"].(map[string]any)["json_schema"].(map[string]any)
	got, _ := json.Marshal(format["schema"])
	var want any
	_ = json.Unmarshal(req.Schema.JSON, &want)
	if w, _ := json.Marshal(want); string(got) != string(w) || format["strict"] != true {
		t.Errorf("schema = %s, strict %v", got, format["strict"])
	}
	if fmt.Sprint(u.seen()[0].Body["stream_options"]) != "map[include_usage:true]" {
		t.Errorf("stream_options = %v", u.seen()[0].Body["stream_options"])
	}
}
