package stream_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

// long is more than fifty characters with a word's end after each fifth.
var long = strings.Repeat("word ", 11)

func TestBoundaryCuts(t *testing.T) {
	for _, tc := range []struct {
		name string
		mode stream.Mode
		text string
		want []string // the last is what Close returns
	}{
		{"after a sentence that white space follows", stream.Prose, "One. Two! Three? Four", []string{"One.", " Two!", " Three?", " Four"}},
		{"not after a point in a word", stream.Prose, "v1.2 e.g", []string{"v1.2 e.g"}},
		{"not after the last point while nothing follows", stream.Prose, "One.", []string{"One."}},
		{"after a newline that white space follows", stream.Prose, "a\n\nb\n  c\nd", []string{"a\n", "\nb\n", "  c\nd"}},
		{"not at braces of prose", stream.Prose, "a {b}; c", []string{"a {b}; c"}},
		{"in code after statements, blocks and lines", stream.Code, "f() {a;b}\nc", []string{"f() {", "a;", "b}", "\n", "c"}},
		{"in code not after sentences", stream.Code, "// One. Two", []string{"// One. Two"}},
		{"before an unfinished word when there is enough", stream.Prose, long + "unfin", []string{long[:50], "word unfin"}},
		{"fifty characters are not enough", stream.Prose, strings.Repeat("é", 45) + " abcd", []string{strings.Repeat("é", 45) + " abcd"}},
		{"fifty-one are", stream.Prose, strings.Repeat("é", 45) + " abcde", []string{strings.Repeat("é", 45) + " ", "abcde"}},
		{"not in a long word", stream.Prose, strings.Repeat("x", 100), []string{strings.Repeat("x", 100)}},
		{"an endless word by its size", stream.Prose, strings.Repeat("x", 1030), []string{strings.Repeat("x", 1025), "xxxxx"}},
		{"between ideographs when there is enough", stream.Prose, strings.Repeat("語", 60), []string{strings.Repeat("語", 50), strings.Repeat("語", 10)}},
		{"an ideograph keeps its full stop", stream.Prose, strings.Repeat("語", 50) + "。" + "語", []string{strings.Repeat("語", 49), "語。語"}},
		{"an opening bracket goes with what it opens", stream.Prose, strings.Repeat("語", 49) + "「語", []string{strings.Repeat("語", 48), "語「語"}},
		{"an escaped line break ends a line", stream.Auto, "```\na\\\n```\nb; c", []string{"```\n", "a\\\n```\n", "b; c"}},
		{"not after an escaped mark", stream.Prose, `a\. b`, []string{`a\. b`}},
		{"not inside an escape of code", stream.Code, `a\{b\;c\` + "\nd", []string{`a\{b\;c\` + "\nd"}},
		{"fences switch to code and back", stream.Auto, "a; b\n```go\nx; y\n```\nc; d. e", []string{"a; b\n```go\n", "x;", " y\n", "```\n", "c; d.", " e"}},
		{"a fence ends with as many marks as it began", stream.Auto, "````\na;\n```\nb;\n````\nc;", []string{"````\n", "a;", "\n", "```\n", "b;", "\n", "````\n", "c;"}},
		{"a line of code in backticks is no fence", stream.Auto, "```a; b```\nc; d", []string{"```a; b```\nc; d"}},
		{"tildes fence too, indented as well", stream.Auto, "- x\n  ~~~\n  a;\n  ~~~\n b; c", []string{"- x\n", "  ~~~\n", "  a;", "\n", "  ~~~\n", " b; c"}},
		{"carriage returns stay with their line feed", stream.Prose, "a.\r\nb", []string{"a.", "\r\nb"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := stream.NewBoundary(tc.mode)
			var got []string
			for i := range len(tc.text) { // byte by byte: the cuts come at the earliest
				if ready := b.Write(tc.text[i : i+1]); ready != "" {
					got = append(got, ready)
				}
			}
			got = append(got, b.Close())
			if strings.Join(got, "|") != strings.Join(tc.want, "|") {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestBoundaryTime(t *testing.T) {
	type step struct {
		wait  time.Duration // until Tick, before the write
		tick  string        // what Tick gives
		write string
	}
	const ms = time.Millisecond
	for _, tc := range []struct {
		name  string
		steps []step
	}{
		{"words go when the first has waited", []step{{0, "", "Hello "}, {200 * ms, "", "the"}, {50 * ms, "Hello ", "re x"}, {199 * ms, "", ""}, {ms, "there ", ""}, {49 * ms, "", ""}, {ms, "x", ""}}},
		{"an unfinished word goes when it has waited itself", []step{{0, "", "Hello wor"}, {250 * ms, "Hello wor", "ld"}, {250 * ms, "ld", ""}}},
		{"half a character waits for the rest", []step{{0, "", "a \xf0\x9f"}, {time.Second, "a ", ""}, {time.Second, "", "\x98\x80"}, {0, "😀", ""}}},
		{"half an escape waits for the rest", []step{{0, "", `a \ud83d`}, {time.Second, "a ", ""}, {time.Second, "", `\ude00`}, {0, `\ud83d\ude00`, ""}}},
		{"the second half of a pair alone is an escape", []step{{0, "", `\ude00`}, {250 * ms, `\ude00`, ""}}},
		{"nothing held is nothing due", []step{{time.Hour, "", ""}, {0, "", "One. "}, {time.Hour, " ", ""}, {time.Hour, "", ""}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := stream.NewBoundary(stream.Prose)
				for i, s := range tc.steps {
					time.Sleep(s.wait)
					due, ok := b.Due()
					if isDue := ok && !time.Now().Before(due); isDue != (s.tick != "") {
						t.Errorf("step %d: due is %v, %v at %v", i, due, ok, time.Now())
					}
					if got := b.Tick(time.Now()); got != s.tick {
						t.Errorf("step %d: got %q, want %q", i, got, s.tick)
					}
					b.Write(s.write)
				}
			})
		})
	}
}

func TestBoundaryBeginsAnew(t *testing.T) {
	b := stream.NewBoundary(stream.Auto)
	b.Write("```\nx")
	b.Reset()
	if got := b.Write("a; b. c") + "|" + b.Close(); got != "a; b.| c" {
		t.Errorf("got %q", got)
	}
}
