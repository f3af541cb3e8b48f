package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// longest is how many bytes a kind or a key may have.
const longest = 1024

// Find gives the values of those keys that are there, unexpired and
// undamaged. Keys that cannot be kept are never there. The error is that of
// the context, or [Store.Close] was called.
func (s *Store) Find(ctx context.Context, kind string, keys []string) (map[string][]byte, error) {
	entries, err := s.Lookup(ctx, kind, keys)
	found := make(map[string][]byte, len(entries))
	for _, e := range entries {
		found[e.Key] = e.Value
	}
	return found, err
}

// Lookup is Find with all that is known of each entry, in no order.
func (s *Store) Lookup(ctx context.Context, kind string, keys []string) ([]Entry, error) {
	return s.gather(ctx, kind, func(ctx context.Context, d *database) ([]Entry, error) {
		return d.find(ctx, kind, keys, s.now())
	})
}

// List gives all entries of a kind that are unexpired and undamaged, by key.
// Errors are those of Find.
func (s *Store) List(ctx context.Context, kind string) ([]Entry, error) {
	entries, err := s.gather(ctx, kind, func(ctx context.Context, d *database) ([]Entry, error) {
		return d.list(ctx, kind, s.now())
	})
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return entries, err
}

// gather asks memory and file. Memory comes first, and not only because what
// is there is newer: what moves to the file in between is seen in one of them.
func (s *Store) gather(ctx context.Context, kind string, ask func(context.Context, *database) ([]Entry, error)) ([]Entry, error) {
	found := map[string]Entry{}
	var waiting []Entry
	hidden, err := s.pending.read(func(d *database) (err error) {
		waiting, err = ask(ctx, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read from memory: %w", err)
	}
	var kept []Entry
	_, err = s.read(ctx, func(ctx context.Context, d *database) (err error) {
		kept, err = ask(ctx, d)
		return err
	})
	for _, e := range kept {
		if !hidden.covers(kind, e) {
			found[e.Key] = e
		}
	}
	for _, e := range waiting {
		found[e.Key] = e
	}
	return slices.Collect(maps.Values(found)), err
}

// Put keeps entries, all or none of them, over what their keys held before. A
// value that is too large is not kept, and neither is what its key held
// before. The error is that of the context or of a kind or key that cannot be
// kept, or Close was called.
func (s *Store) Put(ctx context.Context, entries ...Entry) error {
	for _, e := range entries {
		if err := e.check(); err != nil {
			return err
		}
	}
	if len(entries) == 0 {
		return ctx.Err()
	}
	return s.change(ctx, "put entries", func(ctx context.Context, d *database) error {
		return d.put(ctx, s.bound(d), entries, s.now())
	}, nil)
}

// Delete removes entries; those that are not there are no error. Errors are
// those of Put.
func (s *Store) Delete(ctx context.Context, kind string, keys ...string) error {
	return s.change(ctx, "delete entries", func(ctx context.Context, d *database) error {
		return d.remove(ctx, kind, keys, s.now())
	}, func(g *gone) { g.add(kind, keys) })
}

// Clear removes all entries of some kinds and says how many they were. With no
// kind named it removes every entry that expires, and none that is kept.
// Errors are those of Put.
func (s *Store) Clear(ctx context.Context, kinds ...string) (n int, err error) {
	if len(kinds) == 0 {
		kinds = []string{everyExpiring}
	}
	for _, kind := range kinds {
		cleared := 0
		err := s.change(ctx, "clear", func(ctx context.Context, d *database) (err error) {
			cleared, err = d.clear(ctx, kind, s.now())
			return err
		}, func(g *gone) { g.addAll(kind) })
		n += cleared
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// bound is how much a database may hold.
func (s *Store) bound(d *database) int64 {
	if d.inMemory() {
		return s.pending.max
	}
	return s.max
}

// check refuses what could not be found again: text goes through JSON and
// SQLite on its way to an index.
func (e Entry) check() error {
	for what, text := range map[string]string{"kind": e.Kind, "key": e.Key} {
		if text == "" || len(text) > longest || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return fmt.Errorf("the %s of an entry must be 1 to %d bytes of text", what, longest)
		}
	}
	return nil
}
