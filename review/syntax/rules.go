package syntax

// rules are what the splitter has to know of a language: kinds of nodes, by the
// names that its grammar gives them.
type rules struct {
	declarations map[string]declares // what is a unit of its own
	bindings     map[string]binds    // what gives a name to a value, which may be a function
	values       map[string]Kind     // what a name has to be bound to for that
	objects      map[string]bool     // are types, as it were, where they have functions
	calls        map[string]bool     // are functions where they are given one
	bodies       map[string]bool     // hold statements or members
	sections     map[string]bool     // are no declarations, but hold some: conditional compilation, linkage
	wrappers     map[string]bool     // count with the declaration that they wrap: export, decorators, templates
	leads        map[string]bool     // stand before a declaration and belong to it: comments, attributes
	imports      map[string]bool
	bound        importStyle // how imports bind names
}

// declares says what a kind of node declares, and where its name stands.
type declares struct {
	kind  Kind
	name  string // a field, or empty for none; a chain of declarators is followed
	scope bool   // its members are no methods: a namespace
	body  bool   // it only declares where it has a body
	owner string // the field with the type that it belongs to: a receiver
	fixed string // the name, where none is written
	again bool   // it adds to a type that is declared elsewhere
}

// binds are the fields with the name and the value.
type binds struct{ name, value string }

// isFunction says that a kind of node has statements in its body, not members.
func (r *rules) isFunction(kind string) bool {
	return r.values[kind] == KindFunction || r.declarations[kind].kind == KindFunction || r.declarations[kind].kind == KindMethod
}

// languages are the rules by the canonical name of the language, of all that
// there are grammars for.
var languages = map[string]*rules{
	"go":         &goRules,
	"python":     &pythonRules,
	"javascript": &javascriptRules,
	"typescript": &typescriptRules,
	"tsx":        &typescriptRules,
	"java":       &javaRules,
	"c":          &cRules,
	"cpp":        &cppRules,
	"rust":       &rustRules,
	"csharp":     &csharpRules,
	"ruby":       &rubyRules,
	"php":        &phpRules,
	"bash":       &bashRules,
}
