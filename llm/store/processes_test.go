package store_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// The parts that this program plays when a test starts it again.
const (
	partMixed   = "mixed"   // path, seed, rounds: puts, finds, leases
	partWriter  = "writer"  // path, name: puts until it is killed, and prints each key that was put
	partHolder  = "holder"  // path, key: leases, prints, and waits until it is killed
	partBounded = "bounded" // path: writes until it may not
)

// wire is how a part talks to the test.
var wire = os.Stdout //nolint:forbidigo // nothing else of this program is served over it

// openPatiently opens a store that does not go on in memory while a machine
// with much to do lets another part sleep with a lock in its hands.
func openPatiently(ctx context.Context, path string) *store.Store {
	return store.OpenOn(ctx, store.Options{Path: path}, store.System{Patience: time.Minute})
}

// processes is how many there are at once.
const processes = 4

func play(part string, args []string) int {
	ctx := context.Background()
	if part == partBounded {
		return tell(playBounded(args[0]))
	}
	s := openPatiently(ctx, args[0])
	defer s.Close()
	var err error
	switch part {
	case partMixed:
		err = playMixed(ctx, s, args[1:])
	case partWriter:
		err = playWriter(ctx, s, args[1])
	case partHolder:
		mine, leaseErr := s.Lease(ctx, args[1:], time.Hour)
		_, _ = fmt.Fprintln(wire, len(mine), leaseErr)
		select {}
	}
	if note := s.Note(); err == nil && note != "" {
		err = fmt.Errorf("note: %s", note)
	}
	return tell(err)
}

// tell makes an exit code of an error.
func tell(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// start starts this program in a part.
func start(t testing.TB, part string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), player+"="+part)
	return cmd
}

// timings are how long calls took, in nanoseconds.
type timings struct{ Put, Find []int64 }

// playMixed makes the calls that a window makes, and checks each answer. What
// it prints at the end are timings.
func playMixed(ctx context.Context, s *store.Store, args []string) error {
	seed, _ := strconv.ParseUint(args[0], 10, 64)
	rounds, _ := strconv.Atoi(args[1])
	dice := rand.New(rand.NewPCG(seed, 1))
	var took timings
	for range rounds {
		k := key(dice.IntN(500))
		began := time.Now()
		var err error
		switch n := dice.IntN(100); {
		case n < 20:
			err = s.Put(ctx, store.Entry{Kind: "review", Key: k, Value: []byte(large(k)), Expires: began.Add(time.Hour)})
			took.Put = append(took.Put, int64(time.Since(began)))
		case n < 25:
			err = holdOne(ctx, s, args[2], key(dice.IntN(3)))
		default:
			var found map[string][]byte
			found, err = s.Find(ctx, "review", []string{k})
			took.Find = append(took.Find, int64(time.Since(began)))
			if v, ok := found[k]; ok && string(v) != large(k) {
				err = fmt.Errorf("a value of %d bytes is not its own", len(v))
			}
		}
		if err != nil {
			return err
		}
	}
	return json.NewEncoder(wire).Encode(took)
}

// large is the one value that a key may have here: 4 KiB.
func large(key string) string { return strings.Repeat(key, 64) }

// holdOne takes a lease if it is free. A file that only one process can make
// proves that nobody else holds it.
func holdOne(ctx context.Context, s *store.Store, folder, key string) error {
	mine, err := s.Lease(ctx, []string{key}, time.Minute)
	if err != nil || len(mine) == 0 {
		return err
	}
	proof := filepath.Join(folder, key)
	file, err := os.OpenFile(proof, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("two processes hold one lease: %w", err)
	}
	_ = file.Close()
	if err := os.Remove(proof); err != nil {
		return err
	}
	return s.Release(ctx, key)
}

func TestFourProcessesShareOneFile(t *testing.T) {
	path := newPath(t)
	runMixed(t, path, 800)
	b := openAt(t, path, inRealTime)
	b.is(store.ModeFile)
	if stats, err := b.Stats(b.ctx); stats.Kinds["review"].Entries < 300 || err != nil {
		t.Errorf("only %d entries are there, %v", stats.Kinds["review"].Entries, err)
	}
	if n := number(t, path, "SELECT count(*) FROM lease"); n != 0 {
		t.Errorf("%d leases are left", n)
	}
}

