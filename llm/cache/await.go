package cache

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Pauses between two looks at what others are doing: the second time comes
// soon, since answers often do.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 250 * time.Millisecond
)

// Await waits until whoever holds leases on some keys, in this process or
// another, has put the answers or given up, and gives what is there then. It
// never waits longer than its context, and must not be asked for keys whose
// lease the caller holds.
func (c *Cache) Await(ctx context.Context, kind string, keys []string) map[string][]byte {
	found := map[string][]byte{}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		// Who holds a lease is asked first: what was put before a lease was
		// given up is then seen.
		busy := c.busy(ctx, keys)
		maps.Copy(found, c.Find(ctx, kind, keys))
		keys = slices.DeleteFunc(busy, func(key string) bool { return found[key] != nil })
		if len(keys) == 0 || !wait(ctx, pause) {
			return found
		}
	}
}

// busy gives those keys that somebody asks about.
func (c *Cache) busy(ctx context.Context, keys []string) []string {
	busy := c.leases.among(keys)
	held, err := c.store.Held(ctx, without(keys, busy))
	c.report("look for leases", err)
	return append(busy, held...)
}

// wait is false when the context ended first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
