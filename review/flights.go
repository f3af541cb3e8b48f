package review

import (
	"context"
	"sync"
)

// flights are the pieces that reviews of this process are asking about, so that
// two reviews of the same code pay once.
type flights struct {
	mu  sync.Mutex
	air map[string]chan struct{} // by key; closed on landing
}

// claim takes the pieces that nobody asks about. The others land when others
// say so. release must be called.
func (f *flights) claim(pieces []piece) (mine, theirs []piece, others []chan struct{}, release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.air == nil {
		f.air = map[string]chan struct{}{}
	}
	landed := make(chan struct{})
	own := map[string]bool{}
	for _, p := range pieces {
		if other, flies := f.air[p.key]; flies && !own[p.key] {
			theirs, others = append(theirs, p), append(others, other)
			continue
		}
		f.air[p.key] = landed
		own[p.key] = true
		mine = append(mine, p)
	}
	return mine, theirs, others, sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		for key := range own {
			delete(f.air, key)
		}
		close(landed)
	})
}

// land waits until others are through, or ctx ends.
func land(ctx context.Context, others []chan struct{}) {
	for _, other := range others {
		select {
		case <-other:
		case <-ctx.Done():
			return
		}
	}
}
