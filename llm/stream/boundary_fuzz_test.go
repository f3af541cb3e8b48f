package stream_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/llm/stream"
)

// anEscape and anUnfinished tell escapes by a grammar, apart from the code
// under test.
var (
	anEscape = escapes(`\A(?s:`, `)`,
		`\\u[dD][89abAB]H{2}\\u[dD][c-fC-F]H{2}`, `\\u\{H{0,8}\}?`, `\\uH{0,4}`, `\\UH{0,8}`, `\\xH{0,2}`,
		`\\[0-7]{1,3}`, `\x1b\[[ -?]{0,32}[@-~]?`, `[\\\x1b].`)
	anUnfinished = escapes(`\A(?:`, `)\z`,
		`\\`, `\x1b`, `\\uH{0,3}`, `\\u[dD][89abAB]H{2}(?:\\(?:u(?:[dD](?:[c-fC-F]H?)?)?)?)?`, `\\u\{H{0,8}`,
		`\\UH{0,7}`, `\\xH?`, `\\[0-7]{1,2}`, `\x1b\[[ -?]{0,32}`)
)

func escapes(before, after string, forms ...string) *regexp.Regexp {
	return regexp.MustCompile(before + strings.ReplaceAll(strings.Join(forms, "|"), "H", "[0-9a-fA-F]") + after)
}

// unit is a character or an escape.
type unit struct {
	start, end int
	r          rune
	escape     bool
}

func (u unit) isSpace() bool { return !u.escape && unicode.IsSpace(u.r) }

func (u unit) isWide() bool {
	return !u.escape && unicode.In(u.r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// unitsOf cuts s into characters and escapes; what is left at the end may not
// be all there yet.
func unitsOf(s string) (units []unit, left int) {
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		escape := r == '\\' || r == '\x1b'
		if !utf8.FullRuneInString(s[at:]) ||
			escape && (anUnfinished.MatchString(s[at:]) || !utf8.FullRuneInString(s[at+1:])) {
			return units, len(s) - at
		}
		if escape {
			size = len(anEscape.FindString(s[at:]))
		}
		units = append(units, unit{at, at + size, r, escape})
		at += size
	}
	return units, 0
}

// report is what came out, and how.
type report struct {
	start, end int // in the text
	at         time.Time
	byTime     bool
}

// checkReports holds the reports against the promises of a Boundary.
func checkReports(t *testing.T, s string, came []time.Time, reports []report) {
	t.Helper()
	units, _ := unitsOf(s)
	ends := map[int]int{} // the units that end at an offset
	for i, u := range units {
		ends[u.end] = i
	}
	for _, r := range reports {
		i, ok := ends[r.end]
		if !ok {
			t.Fatalf("%q was cut at %d, inside a character or an escape", s, r.end)
		}
		if i+1 == len(units) || units[i].isSpace() || units[i+1].isSpace() || units[i].isWide() || units[i+1].isWide() {
			continue
		}
		if !units[i].escape && strings.ContainsRune(";{}", units[i].r) {
			continue
		}
		word := units[i]
		for ; i >= 0 && units[i].start >= r.start && !units[i].isSpace(); i-- {
			word = units[i]
		}
		waited := r.byTime && r.at.Sub(came[word.start]) >= stream.Hold
		if !waited && r.end-word.start <= 1024 {
			t.Fatalf("%q was cut at %d, inside a word", s, r.end)
		}
	}
}

// checkHeld looks at what a Boundary keeps after it was asked for all that is
// due: only what has just come, or has to be waited for.
func checkHeld(t *testing.T, s string, sent, got int, came []time.Time) {
	t.Helper()
	if got == sent || time.Since(came[got]) < stream.Hold {
		return
	}
	units, left := unitsOf(s[:sent])
	_, inHeld := unitsOf(s[got:sent])
	if len(units) > 0 && sent-left > got && inHeld != sent-got {
		t.Fatalf("%q is held of %q for %v", s[got:sent], s[:sent], time.Since(came[got]))
	}
}

func FuzzBoundary(f *testing.F) {
	for _, s := range []string{
		"One. Two! Three?\n\nFour", "f() {a;b}\nc;", "a\n```go\nx; y\n```\nb. c", long + long,
		strings.Repeat("x", 1100) + " y", strings.Repeat("語", 70) + "。カー「x」", `\n\ud83d\ude00\ud83d\ud83d\ude00\u{1F600}\x41\101\U0001F600`,
		"\x1b[1;31mred\x1b[0m \x1b", "😀 e\u0301 \xff\xf0\x9f \xe2\x82", "\\\n\\\r\n`~\\", "\\u12 \\ud8", `\u{12345678} \u{12345678`, "a\r\nb\rc\u00a0d\u2028e",
	} {
		f.Add(s, []byte{1, 0, 3, 1, 7, 2, 2, 3}, byte(0))
		f.Add(s, []byte{1, 3, 1, 0, 1, 0}, byte(1))
		f.Add(s, []byte{200, 2, 1, 2}, byte(2))
	}
	f.Fuzz(func(t *testing.T, s string, cuts []byte, mode byte) {
		s = s[:min(len(s), 1500)]
		synctest.Test(t, func(t *testing.T) {
			b := stream.NewBoundary(stream.Mode(mode % 3))
			var out strings.Builder
			var reports []report
			var came []time.Time
			take := func(ready string, byTime bool) {
				if ready == "" {
					return
				}
				start := out.Len()
				out.WriteString(ready)
				reports = append(reports, report{start, out.Len(), time.Now(), byTime})
			}
			tick := func(until time.Time) {
				for due, ok := b.Due(); ok && !due.After(until); due, ok = b.Due() {
					time.Sleep(time.Until(due))
					take(b.Tick(time.Now()), true)
				}
				time.Sleep(time.Until(until))
			}
			for i := 0; len(came) < len(s); i += 2 {
				size, pause := 1, time.Duration(0)
				if len(cuts) > 1 {
					size = int(cuts[i%(len(cuts)-1)])%40 + 1
					pause = []time.Duration{0, 10, 100, 300}[cuts[i%(len(cuts)-1)+1]%4] * time.Millisecond
				}
				start := len(came)
				end := min(start+size, len(s))
				for range end - start {
					came = append(came, time.Now())
				}
				take(b.Write(s[start:end]), false)
				tick(time.Now().Add(pause))
				checkHeld(t, s, len(came), out.Len(), came)
			}
			checkReports(t, s, came, reports)
			out.WriteString(b.Close())
			if out.String() != s {
				t.Fatalf("%q came out as %q", s, out.String())
			}
		})
	})
}

func BenchmarkBoundary(b *testing.B) {
	prose := strings.Repeat("The loop reads `n` bytes, and ends when none is left. ", 400)
	code := strings.Repeat("\tfor i := range n {\n\t\tsum += a[i]\n\t}\n", 400)
	for name, text := range map[string]string{"prose": prose, "code": "```go\n" + code} {
		b.Run(name+" by token", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			bound := stream.NewBoundary(stream.Auto)
			for b.Loop() {
				for at := 0; at < len(text); at += 4 {
					bound.Write(text[at:min(at+4, len(text))])
				}
				bound.Close()
			}
		})
	}
}
