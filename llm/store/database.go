package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// database is one SQLite database with our tables, in a file or in memory. Who
// uses it sees to it that one call reads and one call writes at a time; in
// memory, one call in all.
type database struct {
	path     string      // empty: in memory
	info     os.FileInfo // which file the path named when it was opened
	readOnly bool

	in  *link // reads
	out *link // writes; in memory the same, read-only nil

	chores  chores
	sweepAt time.Time // when what has expired is swept again
	roomAt  moment    // when room was last made on a full disk
}

// isOutgrown says that a newer version of the program has changed the schema
// since the file was opened. What is written by the old one would mean something
// else now.
func (d *database) isOutgrown(ctx context.Context, latest int) bool {
	version, err := d.out.number(ctx, "PRAGMA user_version")
	return err == nil && version > int64(latest)
}

func (d *database) inMemory() bool { return d.path == "" }

// moved reports whether the path names another file by now, or none.
func (d *database) moved() bool {
	if d.inMemory() {
		return false
	}
	info, err := os.Stat(d.path)
	return err != nil || !os.SameFile(info, d.info)
}

func (d *database) close() error {
	err := d.in.close()
	if d.out != nil && d.out != d.in {
		err = errors.Join(d.out.close(), err)
	}
	return err
}

// row is an entry as it lies in the table.
type row struct {
	Entry
	id      int64
	written int64 // microseconds since 1970
	used    int64 // seconds since 1970
	sum     []byte
}

const rowColumns = "id, kind, key, expires, written, used, sum, value"

func scanRow(rows *sql.Rows) (row, error) {
	var r row
	var expires int64
	err := rows.Scan(&r.id, &r.Kind, &r.Key, &expires, &r.written, &r.used, &r.sum, &r.Value)
	if expires != 0 {
		r.Expires = time.UnixMicro(expires)
	}
	return r, err
}

// deadline is how Expires lies in the table; 0 is never.
func (e Entry) deadline() int64 {
	if e.Expires.IsZero() {
		return 0
	}
	return max(1, e.Expires.UnixMicro())
}

// checksum covers everything that makes an entry's meaning. It finds damage;
// against malice the file has its mode.
func (r row) checksum() []byte {
	h := sha256.New()
	var head [32]byte
	binary.BigEndian.PutUint64(head[:], uint64(len(r.Kind)))
	binary.BigEndian.PutUint64(head[8:], uint64(len(r.Key)))
	binary.BigEndian.PutUint64(head[16:], uint64(r.deadline()))
	binary.BigEndian.PutUint64(head[24:], uint64(r.written))
	h.Write(head[:])
	h.Write([]byte(r.Kind))
	h.Write([]byte(r.Key))
	h.Write(r.Value)
	return h.Sum(nil)[:16]
}

func (r row) isWhole() bool { return string(r.sum) == string(r.checksum()) }

// futureSlack is how far ahead of the clock an entry that expires may have
// been written. One from further ahead was written by a clock that was wrong,
// so that its deadline is as well.
const futureSlack = 24 * time.Hour

// isOver reports whether an entry has expired.
func (r row) isOver(now time.Time) bool {
	return !r.Expires.IsZero() && (r.deadline() <= now.UnixMicro() || r.written > now.Add(futureSlack).UnixMicro())
}

// find reads entries by key.
func (d *database) find(ctx context.Context, kind string, keys []string, now time.Time) ([]Entry, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return d.entries(ctx, now, "SELECT "+rowColumns+" FROM entry WHERE kind = ?1 AND key IN (SELECT value FROM json_each(?2))", kind, list(keys))
}

// list reads all entries of a kind.
func (d *database) list(ctx context.Context, kind string, now time.Time) ([]Entry, error) {
	return d.entries(ctx, now, "SELECT "+rowColumns+" FROM entry WHERE kind = ?1", kind)
}

// entries reads those rows that are valid, and notes what is to be done about
// the others.
func (d *database) entries(ctx context.Context, now time.Time, query string, args ...any) (found []Entry, err error) {
	err = d.in.each(ctx, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		switch {
		case err != nil: // a value of the wrong type, which only damage makes
			return nil //nolint:nilerr // a miss
		case !r.isWhole():
			d.chores.drop(r)
		case !r.isOver(now):
			d.chores.use(r, now)
			found = append(found, r.Entry)
		}
		return nil
	}, query, args...)
	return found, err
}

const putQuery = `INSERT INTO entry (kind, key, expires, written, used, sum, value) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET expires = excluded.expires, written = excluded.written,
	used = excluded.used, sum = excluded.sum, value = excluded.value`

// put writes entries, all or none, and keeps the database under its bound.
func (d *database) put(ctx context.Context, bound int64, entries []Entry, now time.Time) error {
	return d.out.transact(ctx, func() error {
		for _, e := range entries {
			if err := d.putOne(ctx, bound, e, now); err != nil {
				return err
			}
		}
		return errors.Join(d.riseAll(ctx, kindsOf(entries), now), d.keepHouse(ctx, bound, now))
	})
}

func (d *database) putOne(ctx context.Context, bound int64, e Entry, now time.Time) error {
	if !e.Expires.IsZero() && int64(len(e.Value)) > bound/largestShare {
		_, err := d.out.exec(ctx, "DELETE FROM entry WHERE kind = ? AND key = ?", e.Kind, e.Key)
		return err
	}
	r := row{Entry: e, written: now.UnixMicro()}
	if r.Value == nil {
		r.Value = []byte{} // no value is not NULL
	}
	_, err := d.out.exec(ctx, putQuery, r.Kind, r.Key, r.deadline(), r.written, now.Unix(), r.checksum(), r.Value)
	return err
}

// remove deletes entries by key.
func (d *database) remove(ctx context.Context, kind string, keys []string, now time.Time) error {
	return d.out.transact(ctx, func() error {
		_, err := d.out.exec(ctx, "DELETE FROM entry WHERE kind = ? AND key IN (SELECT value FROM json_each(?))", kind, list(keys))
		return errors.Join(err, d.rise(ctx, kind, now))
	})
}

// everyExpiring stands for a kind where all entries that expire are meant. It
// is no kind that an entry could have.
const everyExpiring = ""

// clearStep is how many entries are removed in one transaction, so that other
// processes get their turn in between.
const clearStep = 500

// clear removes all entries of a kind and gives the space back.
func (d *database) clear(ctx context.Context, kind string, now time.Time) (n int, err error) {
	which := "kind = ?1"
	if kind == everyExpiring {
		which = "expires > 0 AND ?1 = ''"
	}
	for step := clearStep; step == clearStep; n += step {
		err = d.out.transact(ctx, func() error {
			step, err = d.out.exec(ctx, fmt.Sprintf("DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE %s LIMIT %d)", which, clearStep), kind)
			return errors.Join(err, d.rise(ctx, kind, now), d.rise(ctx, everyExpiring, now))
		})
		if err != nil {
			return n, err
		}
	}
	return n, d.shrink(ctx)
}

// shrink gives the space of what was deleted back to the system, as far as
// others let it.
func (d *database) shrink(ctx context.Context) error {
	if d.inMemory() {
		return nil
	}
	skip := func(*sql.Rows) error { return nil }
	err := d.out.each(ctx, skip, "PRAGMA incremental_vacuum")
	return errors.Join(err, d.out.each(ctx, skip, "PRAGMA wal_checkpoint(TRUNCATE)"))
}

// list is how SQLite takes a list of texts.
func list(texts []string) string {
	encoded, err := json.Marshal(texts)
	if err != nil {
		return "[]" // texts always marshal
	}
	return string(encoded)
}
