package main

import (
	"context"
	"slices"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// version is one side of an edit, as the product sees it.
type version struct {
	doc   *text.Document
	rows  []string
	units []syntax.Unit
	keys  []string // the fingerprint of each unit
}

func newVersion(ctx context.Context, e edit, number int32, content string) *version {
	doc := text.New(e.path, e.language, number, content)
	v := &version{doc: doc, rows: rows(doc)}
	for _, u := range syntax.Parse(ctx, doc).Units() {
		if ink := inked(v.rows, u.Lines); ink.Last < ink.First {
			continue // nothing but blank lines
		}
		v.units = append(v.units, u)
		v.keys = append(v.keys, review.Fingerprint(doc, u, ""))
	}
	return v
}

// unitAt is the index of the unit around a line, or -1.
func (v *version) unitAt(line int) int {
	for i, u := range v.units {
		if u.First <= line && line <= u.Last {
			return i
		}
	}
	return -1
}

// replay is an edit with what is known of it.
type replay struct {
	old, now *version
	edits    []text.Edit      // from old to now
	known    map[string][]int // units of now by their key, for keys of old
}

func newReplay(ctx context.Context, e edit) *replay {
	r := &replay{old: newVersion(ctx, e, 1, e.old), now: newVersion(ctx, e, 2, e.new), known: map[string][]int{}}
	// As an editor sends it after the file was changed on disk.
	_, r.edits = r.old.doc.Apply(2, []text.Change{{Text: e.new}}, text.UTF16)
	for _, key := range r.old.keys {
		r.known[key] = nil
	}
	for i, key := range r.now.keys {
		if _, known := r.known[key]; known {
			r.known[key] = append(r.known[key], i)
		}
	}
	return r
}

// A way finds the line again on which a finding stood, or does not show it.
type way struct {
	name     string
	about    string
	compared bool // not ours; it is there to compare with
	find     func(r *replay, line int) (at int, shown bool)
}

// ways are how the product does it, and for comparison how others do.
var ways = []way{
	{"editor", "carried through the change, in the editor", false, (*replay).carried},
	{"editor+store", "the same, then by an unchanged unit", false, (*replay).carriedOrKnown},
	{"store", "by an unchanged unit, else by its quote", false, (*replay).stored},
	{"quote", "by its quote alone", false, (*replay).quoted},
	{"same number", "for comparison: the same line number", true, (*replay).sameNumber},
	{"nearest equal", "for comparison: the nearest line of equal text", true, (*replay).nearestEqual},
}

func (r *replay) carried(line int) (int, bool) {
	a, stands := r.old.doc.Anchor(line, line).Carry(r.edits, r.now.doc)
	return a.First(), stands
}

func (r *replay) carriedOrKnown(line int) (int, bool) {
	if at, stands := r.carried(line); stands {
		return at, true
	}
	return r.inKnownUnit(line)
}

func (r *replay) stored(line int) (int, bool) {
	unit := r.old.unitAt(line)
	if unit >= 0 && len(r.known[r.old.keys[unit]]) > 0 {
		return r.inKnownUnit(line)
	}
	return r.refind(line, func(i int) bool {
		_, known := r.known[r.now.keys[i]]
		return !known // what is known has its own findings
	})
}

// inKnownUnit finds a line by its distance from the start of its unit, where
// the unit is unchanged.
func (r *replay) inKnownUnit(line int) (int, bool) {
	unit := r.old.unitAt(line)
	if unit < 0 {
		return 0, false
	}
	places := r.known[r.old.keys[unit]]
	if len(places) == 0 {
		return 0, false
	}
	twins := 0 // units before this one that are just the same
	for i := range unit {
		if r.old.keys[i] == r.old.keys[unit] {
			twins++
		}
	}
	from := inked(r.old.rows, r.old.units[unit].Lines).First
	to := inked(r.now.rows, r.now.units[places[min(twins, len(places)-1)]].Lines).First
	return to + line - from, true
}

func (r *replay) quoted(line int) (int, bool) {
	return r.refind(line, func(int) bool { return true })
}

// refind looks for the line as the product does, among the units that may hold
// it.
func (r *replay) refind(line int, may func(unit int) bool) (int, bool) {
	mark, ok := review.MarkOf(r.old.doc, r.old.units, line, line)
	if !ok {
		return 0, false
	}
	at, _, found := mark.Find(r.now.doc, r.now.units, func(u syntax.Unit) bool {
		return may(slices.IndexFunc(r.now.units, func(o syntax.Unit) bool { return o.Lines == u.Lines }))
	})
	return at.First, found
}

func (r *replay) sameNumber(line int) (int, bool) { return line, line < len(r.now.rows) }

func (r *replay) nearestEqual(line int) (int, bool) {
	at, shown := 0, false
	for n, row := range r.now.rows {
		if row == r.old.rows[line] && (!shown || abs(n-line) < abs(at-line)) {
			at, shown = n, true
		}
	}
	return at, shown
}

func abs(n int) int { return max(n, -n) }
