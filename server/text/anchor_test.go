package text_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// own is the text of the lines as an anchor has to see it.
func own(d *text.Document, first, last int) string {
	var lines []string
	for n := first; n <= last; n++ {
		lines = append(lines, strings.TrimRight(d.Line(n), " \t"))
	}
	return strings.Join(lines, "\n")
}

const gone = -1

func TestCarry(t *testing.T) {
	const fn = "a\n\tfoo()\n\tbar()\nz\n"
	for _, tc := range []struct {
		name        string
		before      string
		first, last int
		changes     []text.Change
		want        int // the first line afterwards, or gone
	}{
		{"typing above leaves it", fn, 1, 1, []text.Change{at(0, 1, 0, 1, "x")}, 1},
		{"typing below leaves it", fn, 1, 1, []text.Change{at(2, 1, 2, 1, "x")}, 1},
		{"a line above moves it", fn, 1, 1, []text.Change{at(0, 0, 0, 0, "new\n")}, 2},
		{"a line above that goes moves it", fn, 1, 1, []text.Change{at(0, 0, 1, 0, "")}, 0},
		{"a line break at its start moves it", fn, 1, 1, []text.Change{at(1, 0, 1, 0, "\n")}, 2},
		{"a line at its start moves it", fn, 1, 1, []text.Change{at(1, 0, 1, 0, "foo\n")}, 2},
		{"enter at its first character moves it", fn, 1, 1, []text.Change{at(1, 1, 1, 1, "\n\t")}, 2},
		{"enter with the indentation taken along moves it", fn, 1, 1, []text.Change{at(1, 0, 1, 1, "\n\t")}, 2},
		{"enter with another indentation removes it", fn, 1, 1, []text.Change{at(1, 1, 1, 1, "\n")}, gone},
		{"enter at its end leaves it", fn, 1, 1, []text.Change{at(1, 6, 1, 6, "\n\t")}, 1},
		{"a line after its end leaves it", fn, 1, 1, []text.Change{at(1, 6, 1, 6, "\n\tnew()")}, 1},
		{"text at its end removes it", fn, 1, 1, []text.Change{at(1, 6, 1, 6, ";")}, gone},
		{"text at its start removes it", fn, 1, 1, []text.Change{at(1, 0, 1, 0, "x")}, gone},
		{"text at its first character removes it", fn, 1, 1, []text.Change{at(1, 1, 1, 1, "x")}, gone},
		{"text inside removes it", fn, 1, 1, []text.Change{at(1, 3, 1, 3, "x")}, gone},
		{"a line break inside removes it", fn, 1, 1, []text.Change{at(1, 3, 1, 3, "\n")}, gone},
		{"indentation added removes it", fn, 1, 1, []text.Change{at(1, 0, 1, 0, "\t")}, gone},
		{"indentation taken removes it", fn, 1, 1, []text.Change{at(1, 0, 1, 1, "")}, gone},
		{"joined with the line above it is gone", fn, 1, 1, []text.Change{at(0, 1, 1, 0, "")}, gone},
		{"joined with the line below it is gone", fn, 1, 1, []text.Change{at(1, 6, 2, 0, "")}, gone},
		{"blanks typed at its end leave it", fn, 1, 1, []text.Change{at(1, 6, 1, 6, " \t ")}, 1},
		{"blanks trimmed from its end leave it", "foo  \nbar", 0, 0, []text.Change{at(0, 3, 0, 5, "")}, 0},
		{"blanks within a run of lines leave it", fn, 1, 2, []text.Change{at(1, 6, 1, 6, "  ")}, 1},
		{"a line within a run removes it", fn, 1, 2, []text.Change{at(1, 6, 1, 6, "\n")}, gone},
		{"deleted it is gone", fn, 1, 1, []text.Change{at(1, 0, 2, 0, "")}, gone},
		{"deleted with its neighbours it is gone", fn, 1, 1, []text.Change{at(0, 0, 3, 0, "")}, gone},
		{"deleted it does not jump to its twin below", "x\nx\nx\n", 0, 0, []text.Change{at(0, 0, 1, 0, "")}, gone},
		{"deleted with its break in two steps it does not either", "x\nx\nx\n", 0, 0, []text.Change{at(0, 0, 0, 1, ""), at(0, 0, 1, 0, "")}, gone},
		{"deleted it does not jump to its twin above", "x\nx\nx\n", 2, 2, []text.Change{at(1, 1, 2, 1, "")}, gone},
		{"its twin above goes, it stays itself", "x\nx\nx\n", 1, 1, []text.Change{at(0, 0, 1, 0, "")}, 0},
		{"its twin below goes, it stays itself", "x\nx\nx\n", 1, 1, []text.Change{at(2, 0, 3, 0, "")}, 1},
		{"a twin put before it moves it", "x\ny\n", 0, 0, []text.Change{at(0, 0, 0, 0, "x\n")}, 1},
		{"a twin put after it leaves it", "x\ny\n", 0, 0, []text.Change{at(1, 0, 1, 0, "x\n")}, 0},
		{"a twin put at its end leaves it", "\tx\ny\n", 0, 0, []text.Change{at(0, 2, 0, 2, "\n\tx")}, 0},
		{"edited and put back at once it stands", fn, 1, 1, []text.Change{at(1, 3, 1, 3, "x"), at(1, 3, 1, 4, "")}, 1},
		{"what is left of it does not grow together with its twin", "foo\nfoo\n", 0, 0, []text.Change{at(0, 1, 0, 3, ""), at(0, 1, 1, 1, "")}, gone},
		{"nor with what is above it", "fo\nfoo\n", 1, 1, []text.Change{at(1, 0, 1, 2, ""), at(0, 2, 1, 0, "")}, gone},
		{"a neighbour that moves past it moves it", "a\nb\nc\n", 1, 1, []text.Change{at(0, 0, 1, 0, ""), at(1, 0, 1, 0, "a\n")}, 0},
		{"the whole text with a line more above moves it", fn, 1, 2, []text.Change{whole("new\n" + fn)}, 2},
		{"the whole text with other neighbours leaves it", fn, 1, 2, []text.Change{whole("A\n\tfoo()\n\tbar()\nZ\n")}, 1},
		{"the whole text with another line in it removes it", fn, 1, 2, []text.Change{whole("a\n\tfoo()\n\tbaz()\nz\n")}, gone},
		{"the whole text with other line ends leaves it", fn, 1, 2, []text.Change{whole("a\r\n\tfoo()\r\n\tbar()\r\nz\r\n")}, 1},
		{"the whole text with blanks trimmed leaves it", "a  \nb  \nc  \n", 1, 1, []text.Change{whole("a\nb\nc\n")}, 1},
		{"a deletion above told by characters leaves it", "abc\nabd\n", 1, 1, []text.Change{at(0, 2, 1, 2, "")}, 0},
		{"an insertion above told by characters moves it", "abd\n", 0, 0, []text.Change{at(0, 2, 0, 2, "c\nab")}, 1},
		{"lone carriage returns are line breaks", "a\rb\rc", 1, 1, []text.Change{at(1, 0, 1, 0, "\r")}, 2},
		{"a carriage return made whole leaves it", "a\rb\r", 1, 1, []text.Change{at(1, 0, 1, 0, "\n")}, 1},
		{"a byte order mark before it is text of its line", "foo\n", 0, 0, []text.Change{at(0, 0, 0, 0, "\uFEFF")}, gone},
		{"the last line without a break may get one", "a\nfoo", 1, 1, []text.Change{at(1, 3, 1, 3, "\n")}, 1},
		{"a combining mark at its end is text", "e\n", 0, 0, []text.Change{at(0, 1, 0, 1, "\u0301")}, gone},
		{"a blank line moves with what is above it", "a\n\nb", 1, 1, []text.Change{at(0, 0, 0, 0, "\n")}, 2},
		{"an empty text can be stood on", "", 0, 0, []text.Change{at(0, 0, 0, 0, " ")}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := open(tc.before)
			now, edits := checkApply(t, d, tc.changes, text.UTF16)
			a, ok := d.Anchor(tc.first, tc.last).Carry(edits, now)
			switch {
			case !ok && tc.want == gone:
			case !ok:
				t.Errorf("it is gone from %q after %v", now.Text(), edits)
			case a.First() != tc.want:
				t.Errorf("it is on line %d of %q after %v", a.First(), now.Text(), edits)
			case own(now, a.First(), a.Last()) != own(d, tc.first, tc.last):
				t.Errorf("its text is %q", own(now, a.First(), a.Last()))
			}
		})
	}
}

