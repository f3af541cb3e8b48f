package cache

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// writeLimit is how long the store may take to keep an answer or to give a
// lease up after its caller has gone.
const writeLimit = 5 * time.Second

// Cache answers from memory first, then from the store. It is safe for
// concurrent use. Kinds and keys are those of [store.Entry].
type Cache struct {
	store  *store.Store
	memory memory

	leases  leases
	cleared clearing
}

// New makes a cache in front of a store, which stays the caller's to close,
// after the cache. The memory tier takes about memoryBytes; 0: there is none. It
// leaves out entries of the volatile kinds: other processes change those, and
// nothing here would notice.
func New(s *store.Store, memoryBytes int64, volatile ...string) *Cache {
	c := &Cache{store: s, memory: memory{volatile: volatile}, leases: leases{held: map[string]bool{}, stop: make(chan struct{})}}
	c.Resize(memoryBytes)
	return c
}

// Find gives the values that are there of some keys. They are the caller's.
func (c *Cache) Find(ctx context.Context, kind string, keys []string) map[string][]byte {
	c.forgetCleared(ctx)
	found := make(map[string][]byte, len(keys))
	now := c.store.Now()
	var missing []string
	for _, key := range keys {
		if value, ok := c.memory.find(kind, key, now); ok {
			found[key] = value
		} else {
			missing = append(missing, key)
		}
	}
	if len(missing) == 0 {
		return found
	}
	since := c.memory.age()
	entries, err := c.store.Lookup(ctx, kind, missing)
	c.report("read", err)
	for _, e := range entries {
		found[e.Key] = e.Value
		c.memory.keep(e, now, since)
	}
	return found
}

// Put keeps entries for ttl; with a ttl of 0 or less they are not kept. It
// goes on when the context ends: what was paid for is worth keeping for the
// next one who asks.
func (c *Cache) Put(ctx context.Context, kind string, ttl time.Duration, entries map[string][]byte) {
	if ttl <= 0 || len(entries) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	c.forgetCleared(ctx)
	now := c.store.Now()
	batch := make([]store.Entry, 0, len(entries))
	for key, value := range maps.All(entries) {
		batch = append(batch, store.Entry{Kind: kind, Key: key, Value: value, Expires: now.Add(ttl)})
	}
	if err := c.store.Put(ctx, batch...); err != nil {
		c.report("write", err)
		return
	}
	c.memory.replace(batch, now)
}

// Clear forgets all entries that expire, in memory and in the store, and says
// how many the store had. What is kept for ever stays. Unlike with the other
// methods the error is the caller's: a person waits for it.
func (c *Cache) Clear(ctx context.Context) (int, error) {
	n, err := c.store.Clear(ctx)
	c.memory.forget()
	return n, err
}

// Resize changes how much memory the cache may take, in bytes; 0 switches the
// memory tier off. It begins empty and is filled from the store.
func (c *Cache) Resize(memoryBytes int64) {
	if err := c.memory.resize(memoryBytes); err != nil {
		c.report("make the memory tier", err)
	}
}

// Close gives all leases up and lets the memory go. The store stays open.
func (c *Cache) Close() {
	c.leases.close()
	c.memory.close()
}

// report logs an error, unless it only says that who asked has gone.
func (c *Cache) report(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		c.store.Logf("cache: %s: %v", what, err)
	}
}

// clearing is how a cache learns that another process has cleared the store.
type clearing struct {
	mu         sync.Mutex
	lookedAt   time.Time // guarded by mu
	known      bool      // guarded by mu; whether generation was ever read
	generation int64     // guarded by mu
}

// clearPause is how often that is looked up.
const clearPause = time.Second

// forgetCleared empties the memory when the store was cleared, by whomever:
// "clear the cache" means every window.
func (c *Cache) forgetCleared(ctx context.Context) {
	if !c.memory.isOn() || !c.cleared.mu.TryLock() {
		return
	}
	defer c.cleared.mu.Unlock()
	now := time.Now() // the pause is real, whatever the store's clock says
	if now.Sub(c.cleared.lookedAt) < clearPause {
		return
	}
	c.cleared.lookedAt = now
	generation, err := c.store.Generation(ctx, "")
	if err != nil {
		return
	}
	if c.cleared.known && c.cleared.generation != generation {
		c.memory.forget()
	}
	c.cleared.known, c.cleared.generation = true, generation
}
