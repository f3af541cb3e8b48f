package stream_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

var wholes = []struct {
	name, reply, want string
	repaired          bool
}{
	{"a plain object", `{"a":[1,{"b":"}"}]}`, `{"a":[1,{"b":"}"}]}`, false},
	{"white space and a byte order mark", "\uFEFF \n{\"a\":1}\n", `{"a":1}`, false},
	{"a fence", "```json\n{\"a\":1}\n```", `{"a":1}`, false},
	{"chatter with braces", "Using {x} and {\"y\"}:\n{\"a\":1}\nI hope this {helps}!", `{"a":1}`, false},
	{"a fence within a string", "```json\n{\"a\":\"```go\\nx\\n```\"}\n```", "{\"a\":\"```go\\nx\\n```\"}", false},
	{"of two objects the first", `{"a":1} {"b":2}`, `{"a":1}`, false},
	{"an empty object in prose is not meant", `Not {} but {"b":2}`, `{"b":2}`, false},
	{"an empty object alone is", `{ }`, `{ }`, false},
	{"an example that is no JSON is not meant", `As {"a": [...]}: {"a":[1]}`, `{"a":[1]}`, false},
	{"many brackets in strings", `{"a":"` + strings.Repeat("{[", 500) + `"}`, `{"a":"` + strings.Repeat("{[", 500) + `"}`, false},
	{"a comma too many", "```\n{\"a\":[1,2,],}\n```\nDone.", `{"a":[1,2]}`, true},
	{"a brace missing", `{"a":{"b":1}`, `{"a":{"b":1}}`, true},
	{"brackets of code that stay open", `{"a":["` + strings.Repeat(`if x {", "`, 100) + `",]}`, `{"a":["` + strings.Repeat(`if x {", "`, 100) + `"]}`, true},
	{"quotes that are not escaped", `{"a":"use "foo" here","b":2} ok`, `{"a":"use \"foo\" here","b":2}`, true},
	{"a broken object is not its element", `{"a":[{"b":1},{"b":2},,]}`, `{"a":[{"b":1},{"b":2}]}`, true},
	{"a backslash that JSON does not know", `{"re":"\d+\."}`, `{"re":"\\d+\\."}`, true},
	{"line breaks in strings", "{\"a\":\"x\n\ty\"}", `{"a":"x\n\ty"}`, true},
	{"a quote missing at the end of a line", "{\n\"a\": \"x,\n\"b\": 1\n}", "{\n\"a\": \"x\",\n\"b\": 1\n}", true},
	{"single quotes", `{'a': 'b'}`, `{"a": "b"}`, true},
	{"no quotes around keys, words of another language", `So: {a: True, b: None} there`, `{"a": true, "b": null}`, true},
}

func TestWhole(t *testing.T) {
	for _, tc := range wholes {
		t.Run(tc.name, func(t *testing.T) {
			got, repaired, err := stream.Whole(tc.reply)
			if err != nil || string(got) != tc.want || repaired != tc.repaired {
				t.Errorf("got %s repaired=%v, %v", got, repaired, err)
			}
		})
	}
}

func TestWholeRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, reply string
		want        error
	}{
		{"nothing", "", stream.ErrNoObject},
		{"prose", "I found {nothing} in [it].", stream.ErrNoObject},
		{"an array", "[1,2]", stream.ErrNoObject},
		{"what is too long", strings.Repeat(" ", stream.MaxReply+1), stream.ErrReplyTooLong},
		{"what is too deep", `{"a":` + strings.Repeat("[", 200_000), stream.ErrTooDeep},
		{"what is too deep, also when it closes", `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}", stream.ErrTooDeep},
		{"what is too long to repair", `{"a":` + strings.Repeat(`"`, 100_000), stream.ErrMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _, err := stream.Whole(tc.reply)
			if got != nil || !errors.Is(err, tc.want) {
				t.Errorf("got %.40q, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func FuzzWhole(f *testing.F) {
	for _, tc := range wholes {
		f.Add(tc.reply)
	}
	for _, tc := range brokenReplies {
		f.Add(tc.reply)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		got, repaired, err := stream.Whole(reply)
		if err != nil {
			if got != nil {
				t.Fatalf("%q: %s beside %v", reply, got, err)
			}
			return
		}
		if !json.Valid(got) || got[0] != '{' {
			t.Fatalf("%q: %q is no object", reply, got)
		}
		if !repaired && !strings.Contains(reply, string(got)) {
			t.Fatalf("%q: %q is not in it", reply, got)
		}
	})
}

func BenchmarkWhole(b *testing.B) {
	item := `{"line": 12, "quote": "if err != nil {", "message": "The error is \"lost\".", "confidence": 0.8}`
	plain := "```json\n{\"issues\": [" + strings.Repeat(item+", ", 99) + item + "]}\n```"
	for name, reply := range map[string]string{"plain": plain, "to repair": strings.Replace(plain, `0.8}]`, `0.8},]`, 1)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(reply)))
			for b.Loop() {
				if _, _, err := stream.Whole(reply); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
