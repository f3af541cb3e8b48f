package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/llm/store"
)

// everywhere runs a test on a store with a file and on one without.
func everywhere(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	t.Run("in a file", func(t *testing.T) {
		b := openAt(t, newPath(t))
		test(t, b)
		b.is(store.ModeFile)
	})
	t.Run("in memory", func(t *testing.T) {
		b := openAt(t, "")
		test(t, b)
		b.is(store.ModeMemory)
	})
}

func TestEntriesAreFoundByKindAndKey(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		b.put(b.review(1), b.review(2), dismissal(2), dismissal(3))
		b.has("review", 1, 2)
		b.has("dismissed", 2, 3)
		b.has("explain")
		if err := b.Delete(b.ctx, "review", key(2), key(7)); err != nil {
			t.Fatal(err)
		}
		b.has("review", 1)
		b.has("dismissed", 2, 3)
	})
}

func TestPutOverwrites(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		old := b.review(1)
		old.Value = []byte("what was thought before")
		b.put(old)
		b.put(b.review(1))
		b.has("review", 1)
		b.put(store.Entry{Kind: "empty", Key: "k"})
		found, err := b.Find(b.ctx, "empty", []string{"k"})
		if v, ok := found["k"]; !ok || len(v) != 0 || err != nil {
			t.Errorf("an empty value is %q, %t, %v", v, ok, err)
		}
	})
}

func TestPutIsAllOrNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		bad := b.review(2)
		for _, bad.Key = range []string{"", "a\x00b", "\xff", strings.Repeat("k", 1025)} {
			if err := b.Put(b.ctx, b.review(1), bad); err == nil {
				t.Errorf("the key %q is taken", bad.Key)
			} else if bad.Key != "" && strings.Contains(err.Error(), bad.Key) {
				t.Error("the error holds the key")
			}
		}
		b.has("review")
	})
}

