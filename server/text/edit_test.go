package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// history is a text whose every byte has an identity, and edits applied the
// slow way.
type history struct {
	ids  []int
	was  map[int]byte // what the byte with this identity is
	next int
	old  int // identities up to this one are from before the last edits
}

func newHistory(s string) *history {
	h := &history{was: map[int]byte{}}
	h.ids = h.born(s)
	return h
}

func (h *history) born(s string) []int {
	ids := make([]int, len(s))
	for i := range ids {
		h.next++
		ids[i] = h.next
		h.was[h.next] = s[i]
	}
	return ids
}

// follow applies edits that are said to lead to now and fails if they do not:
// if the length is another, or a byte that was kept is not what it was.
func (h *history) follow(t *testing.T, edits []text.Edit, now string) {
	t.Helper()
	h.old = h.next
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(h.ids) || e.Len < 0 || e.Start == e.End && e.Len == 0 {
			t.Fatalf("%+v is no edit of %d bytes", e, len(h.ids))
		}
		fresh := make([]int, e.Len)
		for i := range fresh {
			h.next++
			fresh[i] = h.next
		}
		h.ids = append(append(append([]int{}, h.ids[:e.Start]...), fresh...), h.ids[e.End:]...)
	}
	if len(h.ids) != len(now) {
		t.Fatalf("the edits %v lead to %d bytes, not to the %d of %q", edits, len(h.ids), len(now), now)
	}
	for i, id := range h.ids {
		if was, known := h.was[id]; known && was != now[i] {
			t.Fatalf("the edits %v keep the %q at %d of %q", edits, was, i, now)
		}
		h.was[id] = now[i]
	}
}

// naive is what the changes make of s, told in the plainest way.
func naive(s string, changes []text.Change, enc text.Encoding) string {
	for _, c := range changes {
		if c.Range == nil {
			s = c.Text
			continue
		}
		d := open(s) // its positions have a test of their own
		a, b := d.Offset(c.Range.Start, enc), d.Offset(c.Range.End, enc)
		if a > b {
			a, b = b, a
		}
		s = s[:a] + c.Text + s[b:]
	}
	return s
}

func checkApply(t *testing.T, d *text.Document, changes []text.Change, enc text.Encoding) (*text.Document, []text.Edit) {
	t.Helper()
	before := d.Text()
	now, edits := d.Apply(d.Version()+1, changes, enc)
	if want := naive(before, changes, enc); now.Text() != want {
		t.Fatalf("%q with %v is %q, want %q", before, changes, now.Text(), want)
	}
	if d.Text() != before {
		t.Fatal("the old version changed")
	}
	checkLines(t, now)
	newHistory(before).follow(t, edits, now.Text())
	return now, edits
}

// at is a change of one range.
func at(line, char, endLine, endChar uint32, s string) text.Change {
	return text.Change{Range: &text.Range{
		Start: text.Position{Line: line, Character: char},
		End:   text.Position{Line: endLine, Character: endChar},
	}, Text: s}
}

func whole(s string) text.Change { return text.Change{Text: s} }

