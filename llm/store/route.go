package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// How long the file is left alone after a fault.
const (
	lockedPause     = 5 * time.Second
	fullPause       = 5 * time.Minute
	readOnlyPause   = 5 * time.Minute
	unreadablePause = time.Minute
	refusedPause    = 5 * time.Minute // another program's file, a newer version, …
)

// lookPause is how often reading looks whether the file is still in its place.
// Writing looks each time.
const lookPause = time.Second

// tries is how often one call is made on the file: again after it was repaired
// or opened anew.
const tries = 3

// moment is a time that several goroutines use.
type moment struct{ nanos atomic.Int64 }

// passed reports whether d has passed since the last time it was true, or the
// clock was set back.
func (m *moment) passed(now time.Time, d time.Duration) bool {
	last := m.nanos.Load()
	gone := time.Duration(now.UnixNano() - last)
	return (gone >= d || gone < 0) && m.nanos.CompareAndSwap(last, now.UnixNano())
}

// read makes a call on the file. It is false where there is no file to use, so
// that memory is all there is.
func (s *Store) read(ctx context.Context, call func(context.Context, *database) error) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	// An interrupted connection is lost. Calls are short and need no interrupt.
	ctx = context.WithoutCancel(ctx)
	for range tries {
		s.look(ctx)
		d, err := s.readOnce(ctx, call)
		if d == nil || err == nil {
			return d != nil, err
		}
		s.writer.Lock()
		again := s.disk != d || s.mend(ctx, d, err, false)
		s.writer.Unlock()
		if !again {
			return false, s.passOn(err)
		}
	}
	return false, nil
}

func (s *Store) readOnce(ctx context.Context, call func(context.Context, *database) error) (*database, error) {
	s.reader.Lock()
	defer s.reader.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if s.disk == nil {
		return nil, nil
	}
	return s.disk, call(ctx, s.disk)
}

// look does what is due before a read, unless another goroutine is at it.
func (s *Store) look(ctx context.Context) {
	if s.path == "" || !s.checked.passed(s.now(), lookPause) || !s.writer.TryLock() {
		return
	}
	defer s.writer.Unlock()
	if d := s.disk; d != nil && d.moved() {
		s.reopen(ctx)
	}
	s.ready(ctx)
}

// change makes a call on the file, or else on memory. What it deletes is noted
// by hide, where the file could not be changed; nil: nothing.
func (s *Store) change(ctx context.Context, what string, call func(context.Context, *database) error, hide func(*gone)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return errClosed
	}
	written, err := s.write(ctx, call)
	if !written && err == nil {
		if s.path == "" {
			hide = nil // no file can come back
		}
		err = s.pending.write(ctx, func(d *database) error { return call(ctx, d) }, hide)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// write makes a call on the file, with writer held. It is false where the file
// cannot be written.
func (s *Store) write(ctx context.Context, call func(context.Context, *database) error) (bool, error) {
	for range tries {
		d := s.ready(ctx)
		if d == nil {
			return false, nil
		}
		if d.isOutgrown(ctx, len(s.env.schema)) {
			s.reopen(ctx) // which leaves it alone, and says so
			continue
		}
		err := call(ctx, d)
		switch {
		case err == nil && !d.moved():
			s.recovered()
			return true, nil
		case err == nil: // it went to a file that was moved aside or deleted
			s.reopen(ctx)
		case !s.mend(ctx, d, err, true):
			return false, s.passOn(err)
		}
	}
	return false, nil
}

// ready gives the file if it can be written now, with writer held. It opens it
// again and writes what has waited, when the time has come.
func (s *Store) ready(ctx context.Context) *database {
	now := s.now()
	if s.closed || s.path == "" {
		return nil
	}
	if s.disk == nil || s.disk.readOnly {
		if now.Before(s.reopenAt) {
			return nil
		}
		s.reopen(ctx)
	}
	d := s.disk
	if d == nil || d.readOnly || now.Before(s.writeAt) {
		return nil
	}
	if s.pending.isEmpty() {
		return d
	}
	if err := s.pending.drain(ctx, d, now); err != nil {
		s.mend(ctx, d, err, true)
		return nil
	}
	s.recovered()
	return d
}

// recovered notes that the file was written.
func (s *Store) recovered() {
	if !s.writeAt.IsZero() {
		s.writeAt = time.Time{}
		s.say("")
	}
}

// passOn gives the caller an error that is not about the file.
func (s *Store) passOn(err error) error {
	if faultOf(err) != faultNone {
		return nil
	}
	return err
}

// mend answers a fault of the file, with writer held. It is true where the
// call should be made again.
func (s *Store) mend(ctx context.Context, d *database, err error, writing bool) bool {
	f := faultOf(err)
	if f != faultNone {
		s.log("store: %v", err)
	}
	if d.moved() && f != faultNone {
		s.reopen(ctx)
		return s.disk != nil
	}
	now := s.now()
	switch f {
	case faultNone:
		return false
	case faultDamaged:
		return s.repair(ctx, d)
	case faultFull:
		if d.makeRoom(ctx, now) {
			return true
		}
		s.rest(now.Add(fullPause), noteFull(s.path))
	case faultReadOnly:
		s.rest(now.Add(readOnlyPause), noteReadOnly(s.path))
	case faultLocked:
		if writing {
			s.rest(now.Add(lockedPause), noteLocked(s.path))
		} else {
			s.leave(ctx, now.Add(lockedPause), noteLocked(s.path))
		}
	case faultUnreadable:
		s.leave(ctx, now.Add(unreadablePause), noteUnusable(s.path))
	}
	return false
}

// rest stops writing to the file for a while.
func (s *Store) rest(until time.Time, note string) {
	s.writeAt = until
	s.say(note)
}

// leave stops using the file for a while.
func (s *Store) leave(ctx context.Context, until time.Time, note string) {
	s.reader.Lock()
	defer s.reader.Unlock()
	s.exchange(ctx, nil)
	s.reopenAt = until
	s.say(note)
}

// exchange takes another file, with writer and reader held. The old one is
// closed.
func (s *Store) exchange(ctx context.Context, d *database) {
	old := s.disk
	s.disk, s.writeAt, s.reopenAt = d, time.Time{}, time.Time{}
	if old == nil {
		return
	}
	if err := s.shut(ctx, old); err != nil && !errors.Is(err, context.Canceled) {
		s.log("store: %v", err)
	}
}
