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
	mostParsed = 1 << 20      // bytes; what is longer was hardly written by people
	mostTime   = time.Second  // for one parse
	moreTime   = mostTime / 5 // for the parser to notice that its time is over
	mostStuck  = 2
)

// stuck counts the parsers that did not end in time. Of some texts the library
// makes so much that it does not look at the clock for minutes.
var stuck atomic.Int32

// parsed makes the tree of a text, which must be closed. It is nil where there
// is no grammar, where the text is too long or too deep, and where time runs
// out.
func parsed(ctx context.Context, language, source string) (*grammar, *sitter.Tree) {
	made, ok := grammars[language]
	if !ok || len(source) > mostParsed || ctx.Err() != nil || stuck.Load() >= mostStuck || isTangled(source) {
		return nil, nil
	}
	g := made()
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	done := make(chan *sitter.Tree, 1)
	go func() { done <- g.parse(ctx, source) }()
	select {
	case t := <-done:
		return g, t
	case <-ctx.Done():
	}
	select {
	case t := <-done:
		return g, t
	case <-time.After(moreTime):
	}
	stuck.Add(1)
	go func() {
		if t := <-done; t != nil {
			t.Close()
		}
		stuck.Add(-1)
	}()
	return nil, nil
}

// parse works until the context ends.
func (g *grammar) parse(ctx context.Context, source string) *sitter.Tree {
	parser := sitter.NewParser()
	defer parser.Close()
	if parser.SetLanguage(g.language) != nil {
		return nil // made for another version of the library
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer stopWith(ctx, parser)()
	f := feed{text: withNewlines(source), giveUp: cancel}
	t := parser.ParseWithOptions(f.read, nil, nil)
	if t != nil && f.handed > mostFed {
		t.Close() // it is of a part of the text
		return nil
	}
	return t
}

// stopWith ends the parser's work with the context. The result is to be called
// when the parser has ended.
//
// The library wants a callback for this instead; but what it keeps of each one
// it never lets go.
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
