package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"sync"
	"time"
)

// Bounds of the work that is done beside a Put.
const (
	sweepPause = time.Minute
	sweepStep  = 64        // entries in one batch
	evictSteps = 16        // batches in one Put, so that a bound that was lowered is reached bit by bit
	slack      = 64        // part of the bound that is made free at once, so that not every Put has to
	useGrain   = time.Hour // a use is noted once in this time, so that reading writes nothing
	mostChores = 1024
)

// chores are what reading found to do. They wait for the next write.
type chores struct {
	mu      sync.Mutex
	used    map[int64]bool   // guarded by mu; ids
	damaged map[int64][]byte // guarded by mu; id to checksum, which tells whether it is still that row
}

// use notes that an entry was used, if that was not noted of late.
func (c *chores) use(r row, now time.Time) {
	if r.Expires.IsZero() || now.Sub(time.Unix(r.used, 0)).Abs() < useGrain {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used == nil {
		c.used = map[int64]bool{}
	}
	if len(c.used) < mostChores {
		c.used[r.id] = true
	}
}

// drop notes that a row is damaged.
func (c *chores) drop(r row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.damaged == nil {
		c.damaged = map[int64][]byte{}
	}
	if len(c.damaged) < mostChores {
		c.damaged[r.id] = append([]byte{}, r.sum...) // never nil, which is NULL
	}
}

func (c *chores) take() (used map[int64]bool, damaged map[int64][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	used, damaged = c.used, c.damaged
	c.used, c.damaged = nil, nil
	return used, damaged
}

// doChores runs within a transaction.
func (d *database) doChores(ctx context.Context, now time.Time) error {
	used, damaged := d.chores.take()
	for id := range used {
		if _, err := d.out.exec(ctx, "UPDATE entry SET used = ? WHERE id = ?", now.Unix(), id); err != nil {
			return err
		}
	}
	for id, sum := range damaged {
		if _, err := d.out.exec(ctx, "DELETE FROM entry WHERE id = ? AND coalesce(sum, x'') = ?", id, sum); err != nil {
			return err
		}
	}
	return nil
}

// flushUses does the chores in a transaction of their own.
func (d *database) flushUses(ctx context.Context, now time.Time) error {
	d.chores.mu.Lock()
	idle := len(d.chores.used)+len(d.chores.damaged) == 0
	d.chores.mu.Unlock()
	if idle {
		return nil
	}
	return d.out.transact(ctx, func() error { return d.doChores(ctx, now) })
}

// keepHouse runs within the transaction of a put: chores, now and then what
// has expired, and what is over the bound.
func (d *database) keepHouse(ctx context.Context, bound int64, now time.Time) error {
	if err := d.doChores(ctx, now); err != nil {
		return err
	}
	if !now.Before(d.sweepAt) || now.Before(d.sweepAt.Add(-2*sweepPause)) { // the clock may have been set back
		if err := d.sweep(ctx, now); err != nil {
			return err
		}
	}
	for range evictSteps {
		weight, err := d.out.number(ctx, "SELECT n FROM counter WHERE name = 'weight'")
		if err != nil || weight <= bound {
			return err
		}
		if err := d.evict(ctx, weight-bound+bound/slack); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes some of what is of no use any more. Where there is more, the
// next put goes on.
func (d *database) sweep(ctx context.Context, now time.Time) error {
	swept, err := d.out.exec(ctx, `DELETE FROM entry WHERE id IN
		(SELECT id FROM entry WHERE expires > 0 AND expires <= ? LIMIT ?)`, now.UnixMicro(), sweepStep)
	if err != nil {
		return err
	}
	// A use is never noted before it happened, and the index is by use.
	early, err := d.out.exec(ctx, `DELETE FROM entry WHERE id IN
		(SELECT id FROM entry WHERE expires > 0 AND used > ? LIMIT ?)`, now.Add(futureSlack).Unix(), sweepStep)
	if err != nil {
		return err
	}
	if swept < sweepStep && early < sweepStep {
		d.sweepAt = now.Add(sweepPause)
	}
	_, err = d.out.exec(ctx, "DELETE FROM lease WHERE until <= ?", now.UnixMicro())
	return err
}

// evict removes those entries that were not used for the longest time, until
// they weigh as much as what is to go or the batch is full.
func (d *database) evict(ctx context.Context, excess int64) error {
	var ids []int64
	err := d.out.each(ctx, func(rows *sql.Rows) error {
		var id, weight int64
		err := rows.Scan(&id, &weight)
		if excess > 0 {
			ids = append(ids, id)
		}
		excess -= weight
		return err
	}, "SELECT id, coalesce(length(value), 0) + 200 FROM entry WHERE expires > 0 ORDER BY used, id LIMIT ?", sweepStep)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := d.out.exec(ctx, "DELETE FROM entry WHERE id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

// roomPause is how often room is made. Where that does not help at once, the
// room is taken by others.
const roomPause = time.Minute

// makeRoom removes some entries where the disk is full, so that others take
// their pages. The space of the -wal is used again first: without any space,
// nothing can be removed. It is true where a write should be tried again.
func (d *database) makeRoom(ctx context.Context, now time.Time) bool {
	if d.inMemory() || !d.roomAt.passed(now, roomPause) {
		return false
	}
	skip := func(*sql.Rows) error { return nil }
	if err := d.out.each(ctx, skip, "PRAGMA wal_checkpoint(RESTART)"); err != nil {
		return false
	}
	return d.out.transact(ctx, func() error {
		d.sweepAt = time.Time{}
		return errors.Join(d.sweep(ctx, now), d.evict(ctx, math.MaxInt64))
	}) == nil
}
