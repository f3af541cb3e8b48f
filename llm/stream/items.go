package stream

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Limits of what is read.
const (
	MaxDepth = 64        // objects and arrays within each other
	MaxItem  = 256 << 10 // bytes of one element
	MaxReply = 8 << 20   // bytes of a reply
)

// What can be wrong with a reply.
var (
	ErrReplyTooLong = errors.New("reply is longer than 8 MiB")
	ErrItemTooLong  = errors.New("element is longer than 256 KiB")
	ErrTooDeep      = errors.New("JSON is nested deeper than 64 levels")
	ErrMalformed    = errors.New("JSON is malformed")
	ErrNoObject     = errors.New("reply holds no JSON object")
)

// Items reads one JSON object while it arrives and hands out the elements of one
// of its arrays, each the moment it closes.
//
// Prose, a byte order mark or a code fence may stand before the object, anything
// after it. Elements that are not objects are passed over. A broken one is
// mended if it can be, else dropped, and reading goes on where the next seems to
// begin. The result does not depend on how the text was cut.
//
// Items is not safe for concurrent use.
type Items struct {
	field string
	emit  func(json.RawMessage)

	where    where
	total    int     // bytes read
	top      scanner // of the object, without its array
	key      []byte  // the object's key being read, as far as it may be field
	isField  bool    // the key read last is field
	complete bool
	guessed  bool // the array's end was found in a broken element, and may be none

	inner scanner // of the element
	item  []byte  // the element from its first byte, up to MaxItem bytes
	size  int     // of the element in bytes
	last  [3]byte // the last bytes of a broken element that are not space
	again replay

	mendable int // how many more bytes may be mended
	dropped  int
	first    error // why the first element was dropped
}

// where says which part of the reply is being read.
type where int

const (
	before where = iota // no object yet
	object              // in an object that may be the one
	array               // in its array
	inItem              // in an element of it
	broken              // in what is left of a broken element, looking for the next
	behind              // after the array, still in its object
	after               // after the object
)

// NewItems makes a reader for the array property named field of the reply's
// object. emit is called from within Write, in the order of the elements; each
// is valid JSON and emit's to keep.
func NewItems(field string, emit func(json.RawMessage)) *Items {
	return &Items{field: field, emit: emit, mendable: maxMend, again: replay{budget: 4 * MaxItem}}
}

// Write takes the next piece of the reply, cut anywhere. The only error is
// [ErrReplyTooLong]; from then on nothing is read any more.
func (it *Items) Write(s string) error {
	if it.total += len(s); it.total > MaxReply {
		it.total = MaxReply + 1
		return ErrReplyTooLong
	}
	for i := range len(s) {
		it.next(s[i])
		for it.again.pending() {
			it.next(it.again.pop())
		}
	}
	return nil
}

// Complete tells whether the reply's object has closed. Where an element is so
// broken that its end was not found, the object's was not found either.
func (it *Items) Complete() bool { return it.complete }

// Close ends the reply and tells whether its object has closed. An element that
// has not is not handed out: it may have been cut.
func (it *Items) Close() (whole bool) {
	if (it.where == inItem || it.where == broken) && it.isObject() {
		it.drop(ErrMalformed)
	}
	it.where = after
	return it.complete
}

// Dropped is how many elements were lost, an unfinished last one included, and
// what was wrong with the first: [ErrMalformed], [ErrItemTooLong] or
// [ErrTooDeep].
func (it *Items) Dropped() (int, error) { return it.dropped, it.first }

func (it *Items) next(c byte) {
	switch it.where {
	case before:
		it.nextBefore(c)
	case object, behind:
		it.nextTop(c)
	case array:
		it.nextBetween(c)
	case inItem:
		it.nextInItem(c)
	case broken:
		it.nextBroken(c)
	}
}

// nextBefore reads a byte of what precedes the object.
func (it *Items) nextBefore(c byte) {
	if c == '{' {
		it.where, it.top, it.isField = object, scanner{}, false
		it.top.step(c)
	}
}

// nextTop reads a byte of the object that is not in its array.
func (it *Items) nextTop(c byte) {
	if it.where == object && it.top.depth == 1 && it.enters(c) {
		return
	}
	switch it.top.step(c) {
	case closed:
		it.complete = true
		if it.where == object {
			it.where = before // it had no such array; the next may be the one
		} else {
			it.where = after
		}
	case failed, tooDeep:
		it.failTop(c)
	}
}

// enters follows the keys of the object, and tells whether c begins the array
// or shows that there is no object.
func (it *Items) enters(c byte) bool {
	switch {
	case it.top.state == key:
		it.key, it.isField = it.key[:0], false
	case it.top.key && c < ' ':
		it.where = before // a brace in prose, and a quote somewhere
		return true
	case it.top.key && c == '"':
		it.isField = string(it.key) == it.field
	case it.top.key && len(it.key) <= len(it.field):
		it.key = append(it.key, c)
	case it.top.state == value && it.isField && c == '[':
		it.where, it.complete = array, false
		return true
	}
	return false
}

// failTop is called when c does not fit into the object.
func (it *Items) failTop(c byte) {
	switch {
	case it.where == object:
		it.where = before
		it.nextBefore(c)
	case it.guessed:
		it.where, it.guessed = broken, false
		it.item, it.last = it.item[:0], [3]byte{}
	default:
		it.where = after
	}
}

// nextBetween reads a byte between two elements.
func (it *Items) nextBetween(c byte) {
	switch c {
	case '{', '[', '"':
		it.where, it.inner = inItem, scanner{}
		it.item, it.size = it.item[:0], 0
		it.nextInItem(c)
	case ']':
		it.leave()
	}
	// Commas may be missing or too many; numbers and literals are no objects.
}

// leave is called at the end of the array.
func (it *Items) leave() {
	it.where, it.top.state = behind, comma
}

// nextInItem reads a byte of an element.
func (it *Items) nextInItem(c byte) {
	if it.size++; it.size <= MaxItem {
		it.item = append(it.item, c)
	}
	switch it.inner.step(c) {
	case failed:
		it.breakItem(ErrItemTooLong)
	case tooDeep:
		it.size = MaxItem + 1
		it.breakItem(ErrTooDeep)
	default:
		if it.inner.depth == 0 && it.inner.state == comma {
			it.where = array
			it.finish()
		}
	}
}

func (it *Items) isObject() bool { return len(it.item) > 0 && it.item[0] == '{' }

// finish hands out the element that has closed.
func (it *Items) finish() {
	switch {
	case !it.isObject():
	case it.size > MaxItem:
		it.drop(ErrItemTooLong)
	case json.Valid(it.item):
		it.emit(bytes.Clone(it.item))
	default:
		it.mend(it.item)
	}
}

func (it *Items) drop(why error) {
	it.dropped++
	if it.first == nil {
		it.first = why
	}
}
