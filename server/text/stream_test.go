package text_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// stream plays one random edit stream again, such as one that failed.
var stream = flag.Int("stream", -1, "play only the random edit stream of this number")

// streams is how many are played.
func streams() int {
	switch {
	case testing.Short():
		return 500
	case raceDetector:
		return 1000
	}
	return 10_000
}

// mark is one character of a text, with an identity that it keeps for as long
// as it is there.
type mark struct {
	r  rune
	id int
}

// oracle is a text as marks, and edits done the plain way. It shares nothing
// with the package but the encodings' names.
type oracle struct {
	random *rand.Rand
	marks  []mark
	last   int // identity
	words  int
	enc    text.Encoding
}

// row is a line of the oracle: where its characters are, without what ends it.
type row struct{ start, end int }

func (o *oracle) rows() []row {
	var rows []row
	start := 0
	for i := 0; i < len(o.marks); i++ {
		switch o.marks[i].r {
		case '\r':
			if i+1 < len(o.marks) && o.marks[i+1].r == '\n' {
				rows = append(rows, row{start, i})
				i++
				start = i + 1
				continue
			}
			rows = append(rows, row{start, i})
			start = i + 1
		case '\n':
			rows = append(rows, row{start, i})
			start = i + 1
		}
	}
	return append(rows, row{start, len(o.marks)})
}

func (o *oracle) string(from, to int) string {
	var b strings.Builder
	for _, m := range o.marks[from:to] {
		b.WriteRune(m.r)
	}
	return b.String()
}

// position is the wire form of a place between characters, which is not inside
// of a line end.
func (o *oracle) position(at int) text.Position {
	rows := o.rows()
	n := 0
	for n+1 < len(rows) && rows[n+1].start <= at {
		n++
	}
	var units uint32
	for _, m := range o.marks[rows[n].start:at] {
		units += o.units(m.r)
	}
	return text.Position{Line: uint32(n), Character: units}
}

func (o *oracle) units(r rune) uint32 {
	switch {
	case o.enc == text.UTF8:
		return uint32(utf8.RuneLen(r))
	case o.enc == text.UTF16 && r > 0xFFFF:
		return 2
	}
	return 1
}

// word is text that was never there before, so that what was deleted can not be
// written again by chance.
func (o *oracle) word() string {
	o.words++
	pick := []string{"x", "é", "日本", "😀", "e\u0301", "👩‍👧", "\t", " "}[o.random.IntN(8)]
	return fmt.Sprintf("%s%d%s", pick, o.words, []string{";", "{", "𝒳", ""}[o.random.IntN(4)])
}

var lineEnds = []string{"\n", "\n", "\n", "\r\n", "\r\n", "\r"}

// edit is a replacement of characters of the oracle.
type edit struct {
	from, to int
	text     string
}

// draw is a random edit, of the kinds that people and their tools make.
func (o *oracle) draw(line func(end string) string) edit {
	rows := o.rows()
	n := o.random.IntN(len(rows))
	at := rows[n].start + o.random.IntN(rows[n].end-rows[n].start+1)
	rest := rows[n].end - at
	end := lineEnds[o.random.IntN(len(lineEnds))]
	switch o.random.IntN(9) {
	case 0: // a line break, with the indentation or without
		return edit{at, at, end + strings.Repeat("\t", o.random.IntN(2))}
	case 1: // a new line above
		return edit{rows[n].start, rows[n].start, line(end)}
	case 2: // a new line below
		return edit{rows[n].end, rows[n].end, end + line("")}
	case 3: // lines go
		last := min(n+o.random.IntN(3), len(rows)-2)
		return edit{rows[n].start, rows[max(last, n-1)+1].start, ""}
	case 4: // anything goes
		last := rows[min(n+o.random.IntN(3), len(rows)-1)]
		return edit{at, max(at, last.start+o.random.IntN(last.end-last.start+1)), ""}
	case 5: // text goes
		return edit{at, at + o.random.IntN(rest+1), ""}
	case 6: // text is replaced
		return edit{at, at + o.random.IntN(min(rest, 4)+1), o.word()}
	case 7: // blanks at the end of a line
		return edit{rows[n].end, rows[n].end, "  "}
	}
	return edit{at, at, o.word()}
}

