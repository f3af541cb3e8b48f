package stream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

// outcome is what Items made of a reply.
type outcome struct {
	items   []string
	whole   bool
	dropped int
	err     error
}

func (o outcome) String() string {
	return fmt.Sprintf("%s whole=%v dropped=%d", strings.Join(o.items, " "), o.whole, o.dropped)
}

// read feeds the reply in pieces of the given size; 0 means at once.
func read(t testing.TB, reply string, size int) outcome {
	t.Helper()
	var o outcome
	it := stream.NewItems("issues", func(raw json.RawMessage) {
		if !json.Valid(raw) || raw[0] != '{' {
			t.Errorf("%q is no object, out of %q", raw, reply)
		}
		o.items = append(o.items, string(raw))
	})
	if size == 0 {
		size = max(len(reply), 1)
	}
	for at := 0; at < len(reply) && o.err == nil; at += size {
		o.err = it.Write(reply[at:min(at+size, len(reply))])
	}
	o.whole = it.Close()
	if it.Complete() != o.whole {
		t.Errorf("Complete and Close disagree on %q", reply)
	}
	o.dropped, _ = it.Dropped()
	return o
}

// wellFormed are replies with the elements they hold.
var wellFormed = []struct {
	name, reply string
	items       []string
}{
	{"a plain object", `{"severity":"info","issues":[{"line":1},{"line":2}],"summary":"x"}`, []string{`{"line":1}`, `{"line":2}`}},
	{"prose and a fence around it", "Here {is} it:\n```json\n{\"issues\": [ {\"a\" : 1} ]}\n```\nDone {\"", []string{`{"a" : 1}`}},
	{"a byte order mark", "\uFEFF{\"issues\":[{}]}", []string{`{}`}},
	{"brackets, quotes and escapes in strings", `{"issues":[{"a":"}{][\"\\"},{"b":"\u00e9\ud83d\ude00\n"}]}`, []string{`{"a":"}{][\"\\"}`, `{"b":"\u00e9\ud83d\ude00\n"}`}},
	{"characters of many bytes", `{"summary":"日本","issues":[{"é":"😀"}]}`, []string{`{"é":"😀"}`}},
	{"elements that are no objects", `{"issues":[null,1,"x",[{"in":1}],{"a":[1,{"b":{}}]},true]}`, []string{`{"a":[1,{"b":{}}]}`}},
	{"no elements", `{"issues":[],"summary":""}`, nil},
	{"no such array", `{"summary":"{\"issues\":[{}]}"}`, nil},
	{"the name at another depth", `{"a":{"issues":[{"no":1}]},"issues":[{"yes":1}]}`, []string{`{"yes":1}`}},
	{"the name as a value", `{"a":"issues","b":[{}],"issues":[{"yes":1}]}`, []string{`{"yes":1}`}},
	{"the name with another value", `{"issues":null}`, nil},
	{"another object before", `{"thought":[{"a":1}]} {"issues":[{"b":2}]}`, []string{`{"b":2}`}},
	{"braces of prose before", `Use {"x"} or {} or {{ or {"y": then {"issues":[{"b":2}]}`, []string{`{"b":2}`}},
	{"white space everywhere", " { \"issues\" : [ \n{ \"a\" : [ ] } \t, {\r\n} ] } ", []string{`{ "a" : [ ] }`, "{\r\n}"}},
}

func TestItems(t *testing.T) {
	for _, tc := range wellFormed {
		t.Run(tc.name, func(t *testing.T) {
			o := read(t, tc.reply, 0)
			if strings.Join(o.items, "|") != strings.Join(tc.items, "|") || !o.whole || o.dropped != 0 {
				t.Errorf("got %v", o)
			}
		})
	}
}

