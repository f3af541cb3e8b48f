package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Bounds of saving entries from a damaged file.
const (
	salvageFailures = 4000             // reads that end in damage
	salvageHopeless = 400              // of them without a single row
	salvageLimit    = 10 * time.Second // of our time, for what expires; the rest has as long as it takes
	salvageBatch    = 256              // entries in one transaction
	salvageLastID   = 1 << 40          // where the largest id can not be read
)

// span is a range of ids, both ends in it.
type span struct{ from, to int64 }

// salvage copies what can be read and is whole, first what is kept for ever.
// It says how many entries that were.
func (d *database) salvage(ctx context.Context, aside string, now time.Time) (saved int, err error) {
	l, err := dialDamaged(ctx, aside)
	if err != nil {
		mended := aside + ".mended"
		defer removeAll(mended)
		if mendErr := d.transplant(ctx, aside, mended); mendErr != nil {
			return 0, errors.Join(err, mendErr)
		}
		if l, err = dialDamaged(ctx, mended); err != nil {
			return 0, err
		}
	}
	defer func() { _ = l.close() }()
	for _, which := range []string{"expires = 0", "expires > 0"} {
		n, err := d.copyFrom(ctx, l, which, now)
		saved += n
		if err != nil {
			return saved, err
		}
	}
	return saved, nil
}

// copyFrom copies some of the rows.
func (d *database) copyFrom(ctx context.Context, l *link, which string, now time.Time) (saved int, err error) {
	var batch []row
	flush := func() error {
		if err := d.restore(ctx, batch); err != nil {
			return err
		}
		saved += len(batch)
		batch = batch[:0]
		return nil
	}
	began := time.Now()
	walk(ctx, l, which, func(r row) bool {
		if r.isWhole() && !r.isOver(now) {
			batch = append(batch, r)
		}
		if len(batch) == salvageBatch {
			err = flush()
		}
		return err == nil && (r.Expires.IsZero() || time.Since(began) < salvageLimit)
	})
	return saved, errors.Join(err, flush())
}

// dialDamaged opens a file that nobody else uses; what lies beside it counts
// where that can be read.
func dialDamaged(ctx context.Context, path string) (*link, error) {
	var errs []error
	for _, how := range []access{accessDamaged, accessDamagedImmutable} {
		l, err := dial(ctx, path, how, usualPatience)
		if err == nil {
			if _, err = l.number(ctx, "SELECT count(*) FROM (SELECT "+rowColumns+" FROM entry LIMIT 0)"); err == nil {
				return l, nil
			}
			err = errors.Join(err, l.close())
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// transplant copies a damaged file and gives the copy the first page of this
// one, which says what is where: tables that were made by the same steps begin
// at the same pages.
func (d *database) transplant(ctx context.Context, from, to string) error {
	var page []byte
	err := d.in.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&page) }, "SELECT data FROM sqlite_dbpage WHERE pgno = 1")
	if err != nil {
		return fmt.Errorf("read the first page: %w", err)
	}
	size, err := copyFile(from, to)
	if err != nil || size <= int64(len(page)) {
		return errors.Join(err, errNothing)
	}
	if _, err := copyFile(from+"-wal", to+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// The number of pages, and that none is free; see
	// https://sqlite.org/fileformat.html#the_database_header.
	binary.BigEndian.PutUint32(page[28:], uint32(size/int64(len(page))))
	clear(page[32:40])
	file, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("mend the copy: %w", err)
	}
	_, err = file.WriteAt(page, 0)
	return errors.Join(err, file.Close())
}

// errNothing is a file of which nothing could be saved.
var errNothing = errors.New("there is nothing to save")

func copyFile(from, to string) (size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, fmt.Errorf("copy a damaged file: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return 0, fmt.Errorf("copy a damaged file: %w", err)
	}
	size, err = io.Copy(out, in)
	return size, errors.Join(err, out.Close())
}

// removeAll removes a database with what lies beside it.
func removeAll(path string) {
	for _, suffix := range everyFile {
		_ = os.Remove(path + suffix) // it may not be there
	}
}

// walk calls yield with every row that can be read, until it says false. Where
// a page is damaged, it halves what is left until it has gone around it. Large
// ranges come first, so that the bound on failures costs little.
func walk(ctx context.Context, l *link, which string, yield func(row) bool) {
	last, err := l.number(ctx, "SELECT coalesce(max(id), 0) FROM entry NOT INDEXED")
	if err != nil {
		last = salvageLastID
	}
	query := "SELECT " + rowColumns + " FROM entry NOT INDEXED WHERE id BETWEEN ? AND ? AND " + which + " ORDER BY id"
	ranges := []span{{1, last}}
	more, patience := true, salvageHopeless
	for failures := 0; len(ranges) > 0 && failures < patience && more; {
		now := ranges[0]
		ranges = ranges[1:]
		err := l.each(ctx, func(rows *sql.Rows) error {
			r, err := scanRow(rows)
			if err != nil {
				return nil //nolint:nilerr // a row with values of the wrong type is one that can not be read
			}
			now.from, patience = r.id+1, salvageFailures
			if more = more && yield(r); !more {
				return errors.New("enough")
			}
			return nil
		}, query, now.from, now.to)
		if err == nil || now.from >= now.to {
			continue
		}
		failures++
		middle := now.from + (now.to-now.from)/2
		ranges = append(ranges, span{now.from, middle}, span{middle + 1, now.to})
	}
}

// restore writes rows as they were.
func (d *database) restore(ctx context.Context, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	return d.out.transact(ctx, func() error {
		for _, r := range rows {
			if _, err := d.out.exec(ctx, putQuery, r.Kind, r.Key, r.deadline(), r.written, r.used, r.sum, r.Value); err != nil {
				return err
			}
		}
		return nil
	})
}