func TestAFormatterLeavesTheLinesThatItKeeps(t *testing.T) {
	var before, after strings.Builder
	const n = 1000 // far more differences than a general comparison bears
	for i := range n {
		fmt.Fprintf(&before, "func f%d() {\n  return\n}\n", i)
		fmt.Fprintf(&after, "func f%d() {\n\treturn\n}\n", i)
		if i%7 == 0 {
			after.WriteString("\n")
		}
	}
	d := open(before.String())
	now, edits := d.Apply(2, []text.Change{whole(after.String())}, text.UTF16)
	for i := range n {
		a, ok := d.Anchor(3*i, 3*i).Carry(edits, now)
		if !ok || now.Line(a.First()) != d.Line(3*i) {
			t.Fatalf("%q is gone or elsewhere", d.Line(3*i))
		}
	}
}

func TestAnchorSpansFromInkToInk(t *testing.T) {
	d := open("a\n\tfoo \n\n  bar\t\n")
	for _, tc := range []struct {
		first, last int
		want        string
	}{
		{1, 1, "foo"}, {1, 3, "foo \n\n  bar"}, {0, 0, "a"}, {2, 2, ""}, {4, 9, ""}, {-3, -1, "a"},
	} {
		s := d.Anchor(tc.first, tc.last).Span()
		if got := d.Text()[s.Start:s.End]; got != tc.want {
			t.Errorf("lines %d to %d span %q, want %q", tc.first, tc.last, got, tc.want)
		}
	}
	if a := d.Anchor(4, 9); a.First() != 4 || a.Last() != 4 {
		t.Errorf("lines past the end are %d to %d", a.First(), a.Last())
	}
}

