package syntax

import (
	"regexp"
	"slices"
	"strings"
)

// kind is what a block is.
type kind int

const (
	plain    kind = iota // a statement, or anything else
	scope                // it holds declarations and is none itself
	members              // the members of an object
	shape                // a type
	function             // or a method
)

// maxNesting bounds how far out the surroundings of a block are looked at.
const maxNesting = 64

// declares says that the block k is a declaration.
func (w *walk) declares(k int) bool {
	nested := false // in a function
	for i := max(0, k-maxNesting); i < k; i++ {
		nested = w.judge(i) == function || nested
	}
	b := w.blocks[k]
	switch w.judge(k) {
	case function:
		return b.last > b.line || wholeOnLine(bare(w.text(b.line)), nested)
	case shape:
		code := strings.TrimRight(bare(w.text(b.line)), "; ")
		return b.last > b.line || strings.HasSuffix(code, "}") || strings.HasSuffix(code, ")") || strings.HasSuffix(code, ": pass")
	case plain, scope, members:
	}
	return false
}

// judge gives the kind of the block k, whose surroundings are judged.
func (w *walk) judge(k int) kind {
	b := &w.blocks[k]
	if !b.judged {
		around := scope
		if k > 0 {
			around = w.blocks[k-1].kind
		}
		b.kind, b.judged = w.kindOf(b.line, around), true
	}
	return b.kind
}

// wholeOnLine says that a function has its body on its own line. A short one
// that is only a value inside of another function is no place of its own.
func wholeOnLine(code string, nested bool) bool {
	if strings.HasSuffix(code, ";") && !strings.ContainsAny(code, "}>") {
		return false // only announced
	}
	if !strings.ContainsAny(code, "({=:") {
		return false // a field that is called like a word of ours
	}
	rest, _ := unmodified(code)
	return !nested || functions[firstWord(rest)]
}

// kindOf judges the line o by its signature. What looks like a method or a
// function of C could as well be a call: it counts in a type, and where there
// are no statements.
func (s source) kindOf(o int, around kind) kind {
	if len(s.line(o)) > longest || leads(s.text(o)) {
		return plain
	}
	signature := s.signature(o)
	code, modified := unmodified(signature)
	word := firstWord(code)
	rest := strings.TrimPrefix(code, word)
	switch {
	case functions[word] && namesFunction(word, rest), lispDefinition.MatchString(code):
		return function
	case nameless[word] && around == shape && isBodyOrParameters(rest):
		return function
	case objectiveType.MatchString(code), shapes[word] && namesShape(word, rest):
		return shape
	case isAssigned(code), computed.MatchString(signature):
		return function
	case assignedShape.MatchString(code):
		return shape
	case scopes[word] || foreign.MatchString(code):
		return scope
	case statements[word] && (around != shape && around != members || !strings.HasPrefix(strings.TrimLeft(rest, " "), "(")): // delete() may be a method
		return s.object(o)
	case around != function && (around != plain || modified) && (isMethod(code, around, modified) || isProperty(code, modified)):
		return function
	}
	return s.object(o)
}

var (
	lispDefinition  = regexp.MustCompile(`^\(def(un|n|n-|ine|macro|method|multi|subst|generic|-\w+)?\s+\(?[^\s()]+`)
	objectiveType   = regexp.MustCompile(`^@(interface|implementation|protocol)\s+\w`)
	elixirAttribute = regexp.MustCompile(`^@(doc|typedoc|spec|impl|deprecated|since|tag)\s`)
	assignedShape   = regexp.MustCompile(`^[\w.$]+\s*[=:]\s*class\b.*\{$`)
	foreign         = regexp.MustCompile(`^(extern\s+)?""\s*\{`)
	literal         = regexp.MustCompile(`([=(:,\[?]|&&|\|\||\breturn|\bdefault|\bnew\s+[\w.<>, \[\]]+\(.*\))\s*\{$`)
)

// object is the kind of a line that opens an object, or else plain.
func (s source) object(o int) kind {
	line := bare(s.text(o))
	if literal.MatchString(line) {
		return members
	}
	if line == "{" && o > 0 { // one in a list of them
		if above := bare(s.text(o - 1)); above != "" && strings.IndexByte("[(,", above[len(above)-1]) >= 0 {
			return members
		}
	}
	return plain
}

// opensByWord says that a line opens a declaration whatever is around it.
func opensByWord(code string) bool {
	code, _ = unmodified(bare(code))
	word := firstWord(code)
	rest := strings.TrimPrefix(code, word)
	return functions[word] && namesFunction(word, rest) || shapes[word] && namesShape(word, rest)
}

