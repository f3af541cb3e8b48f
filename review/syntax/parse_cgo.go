//go:build cgo

package syntax

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	sitter "github.com/tree-sitter/go-tree-sitter"
)

const (
	mostParsed = 1 << 20     // bytes; what is longer was hardly written by people
	mostTime   = time.Second // for one parse
	mostDepth  = 400         // of nodes one in the other that are looked at
	mostInline = 6           // of those on one line
	checkEvery = 1 << 10     // nodes between two looks at the context
)

// parsed makes the tree of a text, which must be closed. It is nil where there
// is no grammar, where the text is too long, and where time runs out.
func parsed(ctx context.Context, language, source string) (*grammar, *sitter.Tree) {
	make, ok := grammars[language]
	if !ok || len(source) > mostParsed || ctx.Err() != nil {
		return nil, nil
	}
	g := make()
	parser := sitter.NewParser()
	defer parser.Close()
	if parser.SetLanguage(g.language) != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	defer stopWith(ctx, parser)()
	return g, parser.Parse(withNewlines(source), nil)
}

// stopWith ends the parser's work with the context. The result is to be called
// when the parser has ended.
//
// The library wants a callback for this instead; but each call that has one
// leaks what it is kept by, and calls back from C for every few tokens.
func stopWith(ctx context.Context, parser *sitter.Parser) (release func()) {
	flag := new(uintptr)
	var pinned runtime.Pinner
	pinned.Pin(flag)                 // C keeps the pointer while it parses
	parser.SetCancellationFlag(flag) //nolint:staticcheck // what is to be used instead leaks, see above
	stop := context.AfterFunc(ctx, func() { atomic.StoreUintptr(flag, 1) })
	return func() {
		stop()
		parser.SetCancellationFlag(nil) //nolint:staticcheck // as above
		pinned.Unpin()
	}
}

// withNewlines is a text with a newline for each lone carriage return, which
// grammars take for a blank: a comment would not end there.
func withNewlines(source string) []byte {
	b := []byte(source)
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			b[i] = '\n'
		}
	}
	return b
}

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
}

func (c *copier) copy(ctx context.Context) bool {
	c.open = []level{{node: -1}}
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
	}
	c.nodes = append(c.nodes, node{
		kind: kind, field: c.fields[c.cursor.FieldId()], start: start, end: end,
		first: c.lineAt(start), last: c.lineAt(max(start, end-1)),
		parent: around.node, broken: n.IsError(), faulty: n.HasError(),
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

// faults counts what is broken or missing.
func faults(ctx context.Context, language, source string) (n int, known bool) {
	_, t := parsed(ctx, language, source)
	if t == nil {
		return 0, false
	}
	defer t.Close()
	cursor := t.Walk()
	defer cursor.Close()
	for visited := 0; ; visited++ {
		if visited%checkEvery == 0 && ctx.Err() != nil {
			return 0, false
		}
		at := cursor.Node()
		if at.IsError() || at.IsMissing() {
			n++
		}
		if at.HasError() && cursor.GotoFirstChild() {
			continue
		}
		for !cursor.GotoNextSibling() {
			if !cursor.GotoParent() {
				return n, true
			}
		}
	}
}
