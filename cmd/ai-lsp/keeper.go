package main

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ai-lsp/ai-lsp/handlers"
	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/llm/cache"
	"github.com/ai-lsp/ai-lsp/llm/store"
	"github.com/ai-lsp/ai-lsp/review"
)

// keeper is what outlives a session: the store that the settings of now name,
// and the memory before it. It is opened when it is first asked for, which is
// never on the lane.
type keeper struct {
	w    *world
	live *settings.Live
	log  func(format string, args ...any)

	opening sync.Mutex // held while a store is opened, which may take long

	mu     sync.Mutex // never held while anything waits
	opened []*opening
	now    *opening
	closed bool
}

// opening is a store, and the settings that it was opened with.
type opening struct {
	path  string
	disk  settings.Size
	store *store.Store
	cache *cache.Cache
}

var _ handlers.Cache = (*keeper)(nil)

// open is the store that the settings name. One that was opened with others
// stays open, since calls under way may still write to it.
func (k *keeper) open(ctx context.Context) *opening {
	set := k.live.Now()
	path := storePath(k.w, set.Store.URL)
	if found := k.find(path, set.Cache.Disk); found != nil {
		return found
	}
	k.opening.Lock()
	defer k.opening.Unlock()
	if found := k.find(path, set.Cache.Disk); found != nil {
		return found
	}
	k.mu.Lock()
	if k.closed {
		path = "" // nobody would close it
	}
	k.mu.Unlock()
	s := store.Open(context.WithoutCancel(ctx), store.Options{Path: path, MaxBytes: int64(set.Cache.Disk), Log: k.log})
	fresh := &opening{path, set.Cache.Disk, s, cache.New(s, int64(set.Cache.Memory), review.KindStanding)}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opened, k.now = append(k.opened, fresh), fresh
	return fresh
}

// find is a store that is open already.
func (k *keeper) find(path string, disk settings.Size) *opening {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range k.opened {
		if o.path == path && o.disk == disk || k.closed {
			k.now = o
			return o
		}
	}
	return nil
}

// storePath is the database file that an address names.
func storePath(w *world, url string) string {
	if path := strings.TrimPrefix(url, "sqlite:"); path != "" {
		return path
	}
	return filepath.Join(w.stateFolder(), "store.db")
}

// resized follows a change of the settings. What is not open needs none.
func (k *keeper) resized(before, now *settings.Settings) {
	if before.Cache.Memory == now.Cache.Memory {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range k.opened {
		o.cache.Resize(int64(now.Cache.Memory))
	}
}

func (k *keeper) close() {
	k.opening.Lock()
	defer k.opening.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	for _, o := range k.opened {
		o.cache.Close()
		if err := o.store.Close(); err != nil {
			k.log("close the store: %v", err)
		}
	}
}

// Note says what is wrong with the store, if one was opened.
func (k *keeper) Note() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now == nil {
		return ""
	}
	return k.now.store.Note()
}

// Find gives what is kept.
func (k *keeper) Find(ctx context.Context, kind string, keys []string) map[string][]byte {
	return k.open(ctx).cache.Find(ctx, kind, keys)
}

// Put keeps entries.
func (k *keeper) Put(ctx context.Context, kind string, ttl time.Duration, entries map[string][]byte) {
	k.open(ctx).cache.Put(ctx, kind, ttl, entries)
}

// Lease reserves keys.
func (k *keeper) Lease(ctx context.Context, keys []string) (mine []string, release func()) {
	return k.open(ctx).cache.Lease(ctx, keys)
}

// Await waits for what others have reserved.
func (k *keeper) Await(ctx context.Context, kind string, keys []string) map[string][]byte {
	return k.open(ctx).cache.Await(ctx, kind, keys)
}

// Clear forgets answers.
func (k *keeper) Clear(ctx context.Context) (int, error) { return k.open(ctx).cache.Clear(ctx) }
