package store

import (
	"context"
	"database/sql"
	"time"
)

// Lease takes the lease of each key that is free, and extends those that this
// store holds. It gives the keys that are ours for d from now, each once. A
// lease that another store holds is free when its time is over, or its process
// is dead and was of this machine. While the file cannot be written, leases
// hold within this store only. Errors are those of Put.
func (s *Store) Lease(ctx context.Context, keys []string, d time.Duration) (mine []string, err error) {
	if len(keys) == 0 {
		return nil, ctx.Err()
	}
	err = s.change(ctx, "lease", func(ctx context.Context, db *database) (err error) {
		s.leased = true
		mine, err = db.lease(ctx, keys, s.self, d, s.now())
		return err
	}, nil)
	return mine, err
}

// Release gives leases of this store up; those of others stay. Errors are
// those of Put.
func (s *Store) Release(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return ctx.Err()
	}
	err := s.pending.visit(func(db *database) error { return db.release(ctx, keys, s.self) })
	if err != nil {
		return err
	}
	s.writer.Lock()
	defer s.writer.Unlock()
	_, err = s.write(context.WithoutCancel(ctx), func(ctx context.Context, db *database) error {
		return db.release(ctx, keys, s.self)
	})
	return err
}

// Held gives those keys whose lease another store holds. Errors are those of
// Find.
func (s *Store) Held(ctx context.Context, keys []string) (held []string, err error) {
	_, err = s.read(ctx, func(ctx context.Context, db *database) error {
		held = nil
		leases, err := db.leases(ctx, db.in, keys)
		for _, l := range leases {
			if !l.isFree(s.self, s.now()) {
				held = append(held, l.key)
			}
		}
		return err
	})
	return held, err
}

// lease is a row of the table.
type lease struct {
	key         string
	owner       owner
	until, span int64 // microseconds
}

// isFree reports whether who asks may take it.
func (l lease) isFree(asks owner, now time.Time) bool {
	return l.owner.id == asks.id || l.until <= now.UnixMicro() || asks.knowsDead(l.owner)
}

// isTooLong reports whether a lease ends later than it can: the clock was set
// back since it was taken.
func (l lease) isTooLong(now time.Time) bool { return l.until > now.UnixMicro()+l.span }

func (d *database) leases(ctx context.Context, from *link, keys []string) (found []lease, err error) {
	err = from.each(ctx, func(rows *sql.Rows) error {
		var l lease
		err := rows.Scan(&l.key, &l.owner.id, &l.owner.pid, &l.owner.host, &l.owner.start, &l.until, &l.span)
		found = append(found, l)
		return err
	}, "SELECT key, owner, pid, host, start, until, span FROM lease WHERE key IN (SELECT value FROM json_each(?))", list(keys))
	return found, err
}

func (d *database) lease(ctx context.Context, keys []string, asks owner, span time.Duration, now time.Time) (mine []string, err error) {
	err = d.out.transact(ctx, func() error {
		mine = nil
		leases, err := d.leases(ctx, d.out, keys)
		if err != nil {
			return err
		}
		taken := map[string]bool{}
		for _, l := range leases {
			if l.isFree(asks, now) {
				continue
			}
			taken[l.key] = true
			if !l.isTooLong(now) {
				continue
			}
			if _, err := d.out.exec(ctx, "UPDATE lease SET until = ? WHERE key = ?", now.UnixMicro()+l.span, l.key); err != nil {
				return err
			}
		}
		for _, key := range keys {
			if taken[key] {
				continue
			}
			taken[key] = true
			mine = append(mine, key)
			if err := d.take(ctx, key, asks, span, now); err != nil {
				return err
			}
		}
		return nil
	})
	return mine, err
}

func (d *database) take(ctx context.Context, key string, by owner, span time.Duration, now time.Time) error {
	_, err := d.out.exec(ctx, "INSERT OR REPLACE INTO lease (key, owner, pid, host, start, until, span) VALUES (?, ?, ?, ?, ?, ?, ?)",
		key, by.id, by.pid, by.host, by.start, now.Add(span).UnixMicro(), span.Microseconds())
	return err
}

func (d *database) release(ctx context.Context, keys []string, by owner) error {
	_, err := d.out.exec(ctx, "DELETE FROM lease WHERE owner = ? AND key IN (SELECT value FROM json_each(?))", by.id, list(keys))
	return err
}

func (d *database) releaseAll(ctx context.Context, by owner) error {
	_, err := d.out.exec(ctx, "DELETE FROM lease WHERE owner = ?", by.id)
	return err
}
