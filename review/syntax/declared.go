package syntax

import (
	"regexp"
	"strings"
)

// reader reads declarations from a tree.
type reader struct {
	*tree
	rules *rules
}

// declared is what a node declares.
type declared struct {
	kind  Kind
	name  string
	owner string // the type that a method names
	head  Lines
	body  int  // a node; -1 for none
	scope bool // its members are functions, not methods
	again bool // it adds to a type that is declared elsewhere
	inner int  // the node that declares, inside of wrappers
}

// mostWrapped is how many nodes may be wrapped around a declaration.
const mostWrapped = 6

// declared is the declaration that a node is, or that it wraps.
func (r *reader) declared(c, depth int) (declared, bool) {
	n := r.nodes[c]
	if d, ok := r.rules.declarations[n.kind]; ok {
		body := r.bodyOf(c, 0)
		if d.body && body < 0 {
			return declared{}, false
		}
		found := declared{kind: d.kind, name: d.fixed, body: body, scope: d.scope, again: d.again, inner: c, head: r.head(c, body)}
		r.nameIt(&found, d)
		return found, true
	}
	if b, ok := r.rules.bindings[n.kind]; ok {
		return r.bound(c, b)
	}
	if !r.rules.wrappers[n.kind] || depth >= mostWrapped || r.isGroup(c) {
		return declared{}, false
	}
	for child := range r.children(c) {
		if d, ok := r.declared(child, depth+1); ok {
			return d, true
		}
		if r.nodes[child].field == "value" {
			if d, ok := r.valued(child, c); ok {
				d.name = "default"
				return d, true
			}
		}
	}
	return declared{}, false
}

// isGroup says that a node wraps several declarations on lines of their own.
func (r *reader) isGroup(c int) bool {
	n := r.nodes[c]
	if n.first == n.last || !r.rules.wrappers[n.kind] {
		return false
	}
	count, line := 0, -1
	for child := range r.children(c) {
		kind := r.nodes[child].kind
		_, declares := r.rules.declarations[kind]
		_, binds := r.rules.bindings[kind]
		if (declares || binds) && r.nodes[child].first != line {
			count, line = count+1, r.nodes[child].first
		}
	}
	return count > 1
}

// bound is a function or a type that is given a name.
func (r *reader) bound(c int, b binds) (declared, bool) {
	value := r.child(c, b.value)
	name := r.child(c, b.name)
	if value < 0 || name < 0 {
		return declared{}, false
	}
	if r.rules.wrappers[r.nodes[value].kind] && value+1 < r.nodes[value].next {
		value++
	}
	d, ok := r.valued(value, c)
	d.name = cleaned(r.textOf(name))
	return d, ok
}

// valued is a value that is a function, a type or an object of functions.
func (r *reader) valued(value, outer int) (declared, bool) {
	kind, ok := r.rules.values[r.nodes[value].kind]
	body := r.bodyOf(value, 0)
	switch {
	case ok:
	case r.rules.objects[r.nodes[value].kind]:
		kind, body, ok = KindType, value, r.hasFunctions(value)
	case r.rules.calls[r.nodes[value].kind]:
		kind = KindFunction
		body, ok = r.functionGiven(value)
	}
	return declared{kind: kind, body: body, inner: value, head: r.head(outer, body)}, ok
}

// hasFunctions says that an object has a function of more than one line.
func (r *reader) hasFunctions(object int) bool {
	for c := range r.children(object) {
		if r.nodes[c].first == r.nodes[c].last {
			continue
		}
		if d, ok := r.declared(c, 0); ok && (d.kind != KindType) {
			return true
		}
	}
	return false
}

// functionGiven is the body of the function that a call is given, as in
// memo(() => {...}).
func (r *reader) functionGiven(call int) (body int, ok bool) {
	for c := range r.children(call) {
		for argument := range r.children(c) {
			n := r.nodes[argument]
			if r.rules.values[n.kind] == KindFunction && n.first != n.last && r.nodes[c].field == "arguments" {
				return r.bodyOf(argument, 0), true
			}
		}
	}
	return -1, false
}

// bodyOf is the node with the statements or members; -1 where there is none.
func (r *reader) bodyOf(c, depth int) int {
	if body := r.child(c, "body"); body >= 0 {
		return body
	}
	const deep = 3
	for child := range r.children(c) {
		if r.rules.bodies[r.nodes[child].kind] {
			return child
		}
	}
	for child := range r.children(c) {
		if depth < deep && r.nodes[child].first != r.nodes[child].last {
			if body := r.bodyOf(child, depth+1); body >= 0 {
				return body
			}
		}
	}
	return -1
}

// head is the lines of a declaration up to its body.
func (r *reader) head(c, body int) Lines {
	l := r.lines(c)
	if body < 0 || body <= c {
		return l
	}
	l.Last = r.nodes[body].first
	if r.startsLine(body) {
		l.Last = max(l.First, l.Last-1)
	}
	return l
}

func (r *reader) nameIt(d *declared, rule declares) {
	if rule.name != "" {
		if name := r.nameNode(d.inner, rule.name); name >= 0 {
			d.name = cleaned(r.textOf(name))
		}
	}
	if rule.owner != "" {
		if owner := r.child(d.inner, rule.owner); owner >= 0 {
			d.owner = receiver(r.textOf(owner))
		}
		return
	}
	if at := strings.LastIndexByte(d.name, '.'); at > 0 && d.kind == KindFunction {
		d.owner, d.name = d.name[:at], d.name[at+1:]
	}
}

// nameNode follows a chain of declarators to what they declare.
func (r *reader) nameNode(of int, field string) int {
	name := r.child(of, field)
	for name >= 0 && strings.HasSuffix(r.nodes[name].kind, "_declarator") {
		next := r.child(name, "declarator")
		if next < 0 {
			next = name + 1 // of what has no roles, the first
		}
		if next >= r.nodes[name].next {
			break
		}
		name = next
	}
	return name
}

var receiverType = regexp.MustCompile(`([\w\x80-\x{10FFFF}]+)\s*(\[[^)]*)?\)$`)

// receiver is the type in the brackets before the name of a method.
func receiver(brackets string) string {
	if match := receiverType.FindStringSubmatch(brackets); match != nil {
		return match[1]
	}
	return ""
}

const longestName = 200

var (
	arguments = regexp.MustCompile(`(<[^()]*>|\[[^\]]*\])$`)
	exported  = regexp.MustCompile(`^(module\.)?exports\.`)
)

// cleaned is a name as it is written in the text without what does not help to
// tell one from another: white space, type arguments, quotes.
func cleaned(name string) string {
	name = name[:min(len(name), longestName)]
	name = strings.Join(strings.Fields(name), " ")
	name = strings.Trim(name, "\"'`")
	if !strings.HasPrefix(name, "operator") && !strings.Contains(name, "::operator") {
		name = arguments.ReplaceAllString(name, "")
	}
	name = exported.ReplaceAllString(name, "")
	return strings.NewReplacer("::", ".", "\\", ".", ".prototype.", ".").Replace(name)
}