func TestApply(t *testing.T) {
	for _, tc := range []struct {
		name    string
		before  string
		changes []text.Change
		want    string
		edits   string
	}{
		{"a keystroke", "ab\ncd", []text.Change{at(1, 1, 1, 1, "x")}, "ab\ncxd", "[{4 4 1}]"},
		{"changes apply one after the other", "a", []text.Change{at(0, 1, 0, 1, "\n"), at(1, 0, 1, 0, "b")}, "a\nb", "[{1 1 1} {2 2 1}]"},
		{"a whole text among ranges", "a", []text.Change{at(0, 0, 0, 1, "b"), whole("xyz"), at(0, 3, 0, 3, "!")}, "xyz!", "[{0 1 1} {0 1 3} {3 3 1}]"},
		{"a line feed behind a carriage return joins it", "a\rb", []text.Change{at(1, 0, 1, 0, "\n")}, "a\r\nb", "[{2 2 1}]"},
		{"a carriage return before a line feed joins it", "a\nb", []text.Change{at(0, 1, 0, 1, "\r")}, "a\r\nb", "[{1 1 1}]"},
		{"a backwards range is turned", "abc", []text.Change{at(0, 2, 0, 1, "")}, "ac", "[{1 2 0}]"},
		{"past the end is appended", "a", []text.Change{at(7, 7, 9, 9, "b")}, "ab", "[{1 1 1}]"},
		{"the same text is no edit", "a\nb\n", []text.Change{whole("a\nb\n"), at(0, 0, 0, 1, "a")}, "a\nb\n", "[]"},
		{"nothing replaced by nothing is no edit", "a", []text.Change{at(0, 0, 0, 0, "")}, "a", "[]"},
		{"a whole text is told as its difference", "a\nb\nc\n", []text.Change{whole("a\nB\nc\nd\n")}, "a\nB\nc\nd\n", "[{2 3 1} {6 6 2}]"},
		{"a replacement of several lines likewise", "a\nb\nc\n", []text.Change{at(0, 0, 3, 0, "a\nc\n")}, "a\nc\n", "[{2 4 0}]"},
		{"line ends are changed one by one", "a\nb\n", []text.Change{whole("a\r\nb\r\n")}, "a\r\nb\r\n", "[{1 1 1} {4 4 1}]"},
		{"a difference does not split a character", "éa", []text.Change{whole("èa")}, "èa", "[{0 2 2}]"},
		{"a deletion of a line told by characters", "abc\nabd\n", []text.Change{at(0, 2, 1, 2, "")}, "abd\n", "[{0 4 0}]"},
		{"a deletion of the second line told by characters", "cab\ndab\n", []text.Change{at(0, 1, 1, 1, "")}, "cab\n", "[{3 7 0}]"},
		{"an insertion of a line told by characters", "abd\n", []text.Change{at(0, 2, 0, 2, "c\nab")}, "abc\nabd\n", "[{0 0 4}]"},
		{"a deletion between like lines is left as it is", "foo\nfoo\n", []text.Change{at(0, 1, 1, 1, "")}, "foo\n", "[{1 5 0}]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now, edits := checkApply(t, open(tc.before), tc.changes, text.UTF16)
			if now.Text() != tc.want || fmt.Sprint(edits) != tc.edits {
				t.Errorf("got %q by %v, want %q by %s", now.Text(), edits, tc.want, tc.edits)
			}
		})
	}
}

func TestALargeTextIsComparedWithoutLines(t *testing.T) {
	middle := strings.Repeat("x\n", 1<<20)
	d := open("a\n" + middle + "z\n")
	now, edits := d.Apply(2, []text.Change{whole("a\ny" + strings.ReplaceAll(middle, "x", "y") + "z\n")}, text.UTF16)
	newHistory(d.Text()).follow(t, edits, now.Text())
	if len(edits) != 1 {
		t.Errorf("%d edits", len(edits))
	}
}

// changesFrom reads changes out of fuzz data: four bytes choose a range, the
// rest up to a zero is the text.
func changesFrom(data []byte, lines int) []text.Change {
	var changes []text.Change
	for len(data) >= 4 && len(changes) < 8 {
		n := byte(min(lines+1, 255))
		c := at(uint32(data[0]%n), uint32(data[1]%16), uint32(data[2]%n), uint32(data[3]%16), "")
		whole := data[0] == 255
		s, rest, _ := strings.Cut(string(data[4:]), "\x00")
		c.Text, data = s, []byte(rest)
		if whole {
			c.Range = nil
		}
		changes = append(changes, c)
	}
	return changes
}

func FuzzApply(f *testing.F) {
	for i, s := range odd {
		f.Add(s, []byte{0, 0, byte(i), 2, 'a', '\n', 0, 1, 1, 0, 0, '\r'})
		f.Add(s, []byte("\xff\x00\x00\x00"+odd[(i+3)%len(odd)]))
	}
	f.Add("abc\nabd\nabe\n", []byte{0, 2, 1, 2, 0, 0, 1, 1, 1, 'x', '\n', 'b'})
	f.Fuzz(func(t *testing.T, s string, data []byte) {
		for _, enc := range encodings {
			d := open(s)
			checkApply(t, d, changesFrom(data, d.LineCount()), enc)
		}
	})
}
