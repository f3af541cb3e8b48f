package openai_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/llm/openai"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func TestTrap_T18_RetryAfterIsReadInEveryForm(t *testing.T) {
	const day = 24 * time.Hour
	for name, tc := range map[string]struct {
		header string // name: value, one a line
		status int
		want   time.Duration
	}{
		"seconds":                              {"Retry-After: 20", 429, 20 * time.Second},
		"a fraction":                           {"Retry-After: 0.5", 503, 500 * time.Millisecond},
		"milliseconds first":                   {"Retry-After-Ms: 1500\nRetry-After: 20", 429, 1500 * time.Millisecond},
		"Azure's milliseconds":                 {"X-Ms-Retry-After-Ms: 40", 429, 40 * time.Millisecond},
		"a date":                               {"Retry-After: Mon, 23 Nov 2026 10:00:30 GMT", 429, 30 * time.Second},
		"a date by the server's clock":         {"Retry-After: Mon, 23 Nov 2026 12:00:30 GMT\nDate: Mon, 23 Nov 2026 12:00:00 GMT", 429, 30 * time.Second},
		"a date that has passed":               {"Retry-After: Mon, 23 Nov 2026 09:00:00 GMT", 429, 0},
		"nothing":                              {"", 429, 0},
		"garbage":                              {"Retry-After: soon", 429, 0},
		"negative":                             {"Retry-After: -5", 429, 0},
		"not a number":                         {"Retry-After: NaN", 429, 0},
		"absurd":                               {"Retry-After: 1e300", 429, 366 * day},
		"infinite":                             {"Retry-After: Inf", 429, 366 * day},
		"a reset as a duration":                {"X-Ratelimit-Reset-Tokens: 6m0s", 429, 6 * time.Minute},
		"a reset in seconds":                   {"X-Ratelimit-Reset-Requests: 12", 429, 12 * time.Second},
		"a reset as a Unix time":               {"X-Ratelimit-Reset-Requests: 1795428060", 429, time.Unix(1795428060, 0).Sub(now)},
		"a reset in Unix milliseconds":         {"X-Ratelimit-Reset-Requests: 1795428060000", 429, time.Unix(1795428060, 0).Sub(now)},
		"a reset as a date":                    {"X-Ratelimit-Reset-Tokens: 2026-11-23T10:00:09Z", 429, 9 * time.Second},
		"Azure's -1":                           {"X-Ratelimit-Reset-Tokens: -1", 429, 0},
		"the budget that is spent":             {"X-Ratelimit-Reset-Tokens: 2s\nX-Ratelimit-Remaining-Tokens: 0\nX-Ratelimit-Reset-Requests: 8m\nX-Ratelimit-Remaining-Requests: 5", 429, 2 * time.Second},
		"the longer one if none is known":      {"X-Ratelimit-Reset-Tokens: 2s\nX-Ratelimit-Reset-Requests: 8s", 429, 8 * time.Second},
		"a reset means nothing without a 429":  {"X-Ratelimit-Reset-Tokens: 6m0s", 503, 0},
		"a reset means nothing beside a value": {"Retry-After: 0\nX-Ratelimit-Reset-Tokens: 6m0s", 429, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			for line := range strings.Lines(tc.header) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				h.Set(name, value)
			}
			if got := openai.RetryAfter(h, tc.status, now); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestFault_B26_ErrorObjectsAreFoundInEveryShape(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{`{"error":{"message":"m","type":"t","param":"p","code":"c"}}`, "m|c|t|p"},
		{`{"error":{"message":"m","code":null}}`, "m|||"},
		{`{"error":{"message":"m","code":429}}`, "m|429||"},
		{`{"error":{"message":"m","code":429.0}}`, "m|429||"},
		{`{"error":{"message":["a","b"]}}`, "a.b|||"},
		{`{"error":"m"}`, "m|||"},
		{`{"error":"m","code":"c","type":"t"}`, "m|c|t|"},
		{`{"error":true,"message":"m"}`, "m|||"},
		{`{"error":{"message":"m","innererror":{"code":"i"}}}`, "m||i|"},
		{`[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]`, "m|429|RESOURCE_EXHAUSTED|"},
		{`{"errors":[{"message":"m","code":7}]}`, "m|7||"},
		{`{"object":"error","message":"m","type":"t","param":null,"code":400}`, "m|400|t|"},
		{`{"type":"error","error":{"type":"overloaded_error","message":"m"}}`, "m||overloaded_error|"},
		{`{"detail":"m"}`, "m|||"},
		{`{"detail":[{"loc":["body",0,"x"],"msg":"m","type":"t"}]}`, "m||t|body.0.x"},
		{`{"detail":{"message":"m"}}`, "m|||"},
		{`{"message":"m","statusCode":404}`, "m|404||"},
		{`"m"`, "m|||"},
		{"\ufeff {\"error\":\"m\"} and more", "m|||"},
		{`{"error":null,"choices":[]}`, ""},
		{`{"error":{}}`, ""},
		{`{"choices":[],"message":"m","type":"t"}`, ""},
		{`{"id":"1","object":"chat.completion.chunk"}`, ""},
		{`{"message":"m"}`, ""},
		{`{}`, ""},
		{`[]`, ""},
		{`""`, ""},
		{`12`, ""},
		{`null`, ""},
		{``, ""},
		{`{"error":`, ""},
		{`<html>`, ""},
	} {
		t.Run(tc.body, func(t *testing.T) {
			message, code, kind, param, ok := openai.ParseProblem([]byte(tc.body))
			got := strings.Join([]string{message, code, kind, param}, "|")
			if !ok {
				got = ""
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFault_B27_AMessageIsScrubbed(t *testing.T) {
	secrets, quoted := []string{canaryKey}, []string{"line one of the source\n\tif a<b { Größe(\"x\") }"}
	for name, tc := range map[string]struct{ message, want string }{
		"a key":                     {"bad key " + canaryKey + " given", "bad key … given"},
		"the two ends of a key":     {"bad key sk-cana****6789 given", "bad key …****6789 given"},
		"a piece of the prompt":     {"at: one of the source, here", ""},
		"as JSON":                   {`at: the source\n\tif a\u003cb {`, ""},
		"as JSON within JSON":       {`at: the source\\n\\tif a\\u003cb {`, ""},
		"with letters escaped":      {`at: source if a<b { Gr\u00f6\u00dfe(\"x\")`, ""},
		"as HTML":                   {"at: source if a&lt;b { Gr&ouml;ße", ""},
		"in capitals":               {"AT: ONE OF THE SOURCE", ""},
		"in one line":               {"at: the source if a<b", ""},
		"spaced out":                {"at: l i n e o n e o f t h e", ""},
		"short words stay":          {"of the line", "of the line"},
		"control and bidi marks":    {"a\x1b[31m\u202eb\nc\td", `a\u001b[31m\u202eb c d`},
		"tag and zero-width marks":  {"a\U000e0041b\u200bc", `a\ue0041b\u200bc`},
		"a link":                    {"[here](command:x) [a][b]", "[here] (command:x) [a] [b]"},
		"a tag":                     {"<b>bold</b> a < b <!-- c", "< b>bold< /b> a < b < !-- c"},
		"a mark between link parts": {"[here]\u200b(command:x)", `[here]\u200b(command:x)`},
		"a long one is cut":         {strings.Repeat("ą", 400), strings.Repeat("ą", 300) + "…"},
		"invalid text":              {"a\xffb", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := openai.Scrub(tc.message, secrets, quoted); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "0.5", "1e999", "-1", "6m0s", "Mon, 23 Nov 2026 10:00:30 GMT", "2026-11-23T10:00:09Z", "1795428060000", "NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, name := range []string{"Retry-After", "Retry-After-Ms", "X-Ratelimit-Reset-Tokens"} {
			if d := openai.RetryAfter(http.Header{name: {value}}, 429, now); d < 0 || d > 366*24*time.Hour {
				t.Errorf("%s: %q is %v", name, value, d)
			}
		}
	})
}

func FuzzProblem(f *testing.F) {
	for _, s := range []string{`{"error":{"message":"m","code":1}}`, `[[[[["m"]]]]]`, `{"detail":[{"loc":[[]],"msg":"m"}]}`, `{"errors":[null]}`, `{"error":{"message":[1,[2],{}]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		message, code, kind, param, ok := openai.ParseProblem(data)
		if ok && message+code+kind+param == "" {
			t.Error("an error that says nothing")
		}
		if got := openai.Scrub(message, []string{canaryKey}, []string{string(data)}); !utf8.ValidString(got) || utf8.RuneCountInString(got) > 301 {
			t.Errorf("scrubbed to %q", got)
		}
	})
}