// isClear says that an edit can be told in one way only. "c\nab" and "\nabc" both
// lead from "abc\nabd" to "abd", and tell of different lines.
func (o *oracle) isClear(e edit) bool {
	gone, came := o.string(e.from, e.to), e.text
	if e.from != e.to && came != "" {
		return true
	}
	moved := []rune(gone + came)
	if !strings.ContainsAny(string(moved), "\r\n") {
		return true
	}
	same := func(at int, r rune) bool {
		return at >= 0 && at < len(o.marks) && o.marks[at].r == r && r != '\r' && r != '\n'
	}
	return !same(e.from-1, moved[len(moved)-1]) && !same(e.to, moved[0])
}

// apply makes the edit.
func (o *oracle) apply(e edit) {
	var fresh []mark
	for _, r := range e.text {
		o.last++
		fresh = append(fresh, mark{r, o.last})
	}
	o.marks = slices.Concat(o.marks[:e.from], fresh, o.marks[e.to:])
}

// tell is how an editor says it, before it is applied. An editor may replace
// more than it has to: whole lines around, or the whole text.
func (o *oracle) tell(e edit, around bool) text.Change {
	if around {
		if o.random.IntN(2) == 0 {
			return text.Change{Text: o.string(0, e.from) + e.text + o.string(e.to, len(o.marks))}
		}
		rows := o.rows()
		for range 1 + o.random.IntN(3) {
			wider := e
			for _, r := range rows {
				if r.start < e.from {
					wider.from = r.start
				}
			}
			for _, r := range slices.Backward(rows) {
				if r.start > e.to {
					wider.to = r.start
				}
			}
			e = edit{wider.from, wider.to, o.string(wider.from, e.from) + e.text + o.string(e.to, wider.to)}
		}
	}
	r := text.Range{Start: o.position(e.from), End: o.position(e.to)}
	if o.random.IntN(10) == 0 && (e.to == len(o.marks) || strings.ContainsRune("\r\n", o.marks[e.to].r)) {
		r.End.Character += 100 // past the end of a line is its end
	}
	if o.random.IntN(20) == 0 {
		r.Start, r.End = r.End, r.Start
	}
	return text.Change{Range: &r, Text: e.text}
}

// placed is an anchor, and what the oracle knows of it.
type placed struct {
	anchor      text.Anchor
	own         string
	ids         []int // of the characters from the first that is not blank to the last
	first, last int   // the lines
}

// run is the lines of a run as an anchor sees them, and the characters between
// the first and the last that are not blank. It is false where a border line is
// blank.
func (o *oracle) run(rows []row, first, last int) (own string, from, to int, ok bool) {
	var lines []string
	for n := first; n <= last; n++ {
		lines = append(lines, strings.TrimRight(o.string(rows[n].start, rows[n].end), " \t"))
	}
	if lines[0] == "" || lines[len(lines)-1] == "" {
		return "", 0, 0, false
	}
	from, to = rows[first].start, rows[last].end
	for ; strings.ContainsRune(" \t", o.marks[from].r); from++ {
	}
	for ; strings.ContainsRune(" \t", o.marks[to-1].r); to-- {
	}
	return strings.Join(lines, "\n"), from, to, true
}

// place puts an anchor on lines.
func (o *oracle) place(doc *text.Document, first, last int) (placed, bool) {
	own, from, to, ok := o.run(o.rows(), first, last)
	if !ok {
		return placed{}, false
	}
	p := placed{anchor: doc.Anchor(first, last), own: own, first: first, last: last}
	for _, m := range o.marks[from:to] {
		if m.r != '\r' && m.r != '\n' && m.r != ' ' && m.r != '\t' {
			p.ids = append(p.ids, m.id)
		}
	}
	return p, true
}

// find is where the lines of an anchor are now, as the range that would be
// published: all its characters are there, on lines that read as they did.
func (o *oracle) find(p placed, place map[int]int, rows []row) (at placed, shown text.Range, stands bool) {
	lineOf := func(i int) int {
		n := 0
		for n+1 < len(rows) && rows[n+1].start <= i {
			n++
		}
		return n
	}
	for _, id := range p.ids {
		if _, there := place[id]; !there {
			return p, shown, false
		}
	}
	p.first, p.last = lineOf(place[p.ids[0]]), lineOf(place[p.ids[len(p.ids)-1]])
	if p.last < p.first {
		return p, shown, false
	}
	own, from, to, ok := o.run(rows, p.first, p.last)
	return p, text.Range{Start: o.position(from), End: o.position(to)}, ok && own == p.own
}

// places is where each character is.
func (o *oracle) places() map[int]int {
	place := make(map[int]int, len(o.marks))
	for i, m := range o.marks {
		place[m.id] = i
	}
	return place
}

