package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"
)

// Mode is where entries go.
type Mode string

// The modes of a store.
const (
	ModeFile     Mode = "file"      // to the file
	ModeReadOnly Mode = "read-only" // to memory; those of the file are read
	ModeMemory   Mode = "memory"    // to memory; no file is used
)

// Stats is what a store holds.
type Stats struct {
	Path      string               // of the file; empty: memory only
	Mode      Mode                 //
	FileBytes int64                // of the file and what lies beside it
	Kinds     map[string]KindStats // of the file; in ModeMemory, of memory
	Waiting   int                  // entries in memory that the file does not have
	MaxBytes  int64                // bound for the entries that expire
}

// KindStats is what a store holds of one kind.
type KindStats struct {
	Entries int       // expired ones too
	Expired int       // those that will be removed some time
	Bytes   int64     // of all values
	Oldest  time.Time // when the oldest was written
	Kept    bool      // whether some never expire
}

// Stats counts what there is, which takes as long as reading the file. Errors
// are those of Find.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	stats := Stats{Path: s.path, Mode: ModeMemory, MaxBytes: s.max, FileBytes: s.fileBytes()}
	var waiting map[string]KindStats
	_, err := s.pending.read(func(d *database) (err error) {
		waiting, err = d.stats(ctx, s.now())
		return err
	})
	if err != nil {
		return stats, fmt.Errorf("count what is in memory: %w", err)
	}
	onFile, err := s.read(ctx, func(ctx context.Context, d *database) (err error) {
		stats.Kinds, err = d.stats(ctx, s.now())
		return err
	})
	if err != nil {
		return stats, fmt.Errorf("count entries: %w", err)
	}
	if !onFile {
		stats.Kinds = waiting
		return stats, nil
	}
	stats.Mode = s.mode()
	for _, kind := range waiting {
		stats.Waiting += kind.Entries
	}
	return stats, nil
}

func (s *Store) mode() Mode {
	s.writer.Lock()
	defer s.writer.Unlock()
	switch {
	case s.disk == nil:
		return ModeMemory
	case s.disk.readOnly || s.now().Before(s.writeAt):
		return ModeReadOnly
	}
	return ModeFile
}

func (s *Store) fileBytes() (n int64) {
	if s.path == "" {
		return 0
	}
	for _, suffix := range everyFile {
		if info, err := os.Stat(s.path + suffix); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
	}
	return n
}

func (d *database) stats(ctx context.Context, now time.Time) (map[string]KindStats, error) {
	kinds := map[string]KindStats{}
	err := d.in.each(ctx, func(rows *sql.Rows) error {
		var kind string
		var k KindStats
		var oldest int64
		err := rows.Scan(&kind, &k.Entries, &k.Bytes, &oldest, &k.Expired, &k.Kept)
		k.Oldest = time.UnixMicro(oldest)
		kinds[kind] = k
		return err
	}, `SELECT kind, count(*), sum(length(value)), min(written), sum(expires > 0 AND expires <= ?), max(expires = 0)
		FROM entry GROUP BY kind`, now.UnixMicro())
	return kinds, err
}
