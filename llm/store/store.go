package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Entry is one record.
type Entry struct {
	Kind    string    // such as "review"; a kind has one meaning and one time to live
	Key     string    // 64 hex digits where the value was computed; any text up to 1 KiB otherwise
	Value   []byte    // not a copy: after Put it must not be changed
	Expires time.Time // zero: never; such an entry is kept until it is deleted
}

// Options says where and how to keep entries.
type Options struct {
	// Path is that of the database file; empty: memory only. Beside it lie
	// files whose names begin with its own.
	Path string
	// MaxBytes bounds the entries that expire; those not used for the longest
	// time go first. 0 means 256 MiB. What is kept in memory is bounded by it
	// too, and by 64 MiB. A value above a sixteenth of the bound is not kept.
	MaxBytes int64
	// Log gets what is of no use to the user; nil: dropped. It never gets keys
	// or values.
	Log func(format string, args ...any)
	// OnNote is called with each change of the note after Open; empty means
	// that all is well again. It must not call the store, but for Note.
	OnNote func(note string)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Bounds of what is kept.
const (
	defaultMaxBytes = 256 << 20
	memoryMaxBytes  = 64 << 20
	largestShare    = 16 // of the bound, for one value
)

// errClosed is what every method answers after Close.
var errClosed = errors.New("the store is closed")

// Store keeps entries in a file, and in memory while the file cannot be used.
// It is safe for concurrent use.
type Store struct {
	path    string
	max     int64
	log     func(format string, args ...any)
	now     func() time.Time
	env     environment
	self    owner
	checked moment          // when the file was last looked at from outside
	life    context.Context // of the work that goes on beside the calls
	end     context.CancelFunc
	beside  sync.WaitGroup

	// writer and reader each guard their connection of the file. What is
	// written under both may be read under either. writer comes first.
	writer sync.Mutex
	reader sync.Mutex

	disk     *database // guarded by both; nil: no file to use
	reopenAt time.Time // guarded by both; when to look for a file again; zero: never
	writeAt  time.Time // guarded by writer; before this, nothing is written to the file
	leased   bool      // guarded by writer; whether leases were ever taken
	closed   bool      // guarded by both

	pending pending // what is not in the file
	rises   rises
	noted   noted
}

// Open opens the store and never fails: where the file cannot be used, the
// store lives in memory, and [Store.Note] says why and what to do.
func Open(ctx context.Context, o Options) *Store {
	return open(ctx, o, environment{schema: migrations, patience: usualPatience, fileSystem: fileSystem, writable: writable})
}

func open(ctx context.Context, o Options, env environment) *Store {
	s := &Store{path: resolve(o.Path), max: o.MaxBytes, log: o.Log, now: o.Now, env: env, self: thisProcess()}
	if s.max <= 0 {
		s.max = defaultMaxBytes
	}
	if s.log == nil {
		s.log = func(string, ...any) {}
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.pending.max = min(s.max, memoryMaxBytes)
	s.life, s.end = context.WithCancel(context.WithoutCancel(ctx))
	if s.path != "" {
		s.writer.Lock()
		s.reopen(context.WithoutCancel(ctx))
		s.writer.Unlock()
	}
	s.noted.tellTo(o.OnNote) // the note of opening is read by who opened
	return s
}

// Now is the time by the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Logf writes to the store's log.
func (s *Store) Logf(format string, args ...any) { s.log(format, args...) }

// Close writes what can still be written, gives up all leases and closes the
// file. Closing twice is fine.
func (s *Store) Close() error {
	s.end()
	s.beside.Wait()
	ctx := context.WithoutCancel(s.life)
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return nil
	}
	if d := s.disk; d != nil && !d.readOnly {
		if err := s.settle(ctx, d); err != nil {
			s.log("store: close: %v", err)
		}
	}
	s.reader.Lock()
	defer s.reader.Unlock()
	s.closed = true
	var err error
	if s.disk != nil {
		err = s.shut(ctx, s.disk)
		s.disk = nil
	}
	return errors.Join(err, s.pending.close())
}

// settle writes what the file should know before it is closed. The first fault
// ends it: who closes should not wait for a lock more than once.
func (s *Store) settle(ctx context.Context, d *database) error {
	if err := s.pending.drain(ctx, d, s.now()); err != nil {
		return err
	}
	if s.leased {
		if err := d.releaseAll(ctx, s.self); err != nil {
			return err
		}
	}
	return d.flushUses(ctx, s.now())
}
