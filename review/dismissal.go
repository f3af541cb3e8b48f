package review

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Identity is what makes two findings the same for a person who dismissed one.
// White space does not count, and neither does where the code stands: not the
// file, not the line.
type Identity struct {
	Type   string   `json:"type"`
	Unit   string   `json:"unit,omitempty"`   // name of the unit, such as "Stack.Push"; empty: it has none
	Quote  []string `json:"quote,omitempty"`  // folded lines
	Before string   `json:"before,omitempty"` // the nearest line with text above it in its unit, folded; empty: none
	After  string   `json:"after,omitempty"`  // likewise below
}

// Identity is what a quote is for a person who dismisses a finding of a type in
// a unit.
func (q Quote) Identity(kind, unit string) Identity {
	return Identity{
		Type: kind, Unit: fold(unit), Quote: foldRows(q.Lines), Before: fold(q.Before), After: fold(q.After),
	}
}

// Dismissal is a finding that a person does not want to see again. What is not
// in its [Identity] is for people only.
type Dismissal struct {
	ID string `json:"id,omitempty"` // follows from the identity
	Identity

	Message string    `json:"message,omitempty"` // what the finding said; one plain line
	Reason  string    `json:"reason,omitempty"`  // one plain line of at most 300 bytes
	File    string    `json:"file,omitempty"`    // below its workspace folder, with slashes; else in full, or empty
	At      time.Time `json:"at,omitzero"`
	By      string    `json:"by,omitempty"`

	// All says that several problems of this code were dismissed, in different
	// words, so that none is shown whatever its words are.
	All bool `json:"all,omitempty"`

	// Shared says that the team has it, in a file of the workspace. It is set
	// by [Dismissals.List].
	Shared bool `json:"-"`
}

// maxReason is the length of a reason in bytes.
const maxReason = 300

// made is the dismissal as it is kept: with its id, and nothing in it that does
// more than be read. It is false when it is about nothing.
func (d Dismissal) made() (Dismissal, bool) {
	d.Type, d.Unit, d.Quote = strings.ToLower(fold(d.Type)), fold(d.Unit), foldRows(d.Quote)
	d.Before, d.After = fold(d.Before), fold(d.After)
	d.Message, d.Reason = PlainLine(d.Message), cut(PlainLine(d.Reason), maxReason)
	d.File, d.By = visible(strings.Join(strings.FieldsFunc(d.File, isLineEnd), " ")), PlainLine(d.By)
	d.At = d.At.UTC().Truncate(time.Second)
	d.ID = d.id()
	return d, d.Type != "" && strings.Join(d.Quote, "") != ""
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

// id names an identity: two people who dismiss the same make the same line.
func (i Identity) id() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{i.subject(), i.Unit, i.Before, i.After}, "\x00\x00")))
	return hex.EncodeToString(sum[:8])
}

// subject is what has to be equal in any case.
func (i Identity) subject() string { return i.Type + "\x00" + strings.Join(i.Quote, "\x00") }

// hides says that a finding with the identity other, which has the same
// subject, is the one that was dismissed. sole says that its quote stands once
// in its unit.
//
// Both neighbours tell equal lines of one unit apart. One that was edited since
// does not bring the finding back where the quote stands but once; that both
// were is believed only of a quote with some words in it, and of a unit with a
// name, since units without one have nothing in common.
func (i Identity) hides(other Identity, sole bool) bool {
	before, after := i.Before == other.Before, i.After == other.After
	switch {
	case i.Unit != other.Unit:
		return before && after && i.isRepacked(other)
	case before && after:
		return true
	case !sole:
		return false
	case before && i.Before != "", after && i.After != "":
		return true
	}
	return i.Unit != "" && wordy(i.Quote)
}

// leastRepacked is how many letters and digits a quote and its neighbours need
// to be the same wherever they stand. "if err != nil { return nil, err }" has 20.
const leastRepacked = 24

// isRepacked says that the unit of other may be the same code under another
// name. What is short shares a unit with its neighbours, which is called after
// what encloses them all, or not at all; it gets its own name when they grow.
func (i Identity) isRepacked(other Identity) bool {
	if i.Unit == "" || other.Unit == "" {
		return countWordRunes(i.Before+strings.Join(i.Quote, "")+i.After) >= leastRepacked
	}
	return strings.HasPrefix(i.Unit, other.Unit+".") || strings.HasPrefix(other.Unit, i.Unit+".")
}

// foldRows folds each row.
func foldRows(rows []string) []string {
	folded := slices.Clone(rows)
	for i, row := range folded {
		folded[i] = fold(row)
	}
	return folded
}

// Visible spells out what acts on a screen without being seen, such as control
// characters and those that turn the direction of writing.
func Visible(line string) string { return visible(line) }
