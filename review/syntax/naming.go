package syntax

import (
	"regexp"
	"strings"
)

// namesFunction says that a word for functions is followed by a name. Without
// one it is a function given to a call, or a word that means something else.
func namesFunction(word, rest string) bool {
	name := strings.TrimLeft(rest, " \t!*")
	if word == "def" && name != rest && operator.MatchString(name) {
		return true
	}
	if name == "" || name == rest && name[0] != '(' {
		return false
	}
	if name[0] == '(' { // the receiver of a method of Go
		end := matching(name, 0)
		if word != "func" || end < 0 {
			return false
		}
		name = strings.TrimLeft(name[end:], " ")
		method := firstWord(name)
		return method != "" && len(method) < len(name) && name[len(method)] == '('
	}
	if word == "proc" && (firstWord(name) == "do") {
		return false
	}
	return isWordByte(name[0]) || strings.IndexByte("<`$~&\"%", name[0]) >= 0
}

// isBodyOrParameters says that a word is followed by either.
func isBodyOrParameters(rest string) bool {
	rest = strings.TrimLeft(rest, " ?!")
	return strings.HasPrefix(rest, "(") && strings.Contains(rest, "{") || strings.HasPrefix(rest, "{")
}

var (
	operator  = regexp.MustCompile(`^(==|=~|\[\]|<=|>|[-+/%^|]|\*)`) // as Ruby names methods
	named     = regexp.MustCompile(`^\s+["A-Za-z_$` + "`" + `\x80-\x{10FFFF}]`)
	anonymous = regexp.MustCompile(`^\s*(\{|<|extends\b|implements\b|:\s*\w)`)
	variable  = regexp.MustCompile(`^[^{(=]*=`)
	returning = regexp.MustCompile(`^\s+[\w:<>]+[\s*&]+[\w:~]+\s*\(`)
	angles    = regexp.MustCompile(`<[^<>]*>`)
)

// namesShape says that a word for types opens one, rather than a variable or a
// function of such a type.
func namesShape(word, rest string) bool {
	switch word {
	case "class", "struct", "enum", "union", "object", "impl", "record", "interface":
		if anonymous.MatchString(rest) && !strings.HasPrefix(rest, ":") {
			return true
		}
	}
	if !named.MatchString(rest) {
		return false
	}
	if word == "type" {
		return !strings.HasPrefix(strings.TrimSpace(rest), "=") && !returning.MatchString(rest)
	}
	rest = withoutAngles(rest)
	return !variable.MatchString(rest) && (word == "impl" || word == "class" || !returning.MatchString(rest))
}

// withoutAngles is code without what stands in angle brackets that match.
func withoutAngles(code string) string {
	var open []int
	gone := make([]bool, len(code))
	for i := range len(code) {
		switch {
		case code[i] == '<':
			open = append(open, i)
		case code[i] == '>' && len(open) > 0:
			last := len(open) - 1
			if last == 0 { // what is inside goes along
				for k := open[0]; k <= i; k++ {
					gone[k] = true
				}
			} else {
				gone[open[last]], gone[i] = true, true
			}
			open = open[:last]
		}
	}
	var b strings.Builder
	for i := range len(code) {
		if !gone[i] {
			b.WriteByte(code[i])
		}
	}
	return b.String()
}

var (
	assignment = regexp.MustCompile(`^["'\w$.#\[\]:-]*["'\w$\]?!]\s*(:[^=("]*|:\s*\([^=]*)?(:=|<-|=|:)\s*(.*)$`)
	wrapper    = regexp.MustCompile(`^(React\.)?\w+(<[^()]*>)?\(\s*`)
	value      = regexp.MustCompile(`^(async\s+|move\s+)?(function\b|func\s*\(|fn\s*\(|sub\s*\{|\w+\s*=>|\|[^|]*\|)`)
)

// isAssigned says that a function is given a name: assigned to a variable or a
// field, or as a member of an object, also by way of one call around it.
func isAssigned(code string) bool {
	parts := assignment.FindStringSubmatch(code)
	if parts == nil {
		return false
	}
	right := parts[3]
	return isFunctionValue(right) || isFunctionValue(right[len(wrapper.FindString(right)):])
}

