//go:build cgo

package syntax

import (
	"context"

	sitter "github.com/tree-sitter/go-tree-sitter"
)

const (
	mostDepth  = 400     // of nodes one in the other that are looked at
	mostInline = 6       // of those on one line
	checkEvery = 1 << 10 // nodes between two looks at the context
)

// parse makes the tree of a text; false where it can not.
func parse(ctx context.Context, language, source string, lineAt func(int) int, r *rules) (*tree, bool) {
	g, t := parsed(ctx, language, source)
	if t == nil {
		return nil, false
	}
	defer t.Close()
	cursor := t.Walk()
	defer cursor.Close()
	c := copier{grammar: g, cursor: cursor, rules: r, lineAt: lineAt, tree: &tree{text: source}}
	if !c.copy(ctx) {
		return nil, false
	}
	return c.tree, true
}

// copier takes over what matters of a tree, so that nothing of C is kept.
type copier struct {
	*grammar
	*tree
	cursor *sitter.TreeCursor
	rules  *rules
	lineAt func(int) int
	open   []level
}

// level is a node that the cursor is inside of.
type level struct {
	node   int
	inCode bool // in the body of a function
	called bool // in a function
	inline int  // how many nodes around it are on one line
	faulty bool // something in it is broken or missing
}

func (c *copier) copy(ctx context.Context) bool {
	c.open = []level{{node: -1, faulty: true}}
	for visited := 0; ; visited++ {
		if visited%checkEvery == 0 && ctx.Err() != nil {
			return false
		}
		if c.enter() && c.cursor.GotoFirstChild() {
			continue
		}
		for {
			c.leave()
			if c.cursor.GotoNextSibling() {
				break
			}
			if !c.cursor.GotoParent() {
				return true
			}
		}
	}
}

// enter takes the node at the cursor, and says whether to go on inside of it.
func (c *copier) enter() bool {
	n := c.cursor.Node()
	around := c.open[len(c.open)-1]
	kind, named := c.kind(n.KindId())
	if !named {
		c.open = append(c.open, level{node: -1})
		return false
	}
	start, end := int(n.StartByte()), int(n.EndByte())
	end = trimmed(c.text, start, end)
	here := level{
		node:   len(c.nodes),
		inCode: around.inCode || around.called && c.rules.bodies[kind],
		called: around.called || c.rules.isFunction(kind),
		inline: around.inline,
		faulty: around.faulty && n.HasError(),
	}
	c.nodes = append(c.nodes, node{
		kind: kind, field: c.fields[c.cursor.FieldId()], start: start, end: end,
		first: c.lineAt(start), last: c.lineAt(max(start, end-1)),
		parent: around.node, broken: kind == errorKind, faulty: here.faulty,
	})
	c.open = append(c.open, here)
	added := &c.nodes[here.node]
	if added.first == added.last && around.node >= 0 {
		c.open[len(c.open)-1].inline++
		return !around.inCode && around.inline < mostInline
	}
	return len(c.open) < mostDepth
}

// leave ends the node at the cursor.
func (c *copier) leave() {
	if top := c.open[len(c.open)-1]; top.node >= 0 {
		c.nodes[top.node].next = len(c.nodes)
	}
	c.open = c.open[:len(c.open)-1]
}

// trimmed is the end of a span without the white space there.
func trimmed(s string, start, end int) int {
	for end > start && (s[end-1] == ' ' || s[end-1] >= '\t' && s[end-1] <= '\r') {
		end--
	}
	return end
}

// faults counts what is broken or missing. A missing token without a name, such
// as the end of a line, has no node; only the node around it knows.
func faults(ctx context.Context, language, source string) (n int, known bool) {
	_, t := parsed(ctx, language, source)
	if t == nil {
		return 0, false
	}
	defer t.Close()
	cursor := t.Walk()
	defer cursor.Close()
	var entered []int // what was counted before each node that the cursor is inside of
	for visited := 0; ; visited++ {
		if visited%checkEvery == 0 && ctx.Err() != nil {
			return 0, false
		}
		at := cursor.Node()
		if at.IsError() || at.IsMissing() {
			n++
		}
		if at.HasError() && cursor.GotoFirstChild() {
			entered = append(entered, n)
			continue
		}
		for !cursor.GotoNextSibling() {
			if !cursor.GotoParent() {
				return n, true
			}
			last := len(entered) - 1
			if n == entered[last] && !cursor.Node().IsError() {
				n++
			}
			entered = entered[:last]
		}
	}
}