// runMixed plays four windows at once, to the end, and gives what they took.
func runMixed(t testing.TB, path string, rounds int) timings {
	t.Helper()
	proofs := t.TempDir()
	var all timings
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range processes {
		cmd := start(t, partMixed, path, fmt.Sprint(i), fmt.Sprint(rounds), proofs)
		group.Go(func() {
			var told bytes.Buffer
			cmd.Stderr = &told
			out, err := cmd.Output()
			mu.Lock()
			defer mu.Unlock()
			var one timings
			if err == nil {
				err = json.Unmarshal(out, &one)
			}
			if err != nil {
				t.Errorf("process %d: %v: %s", i, err, told.String())
			}
			all.Put = append(all.Put, one.Put...)
			all.Find = append(all.Find, one.Find...)
		})
	}
	group.Wait()
	slices.Sort(all.Put)
	slices.Sort(all.Find)
	return all
}

// playWriter puts entries of both sorts as fast as it can.
func playWriter(ctx context.Context, s *store.Store, name string) error {
	for i := 0; ; i++ {
		k := fmt.Sprintf("%s/%d", name, i)
		v := []byte(value(k))
		err := s.Put(ctx, store.Entry{Kind: "review", Key: k, Value: v, Expires: time.Now().Add(time.Hour)}, store.Entry{Kind: "dismissed", Key: k, Value: v})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(wire, k); err != nil {
			return err
		}
	}
}

func TestKilledInMidWriteNothingIsLostOrDamaged(t *testing.T) {
	path := newPath(t)
	kept := map[string]bool{}
	const kills = 24
	for round := range kills / processes {
		for _, k := range killWriters(t, path, round) {
			kept[k] = true
		}
		b := openAt(t, path, inRealTime)
		b.is(store.ModeFile)
		for _, kind := range []string{"review", "dismissed"} {
			found, err := b.findAll(kind, kept)
			if len(found) != len(kept) || err != nil {
				t.Fatalf("after round %d %d of %d entries are there, %v", round, len(found), len(kept), err)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		db := dialSQL(t, path)
		var verdict string
		if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); verdict != "ok" || err != nil {
			t.Fatalf("after round %d the file is damaged: %s %v", round, verdict, err)
		}
		db.Close()
	}
	if names, _ := filepath.Glob(path + ".corrupt-*"); names != nil {
		t.Errorf("a file was moved aside: %v", names)
	}
	t.Logf("%d kills, %d puts kept", kills, len(kept))
}

// inRealTime is for stores whose entries other processes put.
func inRealTime(o *store.Options) { o.Now = time.Now }

func (b *bench) findAll(kind string, keys map[string]bool) (map[string][]byte, error) {
	var names []string
	for k := range keys {
		names = append(names, k)
	}
	found, err := b.Find(context.Background(), kind, names)
	for k, v := range found {
		if string(v) != value(k) {
			return nil, fmt.Errorf("%s has the value of another", k)
		}
	}
	return found, err
}

// killWriters runs four writers, kills each in mid write, and gives the keys
// that they said were put.
func killWriters(t *testing.T, path string, round int) (kept []string) {
	t.Helper()
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range processes {
		name := fmt.Sprintf("%d/%d", round, i)
		cmd := start(t, partWriter, path, name)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			mine := readUntilKilled(out, cmd, 20+rand.IntN(60))
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, mine...)
		})
	}
	group.Wait()
	return kept
}

// readUntilKilled kills a process after some lines and reads on to the end. A
// line that was torn by the kill does not count.
func readUntilKilled(out io.Reader, cmd *exec.Cmd, after int) (lines []string) {
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
		if len(lines) == after {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	return lines
}

func TestEightWindowsStartAtOnce(t *testing.T) {
	path := newPath(t)
	var group sync.WaitGroup
	for i := range 8 {
		cmd := start(t, partMixed, path, fmt.Sprint(i), "20", t.TempDir())
		group.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("window %d: %v: %s", i, err, out)
			}
		})
	}
	group.Wait()
}