var definition = regexp.MustCompile(`^[A-Za-z_][\w\s*&:<>,]*[\s*&]~?\w[\w:]*\s*\([^;={}"]*\{?$`)

// defines says that a line at the margin looks like the head of a function of C:
// with a type before its name, and no end.
func defines(code string) bool {
	return definition.MatchString(code) && !statements[firstWord(code)]
}

// leads says that a line is a decorator, an attribute or the head of a template,
// which belongs to what is below it.
func leads(line string) bool {
	_, code := measure(line)
	if code == "" || strings.IndexByte("@#[t", code[0]) < 0 {
		return false // as nearly every line, at little cost
	}
	code = bare(code)
	switch {
	case code == "":
		return false
	case code[0] == '@':
		open := strings.IndexByte(code, '(')
		return withoutAnnotations(code) == "" || elixirAttribute.MatchString(code) || open >= 0 && matching(code, open) < 0
	case strings.HasPrefix(code, "#["):
		end := matching(code, 1)
		return end < 0 || end == len(code)
	case strings.HasPrefix(code, "template"):
		return withoutTemplate(code) == "" || strings.Count(code, "<") > strings.Count(code, ">")
	}
	return code[0] == '[' && (code[len(code)-1] == ']' || matching(code, 0) < 0)
}

var typeOnly = regexp.MustCompile(`^[A-Za-z_](\w|[\s*&<>,]|::)*[\w*&>]$`)

// start is the first line of a block. The type of a function of C may stand on
// the line above its name.
func (w *walk) start(b block) int {
	if b.above == b.first || b.first != b.line {
		return b.first
	}
	name := bare(w.text(b.line))
	open := strings.IndexByte(name, '(')
	typed := bare(w.text(b.line - 1))
	if open > 0 && !strings.ContainsAny(strings.TrimSpace(name[:open]), " .=") && typeOnly.MatchString(typed) && !statements[firstWord(typed)] {
		return b.above
	}
	return b.first
}

var annotation = regexp.MustCompile(`^(@[\w.:]+|#\[|\[)`)

// withoutAnnotations cuts the annotations off that stand on a line before the
// declaration itself.
func withoutAnnotations(code string) string {
	for code != "" && !objectiveType.MatchString(code) {
		found := annotation.FindString(code)
		if found == "" || found == "@interface" {
			break
		}
		end := len(found)
		if strings.HasSuffix(found, "[") {
			end = matching(code, end-1)
		} else if strings.HasPrefix(code[end:], "(") {
			end = matching(code, end)
		}
		if end < 0 || found == "[" && isComputed(code[end:]) {
			break
		}
		code = strings.TrimSpace(code[end:])
	}
	return code
}

// isComputed says that what precedes, in square brackets, is the name of a
// member rather than an attribute.
func isComputed(rest string) bool {
	return rest != "" && (rest[0] != ' ' || strings.HasPrefix(strings.TrimLeft(rest, " "), "("))
}

// unmodified is a signature from the word on that says what it is, and whether
// there was anything before it that only declarations have.
func unmodified(code string) (rest string, modified bool) {
	code = withoutTemplate(withoutAnnotations(code))
	for {
		code = strings.TrimLeft(code, "* ") // of generators in JavaScript
		word := firstWord(code)
		rest := code[len(word):]
		if word == "pub" && strings.HasPrefix(rest, "(") {
			rest = rest[max(0, matching(rest, 0)):]
		}
		next := strings.TrimLeft(rest, " \t")
		if binders[word] && next != rest && next != "" {
			return strings.TrimPrefix(next, "mut "), modified
		}
		isCase := word == "case" && slices.Contains([]string{"class", "object"}, firstWord(next))
		if !modifiers[word] && !isCase || functions[word] || next == "" || next == rest {
			return code, modified
		}
		if !isWordByte(next[0]) && strings.IndexByte("$#[*<~\"'`@&|(", next[0]) < 0 || next[0] == '(' && word != "move" {
			return code, modified
		}
		code, modified = next, true
	}
}

// withoutTemplate cuts the head of a template of C++ off.
func withoutTemplate(code string) string {
	template, found := strings.CutPrefix(code, "template")
	template = strings.TrimLeft(template, " ")
	if end := angleEnd(template); found && end > 0 {
		return strings.TrimLeft(template[end:], " ")
	}
	return code
}

// angleEnd is the index behind the angle bracket that closes the first.
func angleEnd(code string) int {
	depth := 0
	for i := range len(code) {
		switch code[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		if depth == 0 {
			return -1
		}
	}
	return -1
}
