package store

import (
	"crypto/rand"
	"os"
)

// owner is who holds a lease: one open store of one process.
type owner struct {
	id    string // no two stores have the same
	pid   int
	host  string // what the number of the process is unique in
	start string // tells processes apart that had the same number one after the other; may be empty
}

func thisProcess() owner {
	pid := os.Getpid()
	start, _ := processStart(pid)
	return owner{id: rand.Text(), pid: pid, host: processSpace(), start: start}
}

// knowsDead reports whether the process of another owner has surely ended.
func (o owner) knowsDead(other owner) bool {
	if o.host == "" || o.host != other.host {
		return false
	}
	start, alive := processStart(other.pid)
	// That nothing could be read of it, for want of a descriptor say, tells nothing.
	return !alive || start != "" && other.start != "" && start != other.start
}
