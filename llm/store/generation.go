package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Generation is a number that rises whenever entries of a kind were put,
// deleted or cleared, by this process or another. It says nothing of how much,
// and entries that expire do not raise it. That of the kind "" rises with each
// Clear. Errors are those of Find.
func (s *Store) Generation(ctx context.Context, kind string) (int64, error) {
	var seen source
	_, err := s.pending.read(func(d *database) (err error) {
		seen.memory, err = d.generation(ctx, kind)
		return err
	})
	if err != nil {
		return 0, err
	}
	_, err = s.read(ctx, func(ctx context.Context, d *database) (err error) {
		seen.file, err = d.generation(ctx, kind)
		return err
	})
	return s.rises.of(kind, seen), err
}

// source is what the two places say.
type source struct{ file, memory int64 }

// rises makes one number that never falls out of two, each of which is gone
// at times.
type rises struct {
	mu   sync.Mutex
	last map[string]rise // guarded by mu
}

type rise struct {
	seen source
	told int64
}

func (r *rises) of(kind string, seen source) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, known := r.last[kind]
	if known && last.seen == seen {
		return last.told
	}
	if r.last == nil {
		r.last = map[string]rise{}
	}
	now := rise{seen, max(seen.file, seen.memory)}
	if known {
		now.told = max(now.told, last.told+1)
	}
	r.last[kind] = now
	return now.told
}

func (d *database) generation(ctx context.Context, kind string) (int64, error) {
	return d.in.number(ctx, "SELECT n FROM counter WHERE name = 'generation ' || ?", kind)
}

// rise raises a generation. It begins with the time, so that it rises also
// where a new file replaces an old one.
func (d *database) rise(ctx context.Context, kind string, now time.Time) error {
	_, err := d.out.exec(ctx, `INSERT INTO counter (name, n) VALUES ('generation ' || ?, ?)
		ON CONFLICT (name) DO UPDATE SET n = max(n + 1, excluded.n)`, kind, now.UnixMicro())
	return err
}

func (d *database) riseAll(ctx context.Context, kinds []string, now time.Time) error {
	var errs []error
	for _, kind := range kinds {
		errs = append(errs, d.rise(ctx, kind, now))
	}
	return errors.Join(errs...)
}

// kindsOf names each kind once.
func kindsOf(entries []Entry) (kinds []string) {
	seen := map[string]bool{}
	for _, e := range entries {
		if !seen[e.Kind] {
			seen[e.Kind] = true
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}
