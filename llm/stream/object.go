package stream

// nextBefore reads a byte of what precedes the object.
func (it *Items) nextBefore(c byte) {
	if c == '{' {
		it.where, it.top, it.keyed = object, scanner{}, false
		it.name.reset()
		it.top.step(c)
	}
}

// nextTop reads a byte of the object that is not in its array.
func (it *Items) nextTop(c byte) {
	if it.where == object {
		if it.top.key && c < ' ' {
			it.where = before // a brace in prose, and a quote somewhere
			return
		}
		if it.top.depth == 1 && it.name.next(c) {
			it.enter()
			return
		}
	}
	switch it.top.step(c) {
	case closed:
		it.closeTop()
	case failed, tooDeep:
		it.failTop(c)
	case nothing:
		if it.where == object && it.top.state == wantValue {
			it.keyed, it.complete = true, false
		}
	}
}

// closeTop is called when the object has closed. One without the array, or with
// an example of it such as [...], may not be the one that was asked for.
func (it *Items) closeTop() {
	it.complete = true
	if it.where == behind && (it.objects > 0 || !it.filler) {
		it.where = after
	} else {
		it.where = before
	}
}

// failTop is called when c does not fit into the object.
func (it *Items) failTop(c byte) {
	switch {
	case it.where == object && it.keyed:
		it.where = torn
	case it.where == object:
		it.where = before
		it.nextBefore(c)
	case it.unsure:
		it.where, it.last, it.item = broken, [3]byte{}, it.item[:0]
	default:
		it.where = after
	}
}

// nextTorn reads a byte of an object that is broken before its array. What is a
// string there and what is not can not be told, but the array's name can be.
func (it *Items) nextTorn(c byte) {
	if it.name.next(c) {
		it.top = scanner{}
		it.top.step('{')
		it.enter()
	}
}

// enter is called at the start of the array.
func (it *Items) enter() {
	it.where, it.complete, it.began = array, false, true
	it.objects, it.filler, it.unsure = 0, false, false
}

// leave is called at the end of the array.
func (it *Items) leave() {
	it.where, it.top.state = behind, wantComma
}

// nameMatch waits for a quoted name, a colon and the start of an array.
type nameMatch struct {
	field string
	part  namePart
	read  []byte // of the name, no more than needed
}

// namePart is what a nameMatch is in.
type namePart int

const (
	noName namePart = iota
	inName
	afterName
	afterColon
)

func (m *nameMatch) reset() { m.part = noName }

// next reads one byte and tells whether the array begins with it.
func (m *nameMatch) next(c byte) bool {
	switch {
	case c == '"' && m.part == inName && string(m.read) == m.field:
		m.part = afterName
	case c == '"':
		m.part, m.read = inName, m.read[:0] // a quote that closes may as well open
	case m.part == inName:
		if len(m.read) <= len(m.field) {
			m.read = append(m.read, c)
		}
	case isSpace(c):
	case m.part == afterName && c == ':':
		m.part = afterColon
	default:
		found := m.part == afterColon && c == '['
		m.part = noName
		return found
	}
	return false
}
