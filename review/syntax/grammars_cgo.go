//go:build cgo

package syntax

import (
	"maps"
	"slices"
	"sync"
	"unsafe"

	sitter "github.com/tree-sitter/go-tree-sitter"
	bash "github.com/tree-sitter/tree-sitter-bash/bindings/go"
	csharp "github.com/tree-sitter/tree-sitter-c-sharp/bindings/go"
	c "github.com/tree-sitter/tree-sitter-c/bindings/go"
	cpp "github.com/tree-sitter/tree-sitter-cpp/bindings/go"
	golang "github.com/tree-sitter/tree-sitter-go/bindings/go"
	java "github.com/tree-sitter/tree-sitter-java/bindings/go"
	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	php "github.com/tree-sitter/tree-sitter-php/bindings/go"
	python "github.com/tree-sitter/tree-sitter-python/bindings/go"
	ruby "github.com/tree-sitter/tree-sitter-ruby/bindings/go"
	rust "github.com/tree-sitter/tree-sitter-rust/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"
)

// grammar is one language's grammar, with the names of its nodes and fields:
// each would cost a call into C and a copy for every node.
type grammar struct {
	language *sitter.Language
	kinds    []string
	named    []bool
	fields   []string
}

// grammars are made when they are first asked for.
var grammars = map[string]func() *grammar{
	"bash":       made(bash.Language),
	"c":          made(c.Language),
	"cpp":        made(cpp.Language),
	"csharp":     made(csharp.Language),
	"go":         made(golang.Language),
	"java":       made(java.Language),
	"javascript": made(javascript.Language),
	"php":        made(php.LanguagePHP),
	"python":     made(python.Language),
	"ruby":       made(ruby.Language),
	"rust":       made(rust.Language),
	"tsx":        made(typescript.LanguageTSX),
	"typescript": made(typescript.LanguageTypescript),
}

func made(language func() unsafe.Pointer) func() *grammar {
	return sync.OnceValue(func() *grammar {
		g := &grammar{language: sitter.NewLanguage(language())}
		for id := range uint16(g.language.NodeKindCount()) {
			g.kinds = append(g.kinds, g.language.NodeKindForId(id))
			g.named = append(g.named, g.language.NodeKindIsNamed(id))
		}
		g.fields = []string{""} // fields are counted from 1
		for id := range uint16(g.language.FieldCount()) {
			g.fields = append(g.fields, g.language.FieldNameForId(id+1))
		}
		return g
	})
}

// Grammars are the canonical names of the languages that there is a grammar
// for, in order. There is none in a build without cgo.
func Grammars() []string { return slices.Sorted(maps.Keys(grammars)) }

// errorKind is what the library calls a node that makes no sense.
const errorKind = "ERROR"

// kind is the name of a node's kind. The kind of what is broken has a number
// beyond all others.
func (g *grammar) kind(id uint16) (name string, named bool) {
	if int(id) < len(g.kinds) {
		return g.kinds[id], g.named[id]
	}
	return errorKind, true
}
