package rpc

import "sync"

// valve counts the bytes that wait somewhere. It shuts when they pass max and
// opens again below half of it, so that its users do not flutter at the edge.
type valve struct {
	max int64

	mu   sync.Mutex // guards the rest
	n    int64
	room chan struct{} // nil while open; closed when it opens again
}

func (v *valve) add(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.n += n
	if v.n > v.max && v.room == nil {
		v.room = make(chan struct{})
	}
}

func (v *valve) sub(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.n -= n
	if v.room != nil && v.n <= v.max/2 {
		close(v.room)
		v.room = nil
	}
}

// over says whether more waits than may.
func (v *valve) over() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.n > v.max
}

// wait returns once the valve is open, or with false when stop ends first.
func (v *valve) wait(stop <-chan struct{}) bool {
	v.mu.Lock()
	room := v.room
	v.mu.Unlock()
	if room == nil {
		return true
	}
	select {
	case <-room:
		return true
	case <-stop:
		return false
	}
}