// brokenReplies are replies with what can still be read of them.
var brokenReplies = []struct {
	name, reply string
	items       []string
	whole       bool
	dropped     int
}{
	{"a quote that is not escaped", `{"issues":[{"m":"use "foo" here","line":3},{"line":4}],"s":"ok"}`, []string{`{"m":"use \"foo\" here","line":3}`, `{"line":4}`}, true, 0},
	{"the same in the last element", `{"issues":[{"line":4},{"m":"use "foo" here","line":3}],"s":"ok"}`, []string{`{"line":4}`, `{"m":"use \"foo\" here","line":3}`}, true, 0},
	{"the same in the last element of the last property", `{"issues":[{"m":"a "b" c"} ] } bye`, []string{`{"m":"a \"b\" c"}`}, true, 0},
	{"a missing quote", `{"issues":[{"m":"foo, "line":1}, {"line":2}]}`, []string{`{"m":"foo", "line":1}`, `{"line":2}`}, true, 0},
	{"a missing quote that hides the next start", "{\"issues\":[{\"m\":\"foo}\n,{\"line\":2}, {\"line\":3}]}", []string{`{"m":"foo"}`, `{"line":2}`, `{"line":3}`}, true, 0},
	{"a backslash that JSON does not know", `{"issues":[{"re":"\d+\\"},{"line":2}]}`, []string{`{"re":"\\d+\\"}`, `{"line":2}`}, true, 0},
	{"a \\u without its digits", `{"issues":[{"m":"\user \u12"}]}`, []string{`{"m":"\\user \\u12"}`}, true, 0},
	{"line breaks and tabs in strings", "{\"issues\":[{\"m\":\"a\r\n\tb\"}]}", []string{`{"m":"a\r\n\tb"}`}, true, 0},
	{"a comma too many", `{"issues":[{"line":1,},,{"line":2},]}`, []string{`{"line":1}`, `{"line":2}`}, true, 0},
	{"commas missing", `{"issues":[{"line":1} {"line":2}{"line":3}]}`, []string{`{"line":1}`, `{"line":2}`, `{"line":3}`}, true, 0},
	{"a brace missing", `{"issues":[{"line":1,"m":"x", {"line":2}]}`, []string{`{"line":1,"m":"x"}`, `{"line":2}`}, true, 0},
	{"a wrong bracket", `{"issues":[{"line":1], {"line":2}]}`, []string{`{"line":1}`, `{"line":2}`}, true, 0},
	{"braces doubled", `{"issues":[{{"line":1}}, {"line":2}]}`, []string{`{"line":1}`, `{"line":2}`}, true, 0},
	{"other quotes", `{"issues":[{'line':1}, {"line":2}]}`, []string{`{"line":1}`, `{"line":2}`}, true, 0},
	{"what looks like the end within a broken element", `{"issues":[{"m":"f("x", [{1}], "y")"},{"line":2}]}`, []string{`{"line":2}`}, true, 1},
	{"a quote that is not escaped before the array", `{"summary":"use "foo" [{"a":1}]","issues":[{"line":1}]}`, []string{`{"line":1}`}, true, 0},
	{"an example of the answer before it", `As {"issues": [...,], "summary": "..."}: {"issues":[{"line":1}]}`, []string{`{"line":1}`}, true, 0},
	{"a brace and a quote in prose", "A {\"\n{\"issues\":[{\"line\":1}]}", []string{`{"line":1}`}, true, 0},
	{"an example before an answer that is cut early", `As {"summary": "..."}: {"summary":"x`, nil, false, 0},
	{"two that are broken, one inside the other", `{"issues":[{"m":"x,{","b":"c","d":[{"q":1},{"q":2}] x},{"line":2}]}`, []string{`{"m":"x"}`, `{"q":2}`, `{"line":2}`}, true, 1},
	{"an example of the answer before one that is cut", `As {"summary": "..."}: {"issues":[{"line":1}`, []string{`{"line":1}`}, false, 0},
	{"nothing that can be mended", `{"issues":[{"m":"` + strings.Repeat("[", 2000) + `"x"},{"line":2}]}`, []string{`{"line":2}`}, true, 1},
	{"an element that is cut", `{"issues":[{"line":1},{"line":2,"m":"x`, []string{`{"line":1}`}, false, 1},
	{"a broken element that is cut", `{"issues":[{"line":1},{"m":"a "b" c`, []string{`{"line":1}`}, false, 1},
	{"an array that is cut", `{"issues":[{"line":1}`, []string{`{"line":1}`}, false, 0},
	{"an object that is cut", `{"issues":[{"line":1}],"summary":"`, []string{`{"line":1}`}, false, 0},
	{"an object that is no object", `{"issues":[{"line":1}],summary`, []string{`{"line":1}`}, false, 0},
	{"no JSON at all", `I found no issues.`, nil, false, 0},
}

func TestBrokenItems(t *testing.T) {
	for _, tc := range brokenReplies {
		t.Run(tc.name, func(t *testing.T) {
			o := read(t, tc.reply, 0)
			if strings.Join(o.items, "|") != strings.Join(tc.items, "|") || o.whole != tc.whole || o.dropped != tc.dropped {
				t.Errorf("got %v", o)
			}
		})
	}
}

func TestItemsComeOutTheMomentTheyClose(t *testing.T) {
	for _, tc := range wellFormed {
		for at := range len(tc.reply) + 1 {
			head := tc.reply[:at]
			want, from := 0, 0
			for _, item := range tc.items {
				end := strings.Index(tc.reply[from:], item)
				if from += end + len(item); from <= at {
					want++
				}
			}
			if o := read(t, head, 0); len(o.items) != want {
				t.Errorf("%q: %d of %d elements", head, len(o.items), want)
			}
		}
	}
}

func TestAnyNumberOfStrayBackslashesIsMended(t *testing.T) {
	const n = 5000
	o := read(t, `{"issues":[`+strings.Repeat(`{"quote":"regexp.MustCompile(\d+)"},`, n)+`]}`, 0)
	if len(o.items) != n || o.items[n-1] != `{"quote":"regexp.MustCompile(\\d+)"}` || o.dropped != 0 {
		t.Errorf("%d were read, %d were lost", len(o.items), o.dropped)
	}
}

