package stream

import (
	"bytes"
	"encoding/json"
)

// replay is text that is read once more: what was taken for a part of a broken
// element may hold the start of the next.
type replay struct {
	text   []byte
	at     int
	budget int // how many more bytes may be read again
}

func (r *replay) pending() bool { return r.at < len(r.text) }

func (r *replay) pop() byte {
	r.at++
	return r.text[r.at-1]
}

// push sets text, which was read last, to be read again, if the budget allows.
func (r *replay) push(text []byte) bool {
	if len(text) > r.budget {
		return false
	}
	r.budget -= len(text)
	if r.pending() {
		r.at = max(r.at-len(text), 0) // it came from here
	} else {
		r.text, r.at = append(r.text[:0], text...), 0
	}
	return true
}

// search looks for the next element in the one being read, which is broken, and
// in what follows.
func (it *Items) search() {
	it.where, it.last, it.unsure = broken, [3]byte{}, true
	if it.again.push(it.item[1:]) {
		it.item = it.item[:1]
	}
}

// giveUp drops the element being read and looks for the next in what follows.
func (it *Items) giveUp(why error) {
	if it.isObject() {
		it.drop(why)
	}
	it.where, it.last, it.unsure = broken, [3]byte{}, true
	it.item = it.item[:0]
}

// nextBroken reads a byte of a broken element. Whether it is inside a string
// can not be told any more, so the next element is known by its look: an opening
// brace and a quote, after a brace or a comma. The array's end is known by "}]}"
// or "}],"" likewise.
func (it *Items) nextBroken(c byte) {
	if len(it.item) == MaxItem {
		it.giveUp(ErrItemTooLong)
	}
	it.item = append(it.item, c)
	if isSpace(c) {
		return
	}
	third, second, last := it.last[0], it.last[1], it.last[2]
	it.last = [3]byte{second, last, c}
	switch {
	case c == '"' && last == '{' && (second == 0 || second == '}' || second == ','):
		it.resume()
	case c == '}' && last == ']' && second == '}':
		it.guessEnd()
		it.nextTop('}')
	case c == '"' && last == ',' && second == ']' && third == '}':
		it.guessEnd()
		it.nextTop(',')
		it.nextTop('"')
	}
}

// resume begins the element that the last bytes are the start of.
func (it *Items) resume() {
	at := bytes.LastIndexByte(it.item, '{')
	if at < 0 { // it was let go for its size
		it.item, at = append(it.item[:0], '{', '"'), 0
	}
	it.mend(it.item[:at])
	it.item = it.item[:copy(it.item, it.item[at:])]
	it.where, it.inner, it.size = inItem, scanner{}, len(it.item)
	it.inner.step('{')
	it.inner.step('"')
}

// guessEnd leaves the array at the last closing bracket.
func (it *Items) guessEnd() {
	if at := bytes.LastIndexByte(it.item, ']'); at >= 0 {
		it.mend(it.item[:at])
	}
	it.leave()
}

// mend hands out what text, a broken element, was meant to be.
func (it *Items) mend(text []byte) {
	text = bytes.TrimRight(text, ", \t\r\n")
	if len(text) < 2 || text[0] != '{' {
		return // one brace too many, or what is left of one that was dropped before
	}
	mended, err := repair(string(text), &it.mendable)
	if err != nil {
		it.drop(err)
		return
	}
	it.emit(json.RawMessage(mended))
}
