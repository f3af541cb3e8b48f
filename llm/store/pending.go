package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// pending is what lives in memory because it could not be written to the file:
// entries, leases, and the names of what was deleted. Without any file, it is
// the store.
type pending struct {
	max int64 // bound of what expires, in bytes

	mu   sync.Mutex
	db   *database // guarded by mu; nil: nothing was written yet
	gone gone      // guarded by mu
	shut bool      // guarded by mu
}

// gone names what was deleted and may still be in the file. What was put after
// that is in memory and stands over it.
type gone struct {
	keys  map[string]map[string]bool // kind to keys
	kinds map[string]bool            // whole kinds; see everyExpiring
}

func (g *gone) add(kind string, keys []string) {
	if g.keys == nil {
		g.keys = map[string]map[string]bool{}
	}
	if g.keys[kind] == nil {
		g.keys[kind] = map[string]bool{}
	}
	for _, key := range keys {
		g.keys[kind][key] = true
	}
}

func (g *gone) addAll(kind string) {
	if g.kinds == nil {
		g.kinds = map[string]bool{}
	}
	g.kinds[kind] = true
}

func (g *gone) isEmpty() bool { return len(g.keys)+len(g.kinds) == 0 }

// covers reports whether an entry of the file was deleted.
func (g *gone) covers(kind string, e Entry) bool {
	return g.keys[kind][e.Key] || g.kinds[kind] || g.kinds[everyExpiring] && !e.Expires.IsZero()
}

func (g *gone) clone() gone {
	copied := gone{kinds: maps.Clone(g.kinds)}
	for kind, keys := range g.keys {
		copied.add(kind, slices.Collect(maps.Keys(keys)))
	}
	return copied
}

// read asks the memory, if there is any, and tells what was deleted.
func (p *pending) read(ask func(*database) error) (gone, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		return gone{}, errClosed
	}
	if p.db != nil {
		if err := ask(p.db); err != nil {
			return gone{}, err
		}
	}
	if p.gone.isEmpty() {
		return gone{}, nil
	}
	return p.gone.clone(), nil
}

// visit calls f on the memory, if there is any.
func (p *pending) visit(f func(*database) error) error {
	_, err := p.read(f)
	return err
}

// write changes the memory. What it deletes is noted by hide; nil: nothing.
func (p *pending) write(ctx context.Context, change func(*database) error, hide func(*gone)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		return errClosed
	}
	if p.db == nil {
		db, err := openMemory(ctx)
		if err != nil {
			return err
		}
		p.db = db
	}
	if err := change(p.db); err != nil {
		return err
	}
	if hide != nil {
		hide(&p.gone)
	}
	return nil
}

func openMemory(ctx context.Context) (*database, error) {
	l, err := dial(ctx, "", accessMemory, 0)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, l, migrations); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return &database{in: l, out: l}, nil
}

// isEmpty reports whether there is nothing that the file does not have.
func (p *pending) isEmpty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.db == nil && p.gone.isEmpty()
}

// drain moves everything to the file, in one transaction. Leases stay behind:
// who still needs one extends it there.
func (p *pending) drain(ctx context.Context, to *database, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut || p.db == nil && p.gone.isEmpty() {
		return nil
	}
	var entries []Entry
	if p.db != nil {
		var err error
		if entries, err = p.db.entries(ctx, now, "SELECT "+rowColumns+" FROM entry"); err != nil {
			return fmt.Errorf("read from memory: %w", err)
		}
	}
	err := to.out.transact(ctx, func() error { return to.takeOver(ctx, p.gone, entries, now) })
	if err != nil {
		return fmt.Errorf("write what waited: %w", err)
	}
	p.gone = gone{}
	if p.db != nil {
		err = p.db.close()
		p.db = nil
	}
	return err
}

// takeOver deletes what is gone and puts the rest, within a transaction.
func (d *database) takeOver(ctx context.Context, g gone, entries []Entry, now time.Time) error {
	kinds := kindsOf(entries)
	for kind := range g.kinds {
		kinds = append(kinds, kind)
		if _, err := d.out.exec(ctx, "DELETE FROM entry WHERE kind = ?1 OR ?1 = '' AND expires > 0", kind); err != nil {
			return err
		}
	}
	for kind, keys := range g.keys {
		kinds = append(kinds, kind)
		names := list(slices.Collect(maps.Keys(keys)))
		if _, err := d.out.exec(ctx, "DELETE FROM entry WHERE kind = ? AND key IN (SELECT value FROM json_each(?))", kind, names); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if err := d.putOne(ctx, memoryMaxBytes*largestShare, e, now); err != nil { // it was found small enough before
			return err
		}
	}
	return d.riseAll(ctx, kinds, now)
}

func (p *pending) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
	if p.db == nil {
		return nil
	}
	err := p.db.close()
	p.db = nil
	return err
}