func TestRepairsAreBounded(t *testing.T) {
	const n = 4000
	o := read(t, `{"issues":[`+strings.Repeat(`{"m":"the "x" of y"},`, n)+`{"line":2}]}`, 0)
	if len(o.items)+o.dropped != n+1 || o.dropped == 0 || len(o.items) < 1000 || o.items[len(o.items)-1] != `{"line":2}` {
		t.Errorf("%d were read, %d were lost", len(o.items), o.dropped)
	}
}

func TestItemsAreBounded(t *testing.T) {
	pad := strings.Repeat("x", stream.MaxItem)
	deep := strings.Repeat("[", stream.MaxDepth) + strings.Repeat("]", stream.MaxDepth)
	for _, tc := range []struct {
		name, reply string
		want        error
	}{
		{"an element too long", `{"issues":[{"m":"` + pad + `"},{"line":2}]}`, stream.ErrItemTooLong},
		{"a broken element too long", `{"issues":[{"m":"a "b` + pad + pad + `"},{"line":2}]}`, stream.ErrItemTooLong},
		{"an element too deep", `{"issues":[{"m":` + deep + `},{"line":2}]}`, stream.ErrTooDeep},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			it := stream.NewItems("issues", func(raw json.RawMessage) { got = append(got, string(raw)) })
			if err := it.Write(tc.reply); err != nil {
				t.Fatal(err)
			}
			n, err := it.Dropped()
			if n != 1 || !errors.Is(err, tc.want) || len(got) != 1 || got[0] != `{"line":2}` {
				t.Errorf("%d were lost, by %v; %d were read", n, err, len(got))
			}
		})
	}
	t.Run("a reply too long", func(t *testing.T) {
		it := stream.NewItems("issues", func(json.RawMessage) { t.Error("something was read past the limit") })
		if err := it.Write(strings.Repeat(" ", stream.MaxReply)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := it.Write(`{"issues":[{}]}`); !errors.Is(err, stream.ErrReplyTooLong) {
				t.Fatalf("got %v", err)
			}
		}
	})
	t.Run("an object too deep before the array", func(t *testing.T) {
		if o := read(t, `{"a":`+deep+`,"issues":[{"line":1}]}`, 0); len(o.items) != 1 {
			t.Errorf("got %v", o)
		}
	})
}

// expected is what a plain parser finds in a whole object; false when the two
// need not agree: the name twice, or written with escapes.
func expected(reply string) (items []string, ok bool) {
	dec := json.NewDecoder(strings.NewReader(reply))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, false
	}
	seen := 0
	for dec.More() {
		from := dec.InputOffset()
		name, err := dec.Token()
		if err != nil || !bytes.Contains([]byte(reply[from:dec.InputOffset()]), []byte(`"`+name.(string)+`"`)) {
			return nil, false
		}
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return nil, false
		}
		var list []json.RawMessage
		if name != "issues" {
			continue
		}
		if seen++; json.Unmarshal(raw, &list) != nil {
			continue
		}
		for _, item := range list {
			if item[0] == '{' {
				items = append(items, string(item))
			}
		}
	}
	return items, seen < 2
}

func FuzzItems(f *testing.F) {
	for _, tc := range wellFormed {
		f.Add(tc.reply, 3)
	}
	for _, tc := range brokenReplies {
		f.Add(tc.reply, 2)
	}
	f.Fuzz(func(t *testing.T, reply string, size int) {
		atOnce := read(t, reply, 0)
		for _, size := range []int{1, max(size%64, 1)} {
			if got := read(t, reply, size); got.String() != atOnce.String() {
				t.Fatalf("%q in pieces of %d: %v, at once: %v", reply, size, got, atOnce)
			}
		}
		if !json.Valid([]byte(reply)) || strings.Count(reply, "{")+strings.Count(reply, "[") > stream.MaxDepth {
			return
		}
		want, ok := expected(reply)
		if ok && (strings.Join(atOnce.items, "|") != strings.Join(want, "|") || !atOnce.whole || atOnce.dropped != 0) {
			t.Fatalf("%q: %v, want %q", reply, atOnce, want)
		}
	})
}

func BenchmarkItems(b *testing.B) {
	item := `{"line": 12, "end_line": 14, "quote": "if err != nil {", "message": "The error is \"lost\".", "confidence": 0.8}`
	reply := `{"severity": "info", "issues": [` + strings.Repeat(item+", ", 199) + item + `], "summary": "x"}`
	var deltas []string
	for at := 0; at < len(reply); at += 10 {
		deltas = append(deltas, reply[at:min(at+10, len(reply))])
	}
	n := 0
	emit := func(json.RawMessage) { n++ }
	b.ReportAllocs()
	for b.Loop() {
		it := stream.NewItems("issues", emit)
		for _, d := range deltas {
			_ = it.Write(d)
		}
		if !it.Close() {
			b.Fatal("it is not whole")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(deltas)), "ns/delta")
}
