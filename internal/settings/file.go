package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// maxFile is the most that is read of a settings file, in bytes. A workspace's
// file comes with the code and may be anything.
const maxFile = 64 << 10

var (
	errTooLarge = fmt.Errorf("it is larger than %d KiB", maxFile>>10)
	errNoFile   = errors.New("it is not a regular file")
)

// file is a settings file that may change, come and go while we run.
type file struct {
	path     string
	from     Layer
	required bool // its absence is a problem
	stamp    stamp
	layer    *layer // what holds: with a file that broke, what it last said
}

// stamp tells one state of a file from another. The zero value is that of a
// file which was never looked at.
type stamp struct {
	info fs.FileInfo // nil: none there
	read time.Time
}

// settling is how long after a change a file may change again without a new
// modification time: the coarsest clock of a file system in use, FAT's.
const settling = 2 * time.Second

// isCurrent reports that a file whose state is info now surely holds what was
// read at the stamp.
func (s stamp) isCurrent(info fs.FileInfo) bool {
	switch {
	case s.read.IsZero() || (s.info == nil) != (info == nil):
		return false
	case info == nil:
		return true
	}
	return os.SameFile(s.info, info) && s.info.Size() == info.Size() &&
		s.info.ModTime().Equal(info.ModTime()) && s.read.Sub(info.ModTime()) > settling
}

// refresh reads the file again if it may have changed, and reports whether it
// did.
func (f *file) refresh() bool {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		info, err = nil, nil
	}
	if err == nil && f.stamp.isCurrent(info) {
		return false
	}
	// The time is taken before the content, so that a change in between is
	// seen at the next look.
	f.stamp = stamp{info: info, read: time.Now()}
	switch {
	case err != nil:
		f.unreadable(err)
	case info == nil:
		f.layer = f.absent()
	default:
		if data, err := readSmall(f.path, info); err != nil {
			f.unreadable(err)
		} else {
			f.parse(data)
		}
	}
	return true
}

// unreadable forgets the stamp: what keeps a file from being read, such as its
// mode, does not show in it when it goes away.
func (f *file) unreadable(err error) {
	f.stamp = stamp{}
	f.layer = failed(f.from, f.path, place{}, "The settings file cannot be read: "+reason(err), f.layer)
}

func (f *file) parse(data []byte) {
	document, at, where, err := parseTOML(data)
	if err != nil {
		f.layer = failed(f.from, f.path, where, "This is not valid TOML: "+inert(clip(err.Error(), 2*longestQuote)), f.layer)
		return
	}
	f.layer = read(f.from, f.path, document, at)
}

func (f *file) absent() *layer {
	if f.required {
		return failed(f.from, f.path, place{}, "The settings file that AI_LSP_CONFIG names does not exist", f.layer)
	}
	return &layer{from: f.from, file: f.path, isAbsent: true}
}

// readSmall refuses what is no regular file before it opens it: opening a pipe
// would wait for its other end.
func readSmall(path string, info fs.FileInfo) ([]byte, error) {
	if !info.Mode().IsRegular() {
		return nil, errNoFile
	}
	opened, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open settings: %w", err)
	}
	defer func() { _ = opened.Close() }()
	data, err := io.ReadAll(io.LimitReader(opened, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if len(data) > maxFile {
		return nil, errTooLarge
	}
	return data, nil
}

// reason is the part of a file error that does not repeat the path.
func reason(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}
