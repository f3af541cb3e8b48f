package rpc

// queue is a first-in-first-out list that gives its memory back. It is not
// safe for concurrent use.
type queue[T any] struct {
	items []T
	head  int // items before it are taken
}

func (q *queue[T]) push(item T) { q.items = append(q.items, item) }

func (q *queue[T]) pop() (item T, ok bool) {
	if q.head == len(q.items) {
		return item, false
	}
	var zero T
	item, q.items[q.head] = q.items[q.head], zero
	q.head++
	switch {
	case q.head == len(q.items):
		q.head = 0
		if cap(q.items) > 1024 { // a burst is over
			q.items = nil
		}
		q.items = q.items[:0]
	case q.head > 1024 && q.head > len(q.items)/2:
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return item, true
}