func TestKeysMayBeAnyText(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		for _, key := range []string{`"`, `\`, "<&>", "\u2028", "a\nb", "é", "e\u0301", "🙂", "%", "[1]", "null", strings.Repeat("k", 1024)} {
			b.put(store.Entry{Kind: "kind", Key: key, Value: []byte(key)})
			found, err := b.Find(b.ctx, "kind", []string{"x", key, key})
			if len(found) != 1 || string(found[key]) != key || err != nil {
				t.Errorf("under %q there is %q, %v", key, found, err)
			}
		}
		all, err := b.List(b.ctx, "kind")
		if len(all) != 12 || err != nil {
			t.Errorf("%d keys are listed, %v", len(all), err)
		}
	})
}

func TestAnEntryEndsAtItsTime(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		b.put(b.review(1), dismissal(1))
		b.clock.advance(time.Hour - time.Microsecond)
		b.has("review", 1)
		b.clock.advance(time.Microsecond)
		b.has("review")
		b.has("dismissed", 1)
		if list, err := b.List(b.ctx, "review"); len(list) != 0 || err != nil {
			t.Errorf("%d expired entries are listed, %v", len(list), err)
		}
	})
}

func TestWhatHasExpiredIsRemovedBitByBit(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		for i := range 50 {
			b.put(b.review(i))
		}
		b.clock.advance(2 * time.Hour)
		b.put(b.review(51))
		stats, err := b.Stats(b.ctx)
		if got := stats.Kinds["review"].Entries; got != 1 || err != nil {
			t.Errorf("%d entries are left, want 1, %v", got, err)
		}
	})
}

func TestAnEntryFromTheFutureIsNotBelieved(t *testing.T) {
	everywhere(t, func(_ *testing.T, b *bench) {
		b.clock.advance(365 * 24 * time.Hour) // the clock is wrong
		b.put(b.review(1), dismissal(1))
		b.clock.advance(-365 * 24 * time.Hour) // and is put right
		b.has("review")
		b.has("dismissed", 1)
		b.put(b.review(2))
		b.clock.advance(-store.FutureSlack) // a day is within reason
		b.has("review", 2)
	})
}

func TestListGivesWholeEntriesByKey(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		b.put(b.review(3), b.review(1), dismissal(2))
		list, err := b.List(b.ctx, "review")
		if len(list) != 2 || err != nil {
			t.Fatalf("%d listed, %v", len(list), err)
		}
		for i, n := range []int{1, 3} {
			want := b.review(n)
			if got := list[i]; got.Kind != want.Kind || got.Key != want.Key || string(got.Value) != string(want.Value) || !got.Expires.Equal(want.Expires) {
				t.Errorf("entry %d is %s %s until %s", i, got.Kind, got.Key, got.Expires)
			}
		}
		kept, err := b.List(b.ctx, "dismissed")
		if len(kept) != 1 || !kept[0].Expires.IsZero() || err != nil {
			t.Errorf("kept are %d, %v", len(kept), err)
		}
	})
}

func TestClear(t *testing.T) {
	for _, tc := range []struct {
		name    string
		kinds   []string
		n       int
		reviews []int
		kept    []int
	}{
		{"with no kind, what expires goes and what is kept stays", nil, 2, nil, []int{1}},
		{"a kind that expires", []string{"review"}, 2, nil, []int{1}},
		{"a kind that is kept", []string{"dismissed"}, 1, []int{1, 2}, nil},
		{"several kinds", []string{"review", "dismissed", "none"}, 3, nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, b *bench) {
				b.put(b.review(1), b.review(2), dismissal(1))
				if n, err := b.Clear(b.ctx, tc.kinds...); n != tc.n || err != nil {
					t.Errorf("cleared %d, %v, want %d", n, err, tc.n)
				}
				b.has("review", tc.reviews...)
				b.has("dismissed", tc.kept...)
			})
		})
	}
}

func TestClearGivesTheSpaceBack(t *testing.T) {
	b := openAt(t, newPath(t))
	for i := range 1200 { // more than one transaction removes
		e := b.review(i)
		e.Value = make([]byte, 4096)
		b.put(e)
	}
	before, _ := b.Stats(b.ctx)
	if n, err := b.Clear(b.ctx); n != 1200 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
	after, err := b.Stats(b.ctx)
	if before.FileBytes < 4<<20 || after.FileBytes > 1<<20 || err != nil {
		t.Errorf("the file had %d bytes and has %d, %v", before.FileBytes, after.FileBytes, err)
	}
}

func TestTheBoundIsKeptByDroppingWhatWasNotUsedForLongest(t *testing.T) {
	const bound = 256 << 10
	for _, path := range []string{"", newPath(t)} {
		b := openAt(t, path, func(o *store.Options) { o.MaxBytes = bound })
		b.put(dismissal(1), b.large(0), b.large(1))
		for i := 2; i < 120; i++ {
			b.clock.advance(store.UseGrain)
			if found, err := b.Find(b.ctx, "review", []string{key(0)}); len(found) != 1 || err != nil {
				t.Fatalf("after %d puts the entry that is used each hour is gone, %v", i, err)
			}
			b.put(b.large(i))
			if stats, err := b.Stats(b.ctx); stats.Kinds["review"].Bytes > bound || err != nil {
				t.Fatalf("after %d puts there are %d bytes, %v", i, stats.Kinds["review"].Bytes, err)
			}
		}
		stats, _ := b.Stats(b.ctx)
		if left := stats.Kinds["review"]; left.Bytes < bound/2 || left.Entries < 2 {
			t.Errorf("only %d bytes of %d are left", left.Bytes, bound)
		}
		if found, _ := b.Find(b.ctx, "review", []string{key(1), key(119)}); len(found) != 1 || found[key(119)] == nil {
			t.Error("not the one unused for longest was dropped")
		}
		b.has("dismissed", 1)
	}
}

// large is an entry of 8 KiB that does not expire soon.
func (b *bench) large(n int) store.Entry {
	e := b.review(n)
	e.Value = make([]byte, 8<<10)
	e.Expires = b.clock.Now().Add(30 * 24 * time.Hour)
	return e
}

func TestAValueTooLargeForTheBoundIsNotKept(t *testing.T) {
	b := openAt(t, newPath(t), func(o *store.Options) { o.MaxBytes = 64 << 10 })
	b.put(b.review(1), b.review(2))
	huge := b.review(2)
	huge.Value = make([]byte, 5<<10)
	b.put(huge)
	b.has("review", 1)
}

func TestReadingDoesNotWrite(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1))
	before := number(t, b.path, "SELECT used FROM entry")
	b.clock.advance(store.UseGrain / 2)
	b.has("review", 1)
	b.put(b.review(2))
	if after := number(t, b.path, "SELECT min(used) FROM entry"); after != before {
		t.Error("a use within the hour was written")
	}
}

func TestADamagedRowIsAMissAndGoes(t *testing.T) {
	for _, damage := range []string{
		"value = x'00' || substr(value, 2)", "value = x''", "kind = 'review', key = '" + key(9) + "'",
		"expires = expires + 1", "expires = 0", "sum = x''", "written = written - 1", "value = NULL", "value = 'text'",
	} {
		t.Run(damage, func(t *testing.T) {
			b := openAt(t, newPath(t))
			b.put(b.review(1), b.review(2))
			b.reopen()
			withSQL(t, b.path, "PRAGMA ignore_check_constraints = on", "PRAGMA writable_schema = on",
				"UPDATE sqlite_schema SET sql = replace(replace(sql, ' NOT NULL', ''), 'STRICT', '') WHERE name = 'entry'")
			withSQL(t, b.path, "UPDATE entry SET "+damage+" WHERE key = '"+key(1)+"'")
			b.has("review", 2)
			b.put(b.review(3))
			b.has("review", 2, 3)
			if n := number(t, b.path, "SELECT count(*) FROM entry"); n != 2 {
				t.Errorf("%d rows are left, want 2", n)
			}
		})
	}
}

func TestGenerationRisesWithEachChange(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		last := int64(-1)
		rises := func(kind string, want bool, after string) {
			t.Helper()
			now, err := b.Generation(b.ctx, kind)
			if err != nil || now < last || (now > last) != want {
				t.Errorf("after %s the generation went from %d to %d, %v", after, last, now, err)
			}
			last = now
		}
		rises("review", true, "opening")
		rises("review", false, "nothing")
		b.put(b.review(1))
		rises("review", true, "a put")
		b.put(dismissal(1))
		rises("review", false, "a put of another kind")
		_ = b.Delete(b.ctx, "review", key(1))
		rises("review", true, "a delete")
		b.clock.advance(-time.Hour)
		b.put(b.review(1))
		rises("review", true, "a put while the clock was set back")
		_, _ = b.Clear(b.ctx, "review")
		rises("review", true, "a clear")
		last = 0
		rises("", true, "a clear")
		_, _ = b.Clear(b.ctx)
		rises("", true, "a clear of everything")
	})
}

func TestGenerationRisesInOtherStoresOfTheFile(t *testing.T) {
	b := openAt(t, newPath(t))
	other := openAt(t, b.path)
	before, _ := other.Generation(b.ctx, "review")
	b.put(b.review(1))
	if after, err := other.Generation(b.ctx, "review"); after <= before || err != nil {
		t.Errorf("from %d to %d, %v", before, after, err)
	}
}

func TestEntriesOutliveTheProcess(t *testing.T) {
	b := openAt(t, newPath(t))
	b.put(b.review(1), dismissal(2))
	b.reopen()
	b.has("review", 1)
	b.has("dismissed", 2)
	b.is(store.ModeFile)
}

func TestPathsMayBeAnyText(t *testing.T) {
	for _, name := range []string{"a b", "a?b=c", "a#b", "a%41b", "a&mode=memory", "ä🙂", "[a-b]", "it's"} {
		b := openAt(t, newPath(t)+name)
		b.put(b.review(1))
		b.reopen()
		b.has("review", 1)
		b.is(store.ModeFile)
		other := openAt(t, b.path)
		other.has("review", 1)
	}
}

func TestAnEndedContextIsAnErrorAndChangesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		b.put(b.review(1))
		ctx, cancel := context.WithCancel(b.ctx)
		cancel()
		_, err1 := b.Find(ctx, "review", []string{key(1)})
		err2 := b.Put(ctx, b.review(2))
		_, err3 := b.Lease(ctx, []string{"k"}, time.Minute)
		_, err4 := b.Clear(ctx)
		for i, err := range []error{err1, err2, err3, err4, b.Delete(ctx, "review", key(1))} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		b.has("review", 1)
	})
}

func TestAfterCloseEveryCallIsAnError(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		open := store.Open(b.ctx, b.options())
		if err := errors.Join(open.Put(b.ctx, b.review(1)), open.Close(), open.Close()); err != nil {
			t.Fatal(err)
		}
		_, err1 := open.Find(b.ctx, "review", []string{key(1)})
		_, err2 := open.Lease(b.ctx, []string{"k"}, time.Minute)
		_, err3 := open.Stats(b.ctx)
		for i, err := range []error{err1, err2, err3, open.Put(b.ctx, b.review(1))} {
			if err == nil {
				t.Errorf("call %d works", i)
			}
		}
	})
}

func TestStatsCountEachKind(t *testing.T) {
	everywhere(t, func(t *testing.T, b *bench) {
		b.put(b.review(1))
		began := b.clock.Now()
		b.clock.advance(30 * time.Second)
		b.put(b.review(2), dismissal(1))
		b.clock.advance(time.Hour - 30*time.Second)
		stats, err := b.Stats(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		size := int64(len(value(key(1))))
		want := fmt.Sprint(map[string]store.KindStats{
			"review":    {Entries: 2, Expired: 1, Bytes: 2 * size, Oldest: began.Local()},
			"dismissed": {Entries: 1, Bytes: size, Oldest: began.Add(30 * time.Second).Local(), Kept: true},
		})
		if got := fmt.Sprint(stats.Kinds); got != want {
			t.Errorf("counted\n%s, want\n%s", got, want)
		}
		if (stats.FileBytes > 0) != (b.path != "") || stats.Waiting != 0 || stats.MaxBytes != 256<<20 {
			t.Errorf("stats are %+v", stats)
		}
	})
}
