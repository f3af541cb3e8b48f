package cache

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Times of leases.
const (
	leaseSpan   = 30 * time.Second // how long others wait for a process that hangs
	leaseExtend = leaseSpan / 3
)

// leases are those that this process holds or is about to take.
type leases struct {
	mu     sync.Mutex
	held   map[string]bool // guarded by mu
	closed bool            // guarded by mu
	stop   chan struct{}   // closed by close
	work   sync.WaitGroup  // of what extends leases
}

// Lease takes the right to ask about some keys. It gives those that nobody
// else asks about, in this process or another, each once. They stay ours until
// release is called, which must be done, after the answers were put; it
// returns when others can take them. Where the store fails, what is free in
// this process is ours.
func (c *Cache) Lease(ctx context.Context, keys []string) (mine []string, release func()) {
	wanted, open := c.leases.claim(keys)
	if !open {
		return keys, func() {} // nobody is left to wait for
	}
	if len(wanted) == 0 {
		return nil, func() {}
	}
	mine, err := c.store.Lease(ctx, wanted, leaseSpan)
	if err != nil {
		c.report("lease", err)
		mine = wanted // asking twice costs less than asking never
	}
	c.leases.drop(without(wanted, mine))
	if len(mine) == 0 {
		c.leases.work.Done()
		return nil, func() {}
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer c.leases.work.Done()
		defer close(done)
		c.extend(life, mine)
		c.giveUp(context.WithoutCancel(life), mine)
	}()
	return mine, func() { end(); <-done }
}

// extend keeps leases until their life ends.
func (c *Cache) extend(life context.Context, keys []string) {
	tick := time.NewTicker(leaseExtend)
	defer tick.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-c.leases.stop:
			return
		case <-tick.C:
			_, err := c.store.Lease(life, keys, leaseSpan)
			c.report("extend leases", err)
		}
	}
}

func (c *Cache) giveUp(ctx context.Context, keys []string) {
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	c.report("release leases", c.store.Release(ctx, keys...))
	c.leases.drop(keys)
}

// claim takes those keys that nobody in this process has. Where there are
// any, close waits until work is done.
func (l *leases) claim(keys []string) (mine []string, open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	for _, key := range keys {
		if !l.held[key] {
			l.held[key] = true
			mine = append(mine, key)
		}
	}
	if len(mine) > 0 {
		l.work.Add(1)
	}
	return mine, true
}

func (l *leases) drop(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		delete(l.held, key)
	}
}

// among gives those keys that somebody in this process has.
func (l *leases) among(keys []string) (held []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if l.held[key] {
			held = append(held, key)
		}
	}
	return held
}

// close gives everything up and waits for it.
func (l *leases) close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.stop)
	}
	l.mu.Unlock()
	l.work.Wait()
}

// without gives those of all that are not among some.
func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(key string) bool { return slices.Contains(some, key) })
}
