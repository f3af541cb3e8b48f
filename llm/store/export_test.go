package store

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// ApplicationID marks our files.
const ApplicationID = applicationID

// Bounds that tests need to know.
const (
	LockedPause   = lockedPause
	FullPause     = fullPause
	ReadOnlyPause = readOnlyPause
	CheckEach     = checkEach
	CheckedAtOnce = checkedAtOnce
	FutureSlack   = futureSlack
	UseGrain      = useGrain
	SweepPause    = sweepPause
	Asides        = asides
)

// System says other things of files than the real one.
type System struct {
	FileSystem string                 // the name of a remote one; empty: what is true
	IsWritable func(path string) bool // nil: what is true
	Later      []string               // steps that a later version adds to the schema
	Patience   time.Duration          // with locks of others; 0: the usual
}

// OpenOn is Open on another system.
func OpenOn(ctx context.Context, o Options, on System) *Store {
	env := environment{schema: slices.Concat(migrations, on.Later), patience: cmp.Or(on.Patience, usualPatience), fileSystem: fileSystem, writable: writable}
	if on.FileSystem != "" {
		env.fileSystem = func(string) (string, bool) { return on.FileSystem, true }
	}
	if on.IsWritable != nil {
		env.writable = on.IsWritable
	}
	return open(ctx, o, env)
}

// IsHeldBy puts a lease of an owner that is not this process into the file.
func (s *Store) IsHeldBy(ctx context.Context, key string, pid int, sameHost bool, start string, until, span int64) error {
	host := "elsewhere"
	if sameHost {
		host = s.self.host
	}
	_, err := s.disk.out.exec(ctx, "INSERT OR REPLACE INTO lease VALUES (?, 'somebody', ?, ?, ?, ?, ?)", key, pid, host, start, until, span)
	return err
}

// ProcessStart tells when a process began, and whether it lives.
var ProcessStart = processStart

// RemoteFileSystem is what the system says of a folder.
var RemoteFileSystem = fileSystem
