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
	emit func(json.RawMessage)

	where    where
	total    int     // bytes read
	top      scanner // of the object, without its array
	keyed    bool    // the object has a key and a colon: it is no brace of prose
	name     nameMatch
	complete bool
	began    bool // the array has
	objects  int  // that stood in the array
	filler   bool // something else stood there
	unsure   bool // an element was broken: what looks like the array's end may be none

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
	torn                // in one that is broken before its array
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
	return &Items{emit: emit, name: nameMatch{field: field}, mendable: maxMend, again: replay{budget: 4 * MaxItem}}
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

// Began says that the array was seen. A reply without it may be anything.
func (it *Items) Began() bool { return it.began }

// Dropped is how many elements were lost, an unfinished last one included, and
// what was wrong with the first: [ErrMalformed], [ErrItemTooLong] or
// [ErrTooDeep], wrapped.
func (it *Items) Dropped() (int, error) { return it.dropped, it.first }

func (it *Items) next(c byte) {
	switch it.where {
	case before:
		it.nextBefore(c)
	case object, behind:
		it.nextTop(c)
	case torn:
		it.nextTorn(c)
	case array:
		it.nextBetween(c)
	case inItem:
		it.nextInItem(c)
	case broken:
		it.nextBroken(c)
	case after: // chatter
	}
}

// nextBetween reads a byte between two elements. Commas may be missing or too
// many; numbers and literals are no objects.
func (it *Items) nextBetween(c byte) {
	switch c {
	case '{', '[', '"':
		it.where, it.inner = inItem, scanner{}
		it.item, it.size = it.item[:0], 0
		it.nextInItem(c)
	case ']':
		it.leave()
	default:
		it.filler = it.filler || c != ',' && !isSpace(c)
	}
}

// nextInItem reads a byte of an element.
func (it *Items) nextInItem(c byte) {
	if it.size++; it.size <= MaxItem {
		it.item = append(it.item, c)
	}
	switch it.inner.step(c) {
	case failed:
		if it.size > MaxItem {
			it.giveUp(ErrItemTooLong)
		} else {
			it.search()
		}
	case tooDeep:
		it.giveUp(ErrTooDeep)
	default:
		if it.inner.depth == 0 && it.inner.state == wantComma {
			it.where = array
			it.finish()
		}
	}
}

func (it *Items) isObject() bool { return len(it.item) > 0 && it.item[0] == '{' }

// finish hands out the element that has closed.
func (it *Items) finish() {
	if !it.isObject() {
		it.filler = true
		return
	}
	it.objects++
	switch {
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
