package git_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/git"
	"github.com/ai-lsp/ai-lsp/server/text"
)

func TestChangedLines(t *testing.T) {
	for _, tc := range []struct{ name, base, now, want string }{
		{"nothing", "a\nb\n", "a\nb\n", ""},
		{"a line modified", "a\nb\nc\n", "a\nB\nc\n", "1"},
		{"a line modified at its end", "a\nb\nc\n", "a\nb;\nc\n", "1"},
		{"the first line", "a\nb\n", "A\nb\n", "0"},
		{"the last line, unterminated", "a\nb", "a\nB", "1"},
		{"a line added", "a\nb\n", "a\nx\nb\n", "1"},
		{"a line added at the start", "a\nb\n", "x\na\nb\n", "0"},
		{"a line added at the end", "a\nb\n", "a\nb\nx\n", "2"},
		{"a line added at the end, unterminated", "a\nb", "a\nb\nx", "2"},
		{"the like of the line before added", "a\nb\n", "a\na\nb\n", "1"},
		{"a line deleted", "a\nb\nc\nd\n", "a\nb\nd\n", "1-2"},
		{"the first line deleted", "a\nb\nc\n", "b\nc\n", "0"},
		{"the last line deleted", "a\nb\nc\n", "a\nb\n", "1-2"},
		{"the last line deleted, unterminated", "a\nb\nc", "a\nb", "1"},
		{"all deleted", "a\nb\n", "", "0"},
		{"all added", "", "a\nb\n", "0-1"},
		{"both empty", "", "", ""},
		{"one line in place of three", "a\nb\nc\nd\ne\n", "a\nX\ne\n", "1"},
		{"three lines in place of one", "a\nb\nc\n", "a\nX\nY\nZ\nc\n", "1-3"},
		{"a beginning cut off", "a\nxb\nc\n", "a\nb\nc\n", "1"},
		{"a beginning that became a line", "a\n1b\nc\n", "a\nx\nb\nc\n", "1-2"},
		{"two lines joined", "a\nb\nc\nd\n", "a\nbc\nd\n", "1"},
		{"a line broken in two", "a\nbc\nd\n", "a\nb\nc\nd\n", "1-2"},
		{"several places", "a\nb\nc\nd\ne\nf\ng\n", "A\nb\nc\nx\nd\ne\ng\n", "0 3 5-6"},
		{"places that touch are one", "a\nb\nc\nd\n", "a\nB\nC\nd\n", "1-2"},
		{"a change beside a deletion", "a\nb\nc\nd\ne\n", "a\nB\nd\ne\n", "1"},

		{"line endings", "a\nb\n", "a\r\nb\r\n", ""},
		{"old line endings", "a\nb\n", "a\rb\r", ""},
		{"line endings beside a change", "a\nb\nc\n", "a\r\nB\r\nc\r\n", "1"},
		{"blanks at an end", "a\nb\n", "a  \nb\t\n", ""},
		{"indentation", "a\nb\n", "a\n b\n", "1"},
		{"a byte order mark taken away", "\uFEFFa\nb\n", "a\nb\n", ""},
		{"a byte order mark put there", "a\nb\n", "\uFEFFa\nb\n", ""},
		{"a final terminator put there", "a\nb", "a\nb\n", ""},
		{"a final terminator taken away", "a\nb\n", "a\nb", ""},
		{"a blank line", "a\nb\n", "a\n\nb\n", "1"},
		{"invalid UTF-8", "a\n\xff\n", "a\n\xfe\n", "1"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkChanged(t, tc.base, tc.now, tc.want) })
	}
}

func checkChanged(t *testing.T, base, now, want string) {
	t.Helper()
	var runs []string
	for _, l := range git.BaseOf(base).Changed(text.New("", "", 1, now)) {
		run := fmt.Sprint(l.First)
		if l.Last != l.First {
			run = fmt.Sprintf("%d-%d", l.First, l.Last)
		}
		runs = append(runs, run)
	}
	if got := strings.Join(runs, " "); got != want {
		t.Errorf("from %q to %q, changed are lines %q, want %q", base, now, got, want)
	}
}

