package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// asides is how many damaged files are kept.
const asides = 3

// repair replaces a damaged file by a new one, with writer held. It is true
// where there is a file to use again.
func (s *Store) repair(ctx context.Context, d *database) bool {
	if d.readOnly {
		s.leave(ctx, s.now().Add(readOnlyPause), "The store "+s.path+" is damaged and can not be written; results are kept in memory. Make it and its folder writable.")
		return false
	}
	s.replace(ctx, d.info)
	return s.disk != nil
}

// renew moves the file aside, makes a new one, and saves to it what can still
// be read. The caller holds the lock alone.
func (s *Store) renew(ctx context.Context) (*database, string, error) {
	aside, err := s.moveAside()
	if err != nil {
		return nil, "", &refusal{pause: refusedPause, err: err, note: "The store " + s.path + " is damaged and can not be moved away; results are kept in memory. Remove it."}
	}
	d, err := s.make(ctx)
	if err != nil {
		return nil, "", err
	}
	saved, err := d.salvage(ctx, aside, s.now())
	if err != nil {
		s.log("store: save what can be read: %v", err)
	}
	s.dropAsides()
	return d, fmt.Sprintf("The store %s was damaged. It was moved to %s; %d entries were saved from it.", s.path, filepath.Base(aside), saved), nil
}

// moveAside gives the file another name. What lies beside it moves along, as
// it may hold the newest of its entries; programs that still have it open
// notice, and go on with the new one.
func (s *Store) moveAside() (aside string, err error) {
	s.narrow()
	aside = s.path + ".corrupt-" + s.now().UTC().Format("20060102T150405.000000")
	for _, suffix := range everyFile {
		if err := os.Rename(s.path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("move the damaged file: %w", err)
		}
	}
	return aside, nil
}

// dropAsides removes all damaged files but the newest.
func (s *Store) dropAsides() {
	folder, prefix := filepath.Split(s.path + ".corrupt-")
	files, err := os.ReadDir(folder)
	if err != nil {
		s.log("store: look for damaged files: %v", err)
		return
	}
	var times []string
	for _, file := range files {
		if rest, ok := strings.CutPrefix(file.Name(), prefix); ok {
			at, _, _ := strings.Cut(rest, "-")
			times = append(times, at)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	for _, at := range times[:max(0, len(times)-asides)] {
		for _, suffix := range everyFile {
			if err := os.Remove(folder + prefix + at + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				s.log("store: remove a damaged file: %v", err)
			}
		}
	}
}

// checkEach is how often a large file is checked.
const checkEach = 24 * time.Hour

// checkLater checks a file that was too large to be checked while it was
// opened.
func (s *Store) checkLater(d *database) {
	if d.readOnly || d.info.Size() <= checkedAtOnce || s.life.Err() != nil {
		return
	}
	s.beside.Go(func() {
		err := s.checkWhole(s.life, d)
		if err == nil || s.life.Err() != nil {
			return
		}
		s.writer.Lock()
		defer s.writer.Unlock()
		if s.disk == d && faultOf(err) == faultDamaged {
			s.log("store: %v", err)
			s.repair(context.WithoutCancel(s.life), d)
		}
	})
}

// checkWhole reads the whole file over a connection of its own, unless some
// process did so today.
func (s *Store) checkWhole(ctx context.Context, d *database) error {
	l, err := s.dialBeside(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = l.close() }()
	last, err := l.number(ctx, "SELECT n FROM counter WHERE name = 'checked'")
	if err != nil || s.now().Sub(time.UnixMicro(last)).Abs() < checkEach {
		return err
	}
	if err := checkPages(ctx, l); err != nil {
		return err
	}
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.disk != d {
		return nil
	}
	_, err = d.out.exec(context.WithoutCancel(ctx), "INSERT OR REPLACE INTO counter (name, n) VALUES ('checked', ?)", s.now().UnixMicro())
	return err
}

// dialBeside makes one more connection for reading.
func (s *Store) dialBeside(ctx context.Context) (*link, error) {
	unlock, err := s.lock(ctx, false)
	if err != nil {
		return nil, err
	}
	defer unlock()
	l, err := dial(ctx, s.path, accessRead, s.env.patience)
	if err != nil {
		return nil, err
	}
	if _, err := l.number(ctx, "SELECT count(*) FROM counter"); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}