// standing is an anchor and the identities of the bytes it stands on, without
// those of blanks and terminators.
type standing struct {
	anchor text.Anchor
	own    string
	ids    []int
}

func stand(d *text.Document, h *history, first, last int) standing {
	a := d.Anchor(first, last)
	var ids []int
	for at := a.Span().Start; at < a.Span().End; at++ {
		if !strings.ContainsRune(" \t\r\n", rune(d.Text()[at])) {
			ids = append(ids, h.ids[at])
		}
	}
	return standing{a, own(d, a.First(), a.Last()), ids}
}

// checkCarried carries s and compares with where its bytes are now. Where it is
// carried to, all bytes that are left must be, and none from another line; it
// may only be gone if a byte is, or if the lines read otherwise.
func checkCarried(t *testing.T, s standing, h *history, edits []text.Edit, now *text.Document) (standing, bool) {
	t.Helper()
	a, ok := s.anchor.Carry(edits, now)
	place := map[int]int{}
	for i, id := range h.ids {
		place[id] = i
	}
	var left []int
	for _, id := range s.ids {
		if at, ok := place[id]; ok {
			left = append(left, now.LineAt(at))
		}
	}
	if !ok {
		if len(left) == len(s.ids) && len(left) > 0 && own(now, slices.Min(left), slices.Max(left)) == s.own {
			t.Fatalf("%q is gone by %v and stands on %v of %q", s.own, edits, left, now.Text())
		}
		return standing{}, false
	}
	if got := own(now, a.First(), a.Last()); got != s.own {
		t.Fatalf("%q was carried to %q by %v in %q", s.own, got, edits, now.Text())
	}
	next := stand(now, h, a.First(), a.Last())
	for _, id := range next.ids {
		if id <= h.old && !slices.Contains(s.ids, id) {
			t.Fatalf("%q was carried to line %d by %v, whose text is another's in %q", s.own, a.First(), edits, now.Text())
		}
	}
	for _, line := range left {
		if line < a.First() || line > a.Last() {
			t.Fatalf("%q was carried to line %d by %v, its text is on %v of %q", s.own, a.First(), edits, left, now.Text())
		}
	}
	return next, true
}