// session is one random stream of edits, and the anchors that it carries.
type session struct {
	*oracle

	t      *testing.T
	number int
	told   bool // also in more words than needed; then no two lines are the same, nor blank
	doc    *text.Document
	all    []placed
}

// line is a new line with its end. Where lines may be the same, some there are
// many of.
func (s *session) line(end string) string {
	indent := strings.Repeat("\t", s.random.IntN(3))
	switch kind := s.random.IntN(6); {
	case s.told:
	case kind == 0:
		return indent + "}" + end
	case kind == 1:
		return end
	}
	return indent + s.word() + " " + s.word() + strings.Repeat(" ", s.random.IntN(2)) + end
}

func newSession(t *testing.T, number int) *session {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(number), 20))
	encodings := []text.Encoding{text.UTF8, text.UTF16, text.UTF32}
	s := &session{
		oracle: &oracle{random: random, enc: encodings[number%3]}, t: t, number: number, told: number%2 == 0,
	}
	var b strings.Builder
	for range 3 + random.IntN(12) {
		b.WriteString(s.line(lineEnds[random.IntN(len(lineEnds))]))
	}
	s.apply(edit{text: b.String() + s.line("")})
	s.doc = text.New("file:///a.go", "go", 1, s.string(0, len(s.marks)))
	s.placeMore()
	return s
}

// placeMore keeps some anchors about.
func (s *session) placeMore() {
	for tries := 0; len(s.all) < 10 && tries < 20; tries++ {
		first := s.random.IntN(s.doc.LineCount())
		last := min(first+max(0, s.random.IntN(5)-2), s.doc.LineCount()-1)
		if p, ok := s.place(s.doc, first, last); ok {
			s.all = append(s.all, p)
		}
	}
}

// notify plays one notification of up to four changes, and holds every anchor
// against the oracle.
func (s *session) notify() {
	s.t.Helper()
	before := s.string(0, len(s.marks))
	var changes []text.Change
	for range 1 + s.random.IntN(4) {
		e := s.draw(s.line)
		if !s.isClear(e) || s.told && !s.isUnique(e) {
			continue
		}
		changes = append(changes, s.tell(e, s.told && s.random.IntN(2) == 0))
		s.apply(e)
	}
	now, edits := s.doc.Apply(s.doc.Version()+1, changes, s.enc)
	if now.Text() != s.string(0, len(s.marks)) {
		s.t.Fatalf("stream %d: %q with %v is %q, want %q", s.number, before, tellAll(changes), now.Text(), s.string(0, len(s.marks)))
	}
	place, rows := s.places(), s.rows()
	var still []placed
	for _, p := range s.all {
		at, shown, stands := s.find(p, place, rows)
		carried, ok := p.anchor.Carry(edits, now)
		switch {
		case ok != stands:
			s.t.Fatalf("stream %d: %q of %q stands: %v, want %v, after %v by %v in %q",
				s.number, p.own, before, ok, stands, tellAll(changes), edits, now.Text())
		case ok && now.Range(carried.Span(), s.enc) != shown:
			s.t.Fatalf("stream %d: %q of %q is shown at %v, want %v, after %v by %v in %q",
				s.number, p.own, before, now.Range(carried.Span(), s.enc), shown, tellAll(changes), edits, now.Text())
		case ok:
			at.anchor = carried
			still = append(still, at)
		}
	}
	s.doc, s.all = now, still
	s.placeMore()
}

// isUnique says that after an edit no two lines read the same, and none is
// blank: then a comparison of texts can tell which line is which.
func (s *session) isUnique(e edit) bool {
	after := s.string(0, e.from) + e.text + s.string(e.to, len(s.marks))
	seen := map[string]bool{}
	for _, line := range terminator.Split(after, -1) {
		line = strings.TrimRight(line, " \t")
		if line == "" || seen[line] {
			return false
		}
		seen[line] = true
	}
	return true
}

func tellAll(changes []text.Change) string {
	var b strings.Builder
	for _, c := range changes {
		if c.Range == nil {
			fmt.Fprintf(&b, "[all %q]", c.Text)
			continue
		}
		fmt.Fprintf(&b, "[%v %q]", *c.Range, c.Text)
	}
	return b.String()
}

func TestRandomStreamsShowEachAnchorWhereAnOracleDoes(t *testing.T) {
	first, last := 0, streams()
	if *stream >= 0 {
		first, last = *stream, *stream+1
	}
	for number := first; number < last; number++ {
		s := newSession(t, number)
		for range 8 {
			s.notify()
		}
	}
}
