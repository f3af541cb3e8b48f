package cache

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dgraph-io/ristretto/v2"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// Sizes of the memory tier. A counter takes three bytes, and ten for each
// entry make good guesses of what is worth keeping.
const (
	usualEntry  = 4 << 10
	mostCounter = 1 << 17
	fewCounter  = 1 << 10
)

// memory is the tier in memory. Its zero value is switched off.
type memory struct {
	volatile []string // kinds that are left out

	mu    sync.RWMutex
	tier  *ristretto.Cache[string, item] // guarded by mu; nil: off
	epoch uint64                         // guarded by mu; rises when all is forgotten
}

// item carries its own key: the tier finds it by a hash.
type item struct {
	name    string
	value   []byte
	expires time.Time
}

// nameOf is what an entry is called in the tier. No kind holds a zero byte.
func nameOf(kind, key string) string { return kind + "\x00" + key }

func (m *memory) isOn() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.tier != nil
}

func (m *memory) find(kind, key string, now time.Time) ([]byte, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.tier == nil {
		return nil, false
	}
	name := nameOf(kind, key)
	found, ok := m.tier.Get(name)
	if !ok || found.name != name || !now.Before(found.expires) {
		return nil, false
	}
	return bytes.Clone(found.value), true
}

// age is to be asked before the store is, and handed to keep.
func (m *memory) age() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.epoch
}

// keep takes a copy of an entry of the store, unless all was forgotten since
// the store was asked. What never expires stays out: other processes change
// it, and nothing here would notice.
func (m *memory) keep(e store.Entry, now time.Time, since uint64) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	left := e.Expires.Sub(now)
	if m.tier == nil || m.epoch != since || e.Expires.IsZero() || left <= 0 || slices.Contains(m.volatile, e.Kind) {
		return
	}
	name := nameOf(e.Kind, e.Key)
	kept := item{name: name, value: bytes.Clone(e.Value), expires: e.Expires}
	m.tier.SetWithTTL(name, kept, int64(len(name)+len(kept.value)), left)
}

// replace takes entries that may stand there already in another form. The tier
// takes things in when it has time, and may leave them: nothing old may be
// found meanwhile, nor afterwards.
//
// What was read from the store before is not taken in any more.
func (m *memory) replace(entries []store.Entry, now time.Time) {
	m.mu.Lock()
	m.epoch++
	since := m.epoch
	m.mu.Unlock()
	for _, e := range entries {
		m.keep(e, now, since)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.tier == nil {
		return
	}
	m.tier.Wait()
	for _, e := range entries {
		name := nameOf(e.Kind, e.Key)
		if found, ok := m.tier.Get(name); ok && !bytes.Equal(found.value, e.Value) {
			m.tier.Del(name)
		}
	}
	m.tier.Wait()
}

// forget drops everything.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.epoch++
	if m.tier != nil {
		m.tier.Clear()
	}
}

// resize begins anew with another size.
func (m *memory) resize(size int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tier != nil {
		m.tier.Close()
		m.tier = nil
	}
	if size <= 0 {
		return nil
	}
	tier, err := ristretto.NewCache(&ristretto.Config[string, item]{
		NumCounters: min(max(10*size/usualEntry, fewCounter), mostCounter),
		MaxCost:     size,
		BufferItems: 64,
	})
	if err != nil {
		return fmt.Errorf("make the memory tier: %w", err)
	}
	m.tier = tier
	return nil
}

func (m *memory) close() {
	_ = m.resize(0) // switching off does not fail
}