// Whatever was edited, the lines that are said to be unchanged are lines of the
// base in their order, and what is said comes in order and inside the text.
func TestUnchangedLinesAreOfTheBase(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		checkUnchanged(t, randomText(random), randomText(random))
	}
}

func FuzzUnchangedLinesAreOfTheBase(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nB\nc\n")
	f.Add("a\r\n1b\r\n", "\uFEFFa\nx\nb")
	f.Add("", "\n\n \n")
	f.Fuzz(checkUnchanged)
}

func checkUnchanged(t *testing.T, base, now string) {
	t.Helper()
	doc := text.New("", "", 1, now)
	left := foldedLines(base)
	runs := git.BaseOf(base).Changed(doc)
	next := 0
	for _, l := range append(runs, git.Lines{First: doc.LineCount(), Last: doc.LineCount()}) {
		if l.First < next || l.Last < l.First || l.Last > doc.LineCount() {
			t.Fatalf("from %q to %q: %v is out of order or place", base, now, runs)
		}
		for _, line := range foldedLines(now)[min(next, len(foldedLines(now))):min(l.First, len(foldedLines(now)))] {
			i := slices.Index(left, line)
			if i < 0 {
				t.Fatalf("from %q to %q: %v leaves %q out, which is new", base, now, runs, line)
			}
			left = left[i+1:]
		}
		next = l.Last + 1
	}
	if again := git.BaseOf(now).Changed(doc); again != nil {
		t.Fatalf("%q differs from itself in %v", now, again)
	}
	if (runs == nil) != reflect.DeepEqual(foldedLines(base), foldedLines(now)) {
		t.Fatalf("from %q to %q: %v", base, now, runs)
	}
}

func foldedLines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(s, "\uFEFF"))
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	// A last line of blanks is a line; one without anything is the place after
	// the last terminator.
	if strings.HasSuffix(s, "\n") || s == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func randomText(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(12) {
		b.WriteString([]string{"a", "b", "ab", "abc", "", "  a", "a ", "}"}[random.IntN(8)])
		b.WriteString([]string{"\n", "\n", "\r\n"}[random.IntN(3)])
	}
	return b.String()
}

func BenchmarkChanged(b *testing.B) {
	long := func(line func(int) string) string {
		var s strings.Builder
		for i := range 10_000 {
			s.WriteString(line(i) + "\n")
		}
		return s.String()
	}
	base := long(func(i int) string { return fmt.Sprintf("\tx%d := compute(%d, y)", i, i%97) })
	for _, bm := range []struct{ name, now string }{
		{"one line", strings.Replace(base, "x5000 ", "x5000b ", 1)},
		{"every tenth line", long(func(i int) string {
			if i%10 == 0 {
				return "\tnew(line)"
			}
			return fmt.Sprintf("\tx%d := compute(%d, y)", i, i%97)
		})},
		{"another text", long(func(i int) string { return fmt.Sprintf("other %d", i*i%1009) })},
		{"other repetitions", long(func(i int) string { return fmt.Sprint("{}\n", i*i%7) })},
	} {
		b.Run(bm.name, func(b *testing.B) {
			known, doc := git.BaseOf(base), text.New("", "", 1, bm.now)
			for b.Loop() {
				known.Changed(doc)
			}
		})
	}
}

func TestTheBaseAsADocument(t *testing.T) {
	doc := git.BaseOf("a  \r\nb").Document("file:///x.go", "go")
	if doc.URI() != "file:///x.go" || doc.Language() != "go" || doc.Text() != "a\nb\n" {
		t.Errorf("document %s (%s): %q", doc.URI(), doc.Language(), doc.Text())
	}
	if doc := (git.Base{}).Document("file:///x.go", "go"); doc != nil {
		t.Errorf("a document of nothing: %q", doc.Text())
	}
}
