package syntax

// Lines is a run of whole lines, zero-based, both included.
type Lines struct{ First, Last int }

// Holds says that a line is one of the run.
func (l Lines) Holds(line int) bool { return l.First <= line && line <= l.Last }

// Kind says what a [Unit] is.
type Kind string

// The kinds of units.
const (
	KindFunction Kind = "function"
	KindMethod   Kind = "method"
	KindType     Kind = "type"  // the head of a type or a namespace, or all of it where it is short
	KindRun      Kind = "run"   // statements at the top, or declarations packed together
	KindBlock    Kind = "block" // what the plain splitter found no declaration in
)

// Unit is a piece of a text that is reviewed by itself.
type Unit struct {
	Lines
	Kind Kind

	// Name is qualified by what encloses the unit, as in "Stack.Push". It is
	// empty where nothing names it. The parts of a long one share the name.
	Name string

	// Context is what goes with the unit from the same text: imports whose names
	// it uses, the header of the enclosing type, signatures of what it calls. It
	// is in the order of the text, overlaps neither itself nor the unit, and has
	// at most 40 lines and 2 KiB.
	Context []Lines

	// Gist is what the context says, for keys: its lines, but of imports only the
	// path and the names that the unit uses, however they are laid out. It is
	// empty where there is no context.
	Gist string
}