func isFunctionValue(code string) bool {
	if value.MatchString(code) {
		return true
	}
	code = strings.TrimPrefix(code, "async ")
	if strings.HasPrefix(code, "<") {
		code = code[max(0, angleEnd(code)):]
	}
	if code == "" || code[0] != '(' && code[0] != '[' {
		return false
	}
	end := matching(code, 0)
	if end < 0 {
		return false
	}
	tail := strings.TrimLeft(code[end:], " ")
	if code[0] == '[' { // a lambda of C++
		return strings.HasSuffix(tail, "{") && (tail[0] == '(' || tail[0] == '{')
	}
	return strings.HasPrefix(tail, "=>") || strings.HasPrefix(tail, ":") && strings.HasSuffix(tail, "{") || strings.HasPrefix(tail, ":") && strings.Contains(tail, "=>")
}

var (
	methodName = regexp.MustCompile(`([\w$#~\]"'` + "`" + `\x80-\x{10FFFF}-]|\boperator\s*[^\w\s]+)$`)
	objective  = regexp.MustCompile(`^[-+]\s*\([\w\s*<>]+\)\s*\w+`)
	afterwards = regexp.MustCompile(`^(const|noexcept|override|final|throws|where|requires|volatile|mutable|async|sync|&&?|:|->|\[\[|__attribute__)`)
	computed   = regexp.MustCompile(`\bvar\s+\w+\s*:[^={(]*[\w>\]?]\s*\{$`) // in Swift
	property   = regexp.MustCompile(`^[\w<>\[\],.?]+(\s+|:\s*)[\w<>\[\],.?: ]*[\w>\]?]\s*\{`)
)

// isMethod says that a signature goes without any word for functions: a name,
// mostly with a type before it, parameters, and a body.
func isMethod(code string, around kind, modified bool) bool {
	if objective.MatchString(code) {
		return strings.HasSuffix(code, "{")
	}
	open := strings.IndexByte(code, '(')
	if call := strings.Index(code, "operator()"); call >= 0 {
		open = call + len("operator()")
	}
	if end := matching(code, 0); code != "" && code[0] == '[' && end > 0 { // a computed name is as good as any
		code = "computed" + code[end:]
		open = strings.IndexByte(code, '(')
	}
	if open < 1 {
		return false
	}
	name := strings.TrimSpace(code[:open])
	if strings.HasSuffix(name, ">") && !strings.Contains(name, "operator") {
		name = angles.ReplaceAllString(name, "")
	}
	isOperator := strings.Contains(name, "operator")
	if !methodName.MatchString(name) || !isOperator && strings.ContainsAny(name, "=;{}+|!?()") {
		return false
	}
	parts := strings.Fields(name)
	typed := len(parts) > 1 || strings.Contains(name, "::")
	if last := parts[len(parts)-1]; strings.Contains(last, ".") && (!typed || around != shape) {
		return false // a call of something's method
	}
	end := matching(code, open)
	if end < 0 || !typed && isArgument(code[open+1:end]) {
		return false
	}
	tail := strings.TrimSpace(code[end:])
	if strings.HasPrefix(tail, "=>") {
		return typed || modified
	}
	body := strings.IndexByte(tail, '{')
	if !typed && around == scope && open+2 == end && strings.HasPrefix(tail, "(") {
		return true // a function of a shell that runs in a shell of its own
	}
	return body == 0 || body > 0 && afterwards.MatchString(tail) && !strings.Contains(tail[:body], ";")
}

// isArgument says that what stands in brackets is given, not asked for.
func isArgument(parameters string) bool {
	parameters = strings.TrimSpace(parameters)
	return parameters != "" && strings.IndexByte(`"'`+"`0123456789", parameters[0]) >= 0
}

// isProperty says that a value is computed by a body of its own.
func isProperty(code string, modified bool) bool {
	return modified && !strings.ContainsAny(code, "(=") && property.MatchString(code)
}
