package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// environment is what the system says of files, and what is to be in ours;
// tests say other things.
type environment struct {
	schema     []string      // the steps that lead to it
	patience   time.Duration // with locks of others
	fileSystem func(folder string) (name string, remote bool)
	writable   func(path string) bool
}

// Modes of what we make: it holds answers about somebody's code.
const (
	folderMode = 0o700
	fileMode   = 0o600
)

// refusal is why a file is not used. It comes with what the user is told.
type refusal struct {
	note  string
	pause time.Duration // until the file is looked at again
	err   error         // may be nil
}

func (r *refusal) Error() string { return r.note }
func (r *refusal) Unwrap() error { return r.err }

// resolve makes a path that does not depend on the working directory, nor on a
// symbolic link that changes later.
func resolve(path string) string {
	if path == "" {
		return ""
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path))
	}
	return path
}

// reopen closes the file and opens what the path names now, with writer held.
func (s *Store) reopen(ctx context.Context) { s.replace(ctx, nil) }

// replace is reopen; a file that is the damaged one is replaced by a new one.
func (s *Store) replace(ctx context.Context, damaged os.FileInfo) {
	s.reader.Lock() // who reads waits: without any file, everything would be missing
	defer s.reader.Unlock()
	_, err := os.Stat(s.path)
	deleted := s.disk != nil && errors.Is(err, fs.ErrNotExist)
	s.exchange(ctx, nil)
	d, note, err := s.openFile(ctx, damaged)
	if err != nil {
		refused := asRefusal(s.path, err)
		s.reopenAt = s.now().Add(refused.pause)
		if refused.err != nil {
			s.log("store: open: %v", refused.err)
		}
		s.say(refused.note)
		return
	}
	if note == "" && deleted {
		note = "The store " + s.path + " was deleted while in use; a new one was made."
	}
	s.exchange(ctx, d)
	if d.readOnly {
		s.reopenAt = s.now().Add(readOnlyPause)
	}
	s.checkLater(d) //nolint:contextcheck // it goes on beside the calls, as long as the store lives
	s.say(note)
}

// asRefusal words an error of opening.
func asRefusal(path string, err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	r := &refusal{err: err, pause: unreadablePause}
	switch faultOf(err) {
	case faultLocked:
		r.pause, r.note = lockedPause, noteLocked(path)
	case faultFull:
		r.note = noteFull(path)
	default:
		r.note = noteUnusable(path)
	}
	return r
}

// openFile opens the file, or makes, migrates or repairs it first. What the
// user should know of a file that is used comes back as a note.
func (s *Store) openFile(ctx context.Context, damaged os.FileInfo) (d *database, note string, err error) {
	exists, err := s.inspect()
	if err != nil {
		return nil, "", err
	}
	if !s.env.writable(filepath.Dir(s.path)) || exists && !s.env.writable(s.path) {
		return s.openReadOnly(ctx, exists)
	}
	if exists && damaged == nil {
		d, err = s.openShared(ctx)
		if d != nil {
			return d, "", nil
		}
		if _, refused := errors.AsType[*refusal](err); refused || err != nil && faultOf(err) != faultDamaged {
			return nil, "", err
		}
	}
	return s.openAlone(ctx, damaged)
}

// inspect looks at the path before SQLite does, and makes its folder.
func (s *Store) inspect() (exists bool, err error) {
	info, err := os.Stat(s.path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return false, &refusal{pause: refusedPause, note: s.path + " is no file; results are kept in memory. Move it away, or name another path for the store."}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("look at the file: %w", err)
	}
	exists = err == nil
	folder := filepath.Dir(s.path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		if err := errors.Join(os.MkdirAll(folder, folderMode), os.Chmod(folder, folderMode)); err != nil { // MkdirAll obeys the umask
			return false, fmt.Errorf("make the folder: %w", err)
		}
	}
	if name, remote := s.env.fileSystem(folder); remote {
		return false, &refusal{pause: refusedPause, note: fmt.Sprintf(
			"%s lies on a file system of the kind %s, where several programs can not safely share it; results are kept in memory. Name a path on a local disk for the store.", s.path, name)}
	}
	return exists, nil
}

// lock keeps the files with the path's name in their places. Who opens or
// closes them holds it shared; who makes, migrates or moves them, alone.
func (s *Store) lock(ctx context.Context, alone bool) (unlock func(), err error) {
	file := flock.New(s.path+".lock", flock.SetPermissions(fileMode))
	ctx, cancel := context.WithTimeout(ctx, s.env.patience)
	defer cancel()
	try := file.TryRLockContext
	if alone {
		try = file.TryLockContext
	}
	const again = 5 * time.Millisecond
	if _, err := try(ctx, again); err != nil {
		_ = file.Close()
		if ctx.Err() != nil {
			return nil, &refusal{pause: lockedPause, note: "Another program holds " + s.path + ".lock; results are kept in memory until it lets go."}
		}
		return nil, fmt.Errorf("lock the file: %w", err)
	}
	return func() { _ = file.Close() }, nil
}

// openShared opens a file that needs nothing done to it. Neither database nor
// error means that something is to be done.
func (s *Store) openShared(ctx context.Context) (*database, error) {
	unlock, err := s.lock(ctx, false)
	if err != nil {
		return nil, err
	}
	defer unlock()
	out, found, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	mode, err := journalMode(ctx, out, "")
	if err != nil || found != stateReady || mode != "wal" {
		return nil, errors.Join(err, out.close())
	}
	return s.attach(ctx, out)
}

// openAlone opens the file after doing what is to be done.
func (s *Store) openAlone(ctx context.Context, damaged os.FileInfo) (d *database, note string, err error) {
	unlock, err := s.lock(ctx, true)
	if err != nil {
		return nil, "", err
	}
	defer unlock()
	info, err := os.Stat(s.path)
	if err == nil && damaged != nil && os.SameFile(info, damaged) {
		return s.renew(ctx)
	}
	d, err = s.make(ctx)
	if err != nil && faultOf(err) == faultDamaged {
		return s.renew(ctx)
	}
	return d, "", err
}

// make opens the file, and creates or migrates it first where needed.
func (s *Store) make(ctx context.Context) (*database, error) {
	if err := s.create(); err != nil {
		return nil, err
	}
	out, found, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	if found == stateFresh || found == stateOlder {
		if err := migrate(ctx, out, s.env.schema); err != nil {
			return nil, errors.Join(err, out.close())
		}
	}
	mode, err := journalMode(ctx, out, " = wal")
	if err == nil && mode != "wal" {
		err = &refusal{pause: refusedPause, note: "The file system under " + s.path + " can not share files between programs; results are kept in memory. Name a path on a local disk for the store."}
	}
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	return s.attach(ctx, out)
}

// create makes an empty file if there is none, with its mode from the first
// moment. What an earlier file of that name left beside it must not be taken
// for a part of it.
func (s *Store) create() error {
	info, err := os.Stat(s.path)
	if err == nil && info.Size() > 0 {
		return nil
	}
	for _, suffix := range besides {
		if err := os.Remove(s.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what a file that is gone left: %w", err)
		}
	}
	if err == nil {
		return nil
	}
	file, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	return errors.Join(file.Chmod(fileMode), file.Close())
}
