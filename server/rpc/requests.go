package rpc

import (
	"context"
	"sync"
)

// request is a request of the client that has not been answered.
type request struct {
	*Message
	key     string
	ctx     context.Context // ends with the answer, by $/cancelRequest, or with the session
	cancel  context.CancelCauseFunc
	started bool // has reached the lane; guarded by the table
}

// requests is the table of what has to be answered. Who takes a request out of
// it answers it, and nobody else can: that makes it exactly one answer.
type requests struct {
	mu    sync.Mutex // guards the rest
	byKey map[string]*request
}

// add is false when a request with this id is not answered yet.
func (t *requests) add(r *request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, taken := t.byKey[r.key]; taken {
		return false
	}
	if t.byKey == nil {
		t.byKey = map[string]*request{}
	}
	t.byKey[r.key] = r
	return true
}

// start marks r as being at work. It is false when r was answered while it
// waited for the lane.
func (t *requests) start(r *request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.started = true
	return t.byKey[r.key] == r
}

// take is true for the one who may answer r.
func (t *requests) take(r *request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byKey[r.key] != r {
		return false
	}
	delete(t.byKey, r.key)
	return true
}

// takeCancelled takes the request with this id, if it may be cancelled: the
// two that change the state of the session always run to their end.
func (t *requests) takeCancelled(key string) *request {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.byKey[key]
	if r == nil || r.Method == methodInitialize || r.Method == methodShutdown {
		return nil
	}
	delete(t.byKey, key)
	return r
}

// takeAll takes every request but except, or only those that were started.
func (t *requests) takeAll(onlyStarted bool, except *request) []*request {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []*request
	for key, r := range t.byKey {
		if r != except && (r.started || !onlyStarted) {
			all = append(all, r)
			delete(t.byKey, key)
		}
	}
	return all
}

// tally counts what runs.
type tally struct {
	mu   sync.Mutex // guards the rest
	n    int
	idle chan struct{} // nil unless somebody waits; closed at 0
}

// add is false when most run already.
func (t *tally) add(most int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n >= most {
		return false
	}
	t.n++
	return true
}

func (t *tally) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if t.n == 0 && t.idle != nil {
		close(t.idle)
		t.idle = nil
	}
}

// none is closed as soon as nothing runs.
func (t *tally) none() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle == nil {
		idle := make(chan struct{})
		if t.n == 0 {
			close(idle)
			return idle
		}
		t.idle = idle
	}
	return t.idle
}
