package review

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// write keeps what was dismissed in this session where it belongs, unless that
// was done, or it was restored, while the turn was waited for.
func (d *Dismissals) write(ctx context.Context, mine ownDismissal) error {
	if !d.isUnwritten(mine.ID) {
		return nil
	}
	if t := d.teamOf(mine.folder); t != nil {
		switch err := t.add(mine.Dismissal); {
		case err == nil:
			d.note(d.readTeam(t))
			d.wrote(mine, false)
			return nil
		case !errors.Is(err, fs.ErrNotExist):
			d.note(fmt.Sprintf("%s can not be written (%v): what you dismiss is kept for you alone.", t.name(), err))
		}
	}
	if err := d.store.Put(ctx, mine.Dismissal); err != nil {
		return fmt.Errorf("keep the dismissal: %w", err)
	}
	d.wrote(mine, true)
	return nil
}

// wrote remembers that a dismissal needs no writing any more. It stays among
// our own until it has been read back.
func (d *Dismissals) wrote(mine ownDismissal, inStore bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	mine.written, mine.inStore = true, inStore
	d.own[mine.ID] = mine
	if !inStore && slices.ContainsFunc(d.teams, func(t *teamFile) bool { return t.has(mine.ID) }) {
		delete(d.own, mine.ID)
	}
}

// Refresh reads what other windows and the team's files have brought, and
// writes what could not be written before. It tells whether other findings are
// dismissed than before, but for what was hidden and restored here. What can not be read stays as it was.
func (d *Dismissals) Refresh(ctx context.Context) (changed bool, err error) {
	err = d.inTurn(ctx, func() error { return d.refresh(ctx) })
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.ids()
	changed = !maps.Equal(d.reported, now)
	d.reported = now
	return changed, err
}

// refresh needs the turn.
func (d *Dismissals) refresh(ctx context.Context) error {
	d.mu.RLock()
	teams := d.teams
	d.mu.RUnlock()
	for _, t := range teams {
		d.note(d.readTeam(t))
	}
	for _, mine := range d.unwritten() {
		if err := d.write(ctx, mine); err != nil {
			return err
		}
	}
	return d.readStore(ctx)
}

func (d *Dismissals) isUnwritten(id string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	mine, own := d.own[id]
	return own && !mine.written
}

func (d *Dismissals) unwritten() []ownDismissal {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var all []ownDismissal
	for _, mine := range d.own {
		if !mine.written {
			all = append(all, mine)
		}
	}
	return all
}

// readStore reads the store if it has changed. It needs the turn, so that what
// was written is among what is read.
func (d *Dismissals) readStore(ctx context.Context) error {
	generation, err := d.store.Generation(ctx)
	if err == nil && generation == d.generation {
		return nil
	}
	var list []Dismissal
	if err == nil {
		list, err = d.store.List(ctx)
	}
	if err != nil {
		return fmt.Errorf("read the dismissals: %w", err)
	}
	var kept dismissedSet
	for _, one := range list {
		if one, sound := one.made(); sound {
			kept.add(one)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.generation, d.kept = generation, kept
	maps.DeleteFunc(d.own, func(_ string, mine ownDismissal) bool { return mine.inStore })
	return nil
}

// readTeam reads a team's file if it has changed. It gives what there is to say
// of it. It needs the turn.
func (d *Dismissals) readTeam(t *teamFile) (note string) {
	now, note, changed := t.read()
	if changed {
		d.mu.Lock()
		defer d.mu.Unlock()
		t.now = now
	}
	return note
}

// Restore shows again what was dismissed under an id, wherever it is kept. It is
// false when there is no such dismissal.
func (d *Dismissals) Restore(ctx context.Context, id string) (restored bool, err error) {
	err = d.inTurn(ctx, func() error {
		unread := d.refresh(ctx) // another window may have just dismissed it
		restored, err = d.restore(ctx, id)
		if err == nil && !restored {
			err = unread
		}
		return err
	})
	return restored, err
}

// restore needs the turn.
func (d *Dismissals) restore(ctx context.Context, id string) (restored bool, err error) {
	d.mu.RLock()
	teams, who := d.teams, d.who
	_, kept := d.kept.byID[id]
	mine, own := d.own[id]
	d.mu.RUnlock()
	for _, t := range teams {
		if !t.has(id) {
			continue
		}
		if err := t.restore(id, who); err != nil {
			return false, fmt.Errorf("restore it in %s: %w", t.name(), err)
		}
		d.note(d.readTeam(t))
		restored = true
	}
	if kept || mine.inStore {
		if err := d.store.Delete(ctx, id); err != nil {
			return false, fmt.Errorf("restore it: %w", err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.own, id)
	delete(d.reported, id)
	d.kept = d.kept.without(id)
	return restored || kept || own, nil
}

func (d *Dismissals) teamOf(folder string) *teamFile {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if at := slices.IndexFunc(d.teams, func(t *teamFile) bool { return t.folder == folder }); at >= 0 {
		return d.teams[at]
	}
	return nil
}

// inTurn does work that reads or writes, one at a time.
func (d *Dismissals) inTurn(ctx context.Context, work func() error) error {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.turn }()
	return work()
}
