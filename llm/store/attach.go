package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// besides are the endings of the files that SQLite keeps beside its own, and
// everyFile also has none, for the file itself, last: until it is gone, the
// others belong to it.
var (
	besides   = []string{"-wal", "-shm", "-journal"}
	everyFile = []string{"-wal", "-shm", "-journal", ""}
)

// errDamaged is a database that SQLite can read and we can not.
var errDamaged = errors.New("the database is damaged")

// checkedAtOnce is how large a file may be to be checked whole while it is
// opened: it takes about a millisecond. A larger one is checked beside the
// work, once a day. Each entry is checked when it is read, in any case.
const checkedAtOnce = 1 << 20

// connect makes the connection for writing, unless the file is not ours to use.
func (s *Store) connect(ctx context.Context) (*link, state, error) {
	out, err := dial(ctx, s.path, accessWrite, s.env.patience)
	if err != nil {
		return nil, 0, err
	}
	found, err := examine(ctx, out, len(s.env.schema))
	if err == nil {
		err = s.refuse(found)
	}
	if err != nil {
		return nil, 0, errors.Join(err, out.close())
	}
	return out, found, nil
}

// refuse leaves alone what is not ours or not of our time.
func (s *Store) refuse(found state) error {
	switch found {
	case stateForeign:
		return &refusal{pause: refusedPause, note: s.path + " belongs to another program and is left alone; results are kept in memory. Name another path for the store."}
	case stateNewer:
		return &refusal{pause: refusedPause, note: "The store " + s.path + " was made by a newer ai-lsp; results are kept in memory. Update ai-lsp, or remove the file."}
	case stateReady, stateFresh, stateOlder:
	}
	return nil
}

// attach makes a database of the connection for writing. It takes it over.
func (s *Store) attach(ctx context.Context, out *link) (*database, error) {
	s.narrow()
	in, err := dial(ctx, s.path, accessRead, s.env.patience)
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	d := &database{path: s.path, in: in, out: out}
	if d.info, err = os.Stat(s.path); err == nil {
		err = d.check(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// narrow takes the rights of others away from files that have them.
func (s *Store) narrow() {
	for _, suffix := range []string{"", ".lock", "-wal", "-shm", "-journal"} {
		info, err := os.Stat(s.path + suffix)
		if err != nil || info.Mode().Perm()&^fileMode == 0 {
			continue
		}
		if err := os.Chmod(s.path+suffix, info.Mode().Perm()&fileMode); err != nil {
			s.log("store: narrow the rights of a file: %v", err)
		}
	}
}

// openReadOnly opens a file that can not be written.
func (s *Store) openReadOnly(ctx context.Context, exists bool) (*database, string, error) {
	if !exists {
		return nil, "", &refusal{pause: readOnlyPause, note: "No store can be made at " + s.path + ", where writing is not allowed; results are kept in memory. Make the folder writable."}
	}
	var errs []error
	for _, how := range []access{accessRead, accessImmutable} {
		d, err := s.readOnly(ctx, how)
		if err == nil {
			return d, noteReadOnly(s.path), nil
		}
		errs = append(errs, err)
	}
	err := errors.Join(errs...)
	if r, ok := errors.AsType[*refusal](err); ok {
		return nil, "", r
	}
	return nil, "", &refusal{pause: readOnlyPause, err: err, note: "The store " + s.path + " can be neither written nor read; results are kept in memory. Make it and its folder writable."}
}

func (s *Store) readOnly(ctx context.Context, how access) (*database, error) {
	in, err := dial(ctx, s.path, how, s.env.patience)
	if err != nil {
		return nil, err
	}
	d := &database{path: s.path, in: in, readOnly: true}
	found, err := examine(ctx, in, len(s.env.schema))
	if err == nil {
		err = s.refuse(found)
	}
	if err == nil && found != stateReady {
		err = errors.New("an older version can not be migrated")
	}
	if err == nil {
		d.info, err = os.Stat(s.path)
	}
	if err == nil {
		err = d.check(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// journalMode asks for the mode, and sets it first if told to.
func journalMode(ctx context.Context, l *link, set string) (mode string, err error) {
	err = l.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&mode) }, "PRAGMA journal_mode"+set)
	return mode, err
}

// checkShape finds out whether our tables are there. It also is the first read
// of each connection in this mode, which opens the files beside the database:
// their names must not be looked up later, when they may have moved.
func checkShape(ctx context.Context, l *link) error {
	skip := func(*sql.Rows) error { return nil }
	for _, query := range []string{
		"SELECT " + rowColumns + " FROM entry LIMIT 0",
		"SELECT key, owner, pid, host, start, until, span FROM lease LIMIT 0",
		"SELECT name, n FROM counter WHERE name = 'weight'",
	} {
		if err := l.each(ctx, skip, query); err != nil {
			if faultOf(err) == faultNone {
				err = fmt.Errorf("%w: %w", errDamaged, err)
			}
			return err
		}
	}
	return nil
}

// check finds damage, as far as that is quick.
func (d *database) check(ctx context.Context) error {
	if d.out != nil {
		if err := checkShape(ctx, d.out); err != nil {
			return err
		}
	}
	if err := checkShape(ctx, d.in); err != nil || d.info.Size() > checkedAtOnce {
		return err
	}
	return checkPages(ctx, d.in)
}

// checkPages reads the whole database.
func checkPages(ctx context.Context, l *link) error {
	verdict := ""
	err := l.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&verdict) }, "PRAGMA quick_check(1)")
	if err == nil && verdict != "ok" {
		err = errDamaged
	}
	return err
}

// shut closes a file, while nobody moves it.
func (s *Store) shut(ctx context.Context, d *database) error {
	if !d.readOnly {
		if unlock, err := s.lock(ctx, false); err == nil {
			defer unlock()
		}
	}
	return d.close()
}
