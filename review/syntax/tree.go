package syntax

// node is a part of a text as a grammar sees it. Only what matters to the shape
// of the text is kept: of a statement that stands on one line in a body, not
// what it is made of.
type node struct {
	kind        string
	field       string // its role in the node around it; mostly empty
	start, end  int    // bytes
	first, last int    // lines, without blanks at the end
	next        int    // the index behind its last descendant
	parent      int    // -1 for the root
	broken      bool   // the grammar makes no sense of it
	faulty      bool   // something in it, or it, is broken or missing
}

// tree is the nodes in the order of the text, each before what is inside of it.
type tree struct {
	text  string
	nodes []node
}

// children calls yield with the indexes of the nodes directly inside of one.
func (t *tree) children(of int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for c := of + 1; c < t.nodes[of].next; c = t.nodes[c].next {
			if !yield(c) {
				return
			}
		}
	}
}

// child is the first child in a role; -1 where there is none.
func (t *tree) child(of int, field string) int {
	for c := range t.children(of) {
		if t.nodes[c].field == field {
			return c
		}
	}
	return -1
}

func (t *tree) textOf(i int) string { return t.text[t.nodes[i].start:t.nodes[i].end] }

func (t *tree) lines(i int) Lines { return Lines{t.nodes[i].first, t.nodes[i].last} }

// startsLine says that only blanks stand before a node on its line.
func (t *tree) startsLine(i int) bool {
	at := t.nodes[i].start
	for at > 0 && (t.text[at-1] == ' ' || t.text[at-1] == '\t') {
		at--
	}
	return at == 0 || t.text[at-1] == '\n' || t.text[at-1] == '\r'
}
