package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review/syntax"
)

// measured is what one edit shows.
type measured struct {
	units   int // after the edit
	reused  int // of them, those whose answer is known
	own     int // the same, if only the text of the unit itself counted
	touched int // those on changed lines

	missing sent // what the units cost whose answer is not known
	near    sent // of those, the ones on changed lines
	whole   sent // all of the file, for comparison

	lines  map[fate]int              // that were sampled
	result map[string]map[fate]score // by way
	odd    []oddity
}

// sent is the size of a question, in bytes.
type sent struct {
	code int // lines of source, their numbers not counted
	all  int // every message, and the schema
}

// score counts what a way made of lines of one fate.
type score struct {
	Right  int `json:"right"`
	Wrong  int `json:"wrong"`  // shown on another line
	Hidden int `json:"hidden"` // not shown
}

// oddity is a line that a way got wrong or gave up, for a person to look at.
type oddity struct {
	way          string
	fate         fate
	commit, path string
	line, at     int // zero-based, before and after; at is nowhere for what is not shown
	places       []int
	was, is      string
	unit, found  string // names
}

// measure takes one edit. Of its lines it takes sample, by chance that depends
// on seed and on nothing else; 0 takes all.
func measure(ctx context.Context, e edit, sample int, seed uint64) (measured, error) {
	r := newReplay(ctx, e)
	m := measured{units: len(r.now.units), lines: map[fate]int{}, result: map[string]map[fate]score{}}
	m.countUnits(r)
	if err := m.countBytes(r); err != nil {
		return m, err
	}
	truth := compare(r.old.doc, r.now.doc, r.old.units, r.now.units)
	for _, line := range pick(r.old.rows, e, sample, seed) {
		m.lines[truth[line].fate]++
		for _, w := range ways {
			at, shown := w.find(r, line)
			m.judge(w.name, truth[line], at, shown)
			if !shown {
				at = nowhere
			}
			if !truth[line].allows(at) {
				m.odd = append(m.odd, r.oddity(w.name, e, truth[line], line, at))
			}
		}
	}
	return m, nil
}

func (m *measured) judge(way string, d destiny, at int, shown bool) {
	if m.result[way] == nil {
		m.result[way] = map[fate]score{}
	}
	s := m.result[way][d.fate]
	switch {
	case !shown:
		s.Hidden++
	case slices.Contains(d.places, at):
		s.Right++
	default:
		s.Wrong++
	}
	m.result[way][d.fate] = s
}

func (r *replay) oddity(way string, e edit, d destiny, line, at int) oddity {
	o := oddity{way: way, fate: d.fate, commit: e.commit, path: e.path, line: line, at: at, places: d.places, was: r.old.rows[line]}
	if at >= 0 && at < len(r.now.rows) {
		o.is = r.now.rows[at]
	}
	if i := r.old.unitAt(line); i >= 0 {
		o.unit = r.old.units[i].Name
	}
	if i := r.now.unitAt(at); i >= 0 {
		o.found = r.now.units[i].Name
	}
	return o
}

// pick chooses lines with words.
func pick(rows []string, e edit, sample int, seed uint64) []int {
	var lines []int
	for n, row := range rows {
		if isWordy(row) {
			lines = append(lines, n)
		}
	}
	if sample == 0 || sample >= len(lines) {
		return lines
	}
	hash := fnv.New64a()
	_, _ = fmt.Fprint(hash, e.commit, e.path) // a hash takes anything
	random := rand.New(rand.NewPCG(seed, hash.Sum64()))
	random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return lines[:sample]
}

func (m *measured) countUnits(r *replay) {
	texts := map[string]bool{}
	for _, u := range r.old.units {
		texts[r.old.ownText(u)] = true
	}
	for i, u := range r.now.units {
		if _, known := r.known[r.now.keys[i]]; known {
			m.reused++
		}
		if texts[r.now.ownText(u)] {
			m.own++
		}
	}
}

func (v *version) ownText(u syntax.Unit) string {
	l := inked(v.rows, u.Lines)
	return strings.Join(v.rows[l.First:l.Last+1], "\n")
}

func (m *measured) countBytes(r *replay) error {
	lines := changed(r.old.doc, r.now.doc)
	isNear := func(u syntax.Unit) bool {
		return slices.ContainsFunc(lines, func(l syntax.Lines) bool { return u.First <= l.Last && u.Last >= l.First })
	}
	var missing, near []syntax.Unit
	for i, u := range r.now.units {
		if isNear(u) {
			m.touched++
		}
		if _, known := r.known[r.now.keys[i]]; known {
			continue
		}
		missing = append(missing, u)
		if isNear(u) {
			near = append(near, u)
		}
	}
	all := []syntax.Unit{{Lines: syntax.Lines{First: 0, Last: len(r.now.rows) - 1}}}
	for _, part := range []struct {
		units []syntax.Unit
		sent  *sent
	}{{missing, &m.missing}, {near, &m.near}, {all, &m.whole}} {
		size, err := r.now.question(part.units)
		if err != nil {
			return err
		}
		*part.sent = size
	}
	return nil
}

// question is the size of the request that asks about units.
func (v *version) question(units []syntax.Unit) (sent, error) {
	parts := v.parts(units)
	if len(parts) == 0 {
		return sent{}, nil
	}
	var size sent
	for _, p := range parts {
		for _, line := range p.Lines {
			size.code += len(line) + 1
		}
	}
	req, err := prompt.Review().Request(prompt.Data{Language: v.doc.Language(), Parts: parts})
	if err != nil {
		return size, fmt.Errorf("ask about %s: %w", v.doc.URI(), err)
	}
	for _, m := range req.Messages {
		size.all += len(m.Content)
	}
	if req.Schema != nil {
		size.all += len(req.Schema.JSON)
	}
	return size, nil
}

// parts is what is sent for units: their lines without the blank ones around
// them, and their context, each line once.
func (v *version) parts(units []syntax.Unit) []prompt.Part {
	const context, asked = 1, 2
	marks := make([]int, len(v.rows))
	mark := func(l syntax.Lines, as int) {
		for n := l.First; n <= l.Last; n++ {
			marks[n] = max(marks[n], as)
		}
	}
	for _, u := range units {
		mark(inked(v.rows, u.Lines), asked)
		for _, l := range u.Context {
			mark(l, context)
		}
	}
	var parts []prompt.Part
	for n, as := range marks {
		switch {
		case as == 0:
		case n > 0 && marks[n-1] == as:
			last := &parts[len(parts)-1]
			last.Lines = append(last.Lines, v.rows[n])
		default:
			parts = append(parts, prompt.Part{First: n + 1, Lines: []string{v.rows[n]}, Ask: as == asked})
		}
	}
	return parts
}