func FuzzCarry(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "\n", "\r\n", "\n\t", "  ", "foo\n", "\tfoo\n", "\r", "é"}
	for range 300 {
		var data []byte
		for range 1 + random.IntN(6) {
			head := []byte{byte(random.IntN(256)), byte(random.IntN(6)), byte(random.IntN(256)), byte(random.IntN(6))}
			if random.IntN(6) == 0 {
				head[0] = 255
			}
			data = append(data, head...)
			for range random.IntN(4) {
				data = append(data, pieces[random.IntN(len(pieces))]...)
			}
			data = append(data, 0)
		}
		var s string
		for range random.IntN(14) {
			s += pieces[random.IntN(len(pieces))]
		}
		f.Add(s, data, byte(1+random.IntN(3)))
	}
	f.Fuzz(func(t *testing.T, s string, data []byte, each byte) {
		s = s[:min(len(s), 2000)]
		d, h := open(s), newHistory(s)
		var all []standing
		for n := range min(d.LineCount(), 40) {
			all = append(all, stand(d, h, n, n), stand(d, h, n, n+2))
		}
		for len(data) > 0 && len(all) > 0 {
			changes := changesFrom(data, d.LineCount())
			if len(changes) == 0 {
				break
			}
			changes = changes[:min(len(changes), int(each%3)+1)]
			for range changes {
				_, data, _ = bytesCutZero(data)
			}
			now, edits := d.Apply(d.Version()+1, changes, text.UTF8)
			h.follow(t, edits, now.Text())
			var still []standing
			for _, s := range all {
				if next, ok := checkCarried(t, s, h, edits, now); ok {
					still = append(still, next)
				}
			}
			all, d = still, now
		}
	})
}

// bytesCutZero cuts data where changesFrom ends a change.
func bytesCutZero(data []byte) (before, after []byte, found bool) {
	if len(data) < 4 {
		return data, nil, false
	}
	if i := slices.Index(data[4:], 0); i >= 0 {
		return data[:4+i], data[4+i+1:], true
	}
	return data, nil, false
}

func TestAnchorsFollowUniqueLines(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	next := 0
	line := func() string {
		next++
		return strings.Repeat("\t", random.IntN(3)) + "line" + string(rune('A'+next%26)) + strings.Repeat("x", next%7) + "#" + strings.Repeat("i", next/5)
	}
	var lines []string
	for range 30 {
		lines = append(lines, line())
	}
	d := open(strings.Join(lines, "\n"))
	for range 400 {
		touched := random.IntN(len(lines))
		mid := uint32(len(lines[touched]) / 2)
		was := lines[touched]
		var c text.Change
		next := slices.Clone(lines)
		switch row := uint32(touched); random.IntN(5) {
		case 0: // a line above
			l := line()
			next, was = slices.Insert(next, touched, l), ""
			c = at(row, 0, row, 0, l+"\n")
		case 1: // a line goes
			if len(lines) < 10 || touched == len(lines)-1 {
				continue
			}
			next = slices.Delete(next, touched, touched+1)
			c = at(row, 0, row+1, 0, "")
		case 2: // a keystroke
			next[touched] = was[:mid] + "!" + was[mid:]
			c = at(row, mid, row, mid, "!")
		case 3: // blanks at the end
			c, was = at(row, 9999, row, 9999, " "), ""
			next[touched] += " "
		case 4: // a line written anew, told as the whole text
			next[touched] = line()
			c = whole(strings.Join(next, "\n"))
		}
		now, edits := d.Apply(d.Version()+1, []text.Change{c}, text.UTF16)
		for n, l := range lines {
			a, ok := d.Anchor(n, n).Carry(edits, now)
			if l == was {
				if ok {
					t.Fatalf("%q was edited by %v and stands", l, c)
				}
				continue
			}
			if !ok || strings.TrimRight(next[a.First()], " ") != strings.TrimRight(l, " ") {
				t.Fatalf("%q is gone or elsewhere by %v", l, c)
			}
		}
		lines, d = next, now
	}
}
