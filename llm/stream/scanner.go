package stream

// scanner checks the shape of one JSON value byte by byte: brackets, strings,
// commas and colons. Numbers, literals, escapes and a comma before a closing
// bracket pass; a validator has the last word on what has closed.
type scanner struct {
	state   state
	depth   int
	objects [MaxDepth + 1]bool // whether the container at this depth is an object
	key     bool               // the string being read is a key
}

// state is what a scanner expects.
type state int

const (
	wantValue   state = iota // after a colon, or at the very start
	wantElement              // a value or the array's end
	wantKey                  // a key or the object's end
	wantColon
	wantComma // or the container's end
	inString
	inEscape
	inLiteral
)

// event is what a byte brought about.
type event int

const (
	nothing event = iota
	closed        // the outermost container is closed
	failed        // no JSON goes on like this
	tooDeep       // nested deeper than MaxDepth
)

// step reads one byte. After anything but nothing the scanner must be reset.
func (s *scanner) step(c byte) event {
	switch s.state {
	case inString:
		s.quoted(c)
		return nothing
	case inEscape:
		s.state = inString
		return nothing
	case inLiteral:
		if isLiteral(c) {
			return nothing
		}
		s.state = wantComma
	default: // between two values
	}
	if isSpace(c) {
		return nothing
	}
	switch s.state {
	case wantValue, wantElement:
		return s.value(c)
	case wantKey:
		if c == '"' {
			s.state, s.key = inString, true
			return nothing
		}
		return s.close(c)
	case wantColon:
		if c == ':' {
			s.state = wantValue
			return nothing
		}
		return failed
	default: // a comma, or the end of the container
	}
	if c != ',' {
		return s.close(c)
	}
	s.state = wantElement
	if s.objects[s.depth] {
		s.state = wantKey
	}
	return nothing
}

// quoted reads a byte of a string.
func (s *scanner) quoted(c byte) {
	switch {
	case c == '\\':
		s.state = inEscape
	case c == '"' && s.key:
		s.state, s.key = wantColon, false
	case c == '"':
		s.state = wantComma
	}
}

// value reads the first byte of a value, or the end of an array.
func (s *scanner) value(c byte) event {
	switch {
	case c == '{' || c == '[':
		if s.depth == MaxDepth {
			return tooDeep
		}
		s.depth++
		s.objects[s.depth] = c == '{'
		s.state = wantElement
		if c == '{' {
			s.state = wantKey
		}
	case c == '"':
		s.state = inString
	case isLiteral(c):
		s.state = inLiteral
	case s.state == wantElement:
		return s.close(c)
	default:
		return failed
	}
	return nothing
}

// close reads the bracket that ends the innermost container.
func (s *scanner) close(c byte) event {
	if s.depth == 0 || c != '}' && c != ']' || s.objects[s.depth] != (c == '}') {
		return failed
	}
	s.depth--
	s.state = wantComma
	if s.depth == 0 {
		return closed
	}
	return nothing
}

// isLiteral tells whether c may stand in a number, true, false or null, or in
// what models write instead, such as NaN, None or an ellipsis.
func isLiteral(c byte) bool {
	return c >= '0' && c <= '9' || lower(c) >= 'a' && lower(c) <= 'z' ||
		c == '-' || c == '+' || c == '.' || c == '_'
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
