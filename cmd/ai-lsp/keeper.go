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

	mu     sync.Mutex
	opened []opening // the last one counts
}

// opening is a store, and the settings that it was opened with.
type opening struct {
	path  string
	disk  settings.Size
	store *store.Store
	cache *cache.Cache
}

var _ handlers.Cache = (*keeper)(nil)

// now is the store that the settings name. One that was opened with others
// stays open, since calls under way may still write to it.
func (k *keeper) now(ctx context.Context) opening {
	k.mu.Lock()
	defer k.mu.Unlock()
	set := k.live.Now()
	path := storePath(k.w, set.Store.URL)
	if n := len(k.opened); n > 0 && k.opened[n-1].path == path && k.opened[n-1].disk == set.Cache.Disk {
		return k.opened[n-1]
	}
	s := store.Open(context.WithoutCancel(ctx), store.Options{
		Path: path, MaxBytes: int64(set.Cache.Disk), Log: k.log,
	})
	k.opened = append(k.opened, opening{path, set.Cache.Disk, s, cache.New(s, int64(set.Cache.Memory), review.KindStanding)})
	return k.opened[len(k.opened)-1]
}

// storePath is the database file that an address names.
func storePath(w *world, url string) string {
	if path := strings.TrimPrefix(url, "sqlite:"); path != "" {
		return path
	}
	return filepath.Join(w.stateFolder(), "store.db")
}

// resized follows a change of the settings. What is not open needs none.
func (k *keeper) resized(_, now *settings.Settings) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if n := len(k.opened); n > 0 {
		k.opened[n-1].cache.Resize(int64(now.Cache.Memory))
	}
}

func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range k.opened {
		o.cache.Close()
		if err := o.store.Close(); err != nil {
			k.log("close the store: %v", err)
		}
	}
	k.opened = nil
}

// Note says what is wrong with the store, if it was opened.
func (k *keeper) Note() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if n := len(k.opened); n > 0 {
		return k.opened[n-1].store.Note()
	}
	return ""
}

// Find gives what is kept.
func (k *keeper) Find(ctx context.Context, kind string, keys []string) map[string][]byte {
	return k.now(ctx).cache.Find(ctx, kind, keys)
}

// Put keeps entries.
func (k *keeper) Put(ctx context.Context, kind string, ttl time.Duration, entries map[string][]byte) {
	k.now(ctx).cache.Put(ctx, kind, ttl, entries)
}

// Lease reserves keys.
func (k *keeper) Lease(ctx context.Context, keys []string) (mine []string, release func()) {
	return k.now(ctx).cache.Lease(ctx, keys)
}

// Await waits for what others have reserved.
func (k *keeper) Await(ctx context.Context, kind string, keys []string) map[string][]byte {
	return k.now(ctx).cache.Await(ctx, kind, keys)
}

// Clear forgets answers.
func (k *keeper) Clear(ctx context.Context) (int, error) { return k.now(ctx).cache.Clear(ctx) }
