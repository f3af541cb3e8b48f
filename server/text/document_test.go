package text_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/text"
)

var terminator = regexp.MustCompile("\r\n|\n|\r")

// odd are texts that any of the functions might stumble over.
var odd = []string{
	"", "\n", "\r", "\r\n", "a", "a\n", "a\nb", "a\r\nb\r\n", "a\rb\r", "a\n\rb", "a\r\r\nb\n\n",
	"\uFEFFpackage a\n", "aé😀b\n😀😀", "e\u0301 \u200d👩‍👩‍👧\n", "\xff\xfe\n\xe2\x82", "a\xf0\x9f\x98b", "\xed\xa0\x80\n",
	"日本語\r\n\tтекст\n", "\x80\x80\x80\x80\x80", "a\x00b\n\x00", "x\u2028y\u0085z\v\f",
}

func open(s string) *text.Document { return text.New("file:///a.go", "go", 1, s) }

func TestLinesAreWhatTerminatorsSeparate(t *testing.T) {
	for _, s := range odd {
		checkLines(t, open(s))
	}
}

// checkLines compares the line index with a plain split.
func checkLines(t *testing.T, d *text.Document) {
	t.Helper()
	s := d.Text()
	want := terminator.Split(s, -1)
	if d.LineCount() != len(want) {
		t.Fatalf("%q has %d lines, want %d", s, d.LineCount(), len(want))
	}
	for n, line := range want {
		if got := d.Line(n); got != line {
			t.Fatalf("%q: line %d is %q, want %q", s, n, got, line)
		}
		span := d.LineSpan(n)
		for at := span.Start; at <= span.End; at++ {
			if got := d.LineAt(at); got != n {
				t.Fatalf("%q: offset %d is on line %d, want %d", s, at, got, n)
			}
		}
	}
}

func TestLinesOutsideTheTextAreClamped(t *testing.T) {
	d := open("ab\ncd")
	for n, want := range map[int]text.Span{-1: {0, 0}, 2: {5, 5}, 1 << 40: {5, 5}} {
		if got := d.LineSpan(n); got != want {
			t.Errorf("line %d is %v, want %v", n, got, want)
		}
	}
	if d.Line(-1) != "" || d.Line(2) != "" {
		t.Error("a line outside the text is not empty")
	}
	if d.LineAt(-5) != 0 || d.LineAt(99) != 1 {
		t.Error("an offset outside the text is not on a border line")
	}
}

func TestEOLIsTheMostFrequentTerminator(t *testing.T) {
	for s, want := range map[string]string{
		"": "\n", "a": "\n", "a\nb": "\n", "a\r\nb\r\nc\n": "\r\n", "a\rb\rc\r\n": "\r",
		"a\nb\r\n": "\n", "\n": "\n", "\r\n": "\r\n", "\r": "\r", "\r\n\r": "\r\n",
	} {
		if got := open(s).EOL(); got != want {
			t.Errorf("%q ends lines with %q, want %q", s, got, want)
		}
	}
}

func TestADocumentKeepsWhatItWasGiven(t *testing.T) {
	d := text.New("untitled:Untitled-1", "go", -3, "a\n")
	if d.URI() != "untitled:Untitled-1" || d.Language() != "go" || d.Version() != -3 || d.Len() != 2 {
		t.Errorf("got %q %q %d %d", d.URI(), d.Language(), d.Version(), d.Len())
	}
}

func TestStoreSnapshotsNeverChange(t *testing.T) {
	s := text.NewStore()
	s.Open(open("one"))
	before := s.Snapshot()

	changed, edits, ok := s.Change("file:///a.go", 2, []text.Change{{Text: "two"}}, text.UTF16)
	if !ok || changed.Text() != "two" || changed.Version() != 2 || len(edits) != 1 {
		t.Fatalf("the change gave %v %v %v", changed, edits, ok)
	}
	s.Open(text.New("file:///b.go", "go", 1, ""))
	if now, _ := s.Document("file:///a.go"); now != changed {
		t.Error("the store does not have the newest version")
	}
	if d, ok := before.Document("file:///a.go"); !ok || d.Text() != "one" || before.Len() != 1 {
		t.Error("a snapshot changed")
	}
	if !s.Close("file:///a.go") || s.Close("file:///a.go") {
		t.Error("a document was not closed exactly once")
	}
	if _, ok := s.Document("file:///a.go"); ok || s.Snapshot().Len() != 1 {
		t.Error("a closed document is still open")
	}
	if _, _, ok := s.Change("file:///a.go", 3, nil, text.UTF16); ok {
		t.Error("a closed document was changed")
	}
}

func TestStoreIsReadWhileItChanges(t *testing.T) {
	s := text.NewStore()
	s.Open(open(""))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 1000 {
			if d, ok := s.Document("file:///a.go"); !ok || strings.Trim(d.Text(), "x") != "" {
				t.Error("read something that was never written")
				return
			}
		}
	}()
	for v := range int32(1000) {
		s.Change("file:///a.go", v, []text.Change{{Range: &text.Range{}, Text: "x"}}, text.UTF16)
	}
	<-done
	if d, _ := s.Document("file:///a.go"); d.Len() != 1000 {
		t.Errorf("%d of 1000 changes arrived", d.Len())
	}
}

func TestTheWholeTextIsShared(t *testing.T) {
	d := open("a\nb")
	same, edits := d.Apply(2, nil, text.UTF16)
	if same.Text() != d.Text() || same.Version() != 2 || d.Version() != 1 || edits != nil {
		t.Errorf("no changes made %v", edits)
	}
	if !slices.Equal([]string{same.Line(0), same.Line(1)}, []string{"a", "b"}) {
		t.Error("no changes moved lines")
	}
}
