package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// processSpace names the machine and, within it, the container: numbers of
// processes mean nothing outside.
func processSpace() string {
	host, err1 := os.Hostname()
	space, err2 := os.Readlink("/proc/self/ns/pid")
	if err1 != nil || err2 != nil {
		return ""
	}
	return host + " " + space
}

// processStart tells when a process began, and whether it lives. Where that
// cannot be known it lives: leases end by time as well.
func processStart(pid int) (start string, alive bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, fs.ErrNotExist) {
		_, err := os.Stat("/proc/self/stat") // is there a /proc at all?
		return "", err != nil
	}
	// The second field is the name in brackets and may hold anything; the
	// third is the state, the twenty-second the time since the machine began.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if err != nil || len(fields) < 20 {
		return "", true
	}
	if state := fields[0]; state == "Z" || state == "X" {
		return "", false
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", true
	}
	return strings.TrimSpace(string(boot)) + " " + fields[19], true
}
