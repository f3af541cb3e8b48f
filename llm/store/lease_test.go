package store_test

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// leases holds which of the keys a store gets.
func (b *bench) leases(want string, keys ...string) {
	b.t.Helper()
	mine, err := b.Lease(b.ctx, keys, time.Minute)
	if got := strings.Join(mine, " "); got != want || err != nil {
		b.t.Errorf("of %v it leases %q, want %q, %v", keys, got, want, err)
	}
}

// sees holds which of the keys are held by others.
func (b *bench) sees(want string, keys ...string) {
	b.t.Helper()
	held, err := b.Held(b.ctx, keys)
	if got := strings.Join(held, " "); got != want || err != nil {
		b.t.Errorf("of %v others hold %q, want %q, %v", keys, got, want, err)
	}
}

func TestALeaseIsHeldByOneStore(t *testing.T) {
	b := openAt(t, newPath(t))
	other := openAt(t, b.path)
	b.leases("a b", "a", "b", "a")
	other.leases("c", "a", "b", "c")
	other.sees("a b", "a", "b", "c")
	b.sees("c", "a", "b", "c")
	b.leases("a b", "a", "b", "c")
	if err := b.Release(b.ctx, "b", "c"); err != nil {
		t.Error(err)
	}
	other.leases("b c", "a", "b", "c")
}

func TestALeaseEndsByTime(t *testing.T) {
	b := openAt(t, newPath(t))
	other := openAt(t, b.path)
	other.clock = b.clock
	other.reopen()
	b.leases("a", "a")
	b.clock.advance(50 * time.Second)
	b.leases("a", "a") // extends it
	b.clock.advance(50 * time.Second)
	other.leases("", "a")
	b.clock.advance(10 * time.Second)
	other.leases("a", "a")
	b.leases("", "a")
}

func TestALeaseEndsWithItsStore(t *testing.T) {
	b := openAt(t, newPath(t))
	other := openAt(t, b.path)
	b.leases("a", "a")
	b.Close()
	other.leases("a", "a")
}

func TestALeaseEndsWithItsProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("whether a process lives is not looked up on Windows")
	}
	b := openAt(t, newPath(t), inRealTime)
	holder := start(t, partHolder, b.path, "a")
	out, err := holder.StdoutPipe()
	if err == nil {
		err = holder.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "1 <nil>\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	b.leases("", "a")
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it was killed
	b.leases("a", "a")
}

func TestWhoseLeaseCounts(t *testing.T) {
	start, alive := store.ProcessStart(os.Getpid())
	if !alive {
		t.Fatal("this process does not live")
	}
	const minute = int64(time.Minute / time.Microsecond)
	for _, tc := range []struct {
		name     string
		pid      int
		sameHost bool
		start    string
		until    int64 // from now
		free     bool
	}{
		{"of a process that lives", os.Getpid(), true, start, minute, false},
		{"of one whose number was given to another", os.Getpid(), true, "another time", minute, runtime.GOOS == "linux"},
		{"of a process that is gone", 1 << 30, true, "", minute, runtime.GOOS != "windows"},
		{"of another machine", 1 << 30, false, "", minute, false},
		{"of another machine, and over", 1 << 30, false, "", 0, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := openAt(t, newPath(t))
			err := b.IsHeldBy(b.ctx, "a", tc.pid, tc.sameHost, tc.start, b.clock.Now().UnixMicro()+tc.until, minute)
			if err != nil {
				t.Fatal(err)
			}
			want := map[bool]string{true: "a"}[tc.free]
			held := map[bool]string{false: "a"}[tc.free]
			b.sees(held, "a")
			b.leases(want, "a")
		})
	}
}

func TestAClockThatIsSetBackHoldsNoLeaseForLong(t *testing.T) {
	b := openAt(t, newPath(t))
	other := openAt(t, b.path)
	b.leases("a", "a")
	other.clock.advance(-365 * 24 * time.Hour)
	other.leases("", "a")
	other.clock.advance(time.Minute)
	other.leases("a", "a")
}

func TestLeasesInMemoryHoldWithinTheStore(t *testing.T) {
	b := openAt(t, "")
	b.leases("a b", "a", "b")
	b.leases("a", "a")
	b.sees("", "a")
	if err := b.Release(b.ctx, "a"); err != nil {
		t.Error(err)
	}
}

func TestALeaseThatNobodyGaveUpIsSweptAway(t *testing.T) {
	b := openAt(t, newPath(t))
	for i := range 20 {
		b.leases(fmt.Sprint(i), fmt.Sprint(i))
	}
	b.clock.advance(time.Hour)
	b.put(b.review(1))
	if n := number(t, b.path, "SELECT count(*) FROM lease"); n != 0 {
		t.Errorf("%d are left", n)
	}
}
