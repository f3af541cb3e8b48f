package text

import "slices"

// Change is one step of an editor's change notification.
type Change struct {
	Range *Range // what is replaced; nil: the whole text
	Text  string // what stands there afterwards
}

// Edit says that the bytes from Start up to End were replaced by Len others.
// In a list, each is told against the text that the one before it left.
type Edit struct{ Start, End, Len int }

// Apply makes the next version. The changes are applied one after the other,
// each against the text that the one before left; one without a range replaces
// everything, also in the midst of others.
//
// The edits lead from d to the next version in steps as small as can be told:
// what a replacement keeps is no edit. They are what [Anchor.Carry] needs.
func (d *Document) Apply(version int32, changes []Change, enc Encoding) (*Document, []Edit) {
	now := *d
	now.version = version
	next := &now
	var edits []Edit
	for _, c := range changes {
		s := Span{0, next.Len()}
		if c.Range != nil {
			s = next.Span(*c.Range, enc)
		}
		edits = append(edits, describe(next, s, c.Text)...)
		next = next.splice(version, s, c.Text)
	}
	return next, slices.Clip(edits)
}
