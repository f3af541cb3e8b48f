package rpc

import "testing"

func TestAValveShutsAboveItsBoundAndOpensAtHalf(t *testing.T) {
	v := valve{max: 10}
	stopped := make(chan struct{})
	close(stopped)
	for _, step := range []struct {
		name       string
		change     int64
		over, open bool
	}{
		{"at the bound it is open", 10, false, true},
		{"above the bound it shuts", 1, true, false},
		{"below the bound it stays shut", -5, false, false},
		{"at half of the bound it opens", -1, false, true},
		{"between half and the bound it stays open", 4, false, true},
	} {
		if step.change > 0 {
			v.add(step.change)
		} else {
			v.sub(-step.change)
		}
		if over, open := v.over(), v.wait(stopped); over != step.over || open != step.open {
			t.Errorf("%s: over %v, open %v", step.name, over, open)
		}
	}
}

func TestAQueueKeepsItsOrderAndGivesItsMemoryBack(t *testing.T) {
	var q queue[int]
	next, want := 0, 0
	for range 100 { // grows by 60 items a round, so the front is moved more than once
		for range 100 {
			q.push(next)
			next++
		}
		for range 40 {
			if got, ok := q.pop(); !ok || got != want {
				t.Fatalf("took %d, %v, want %d", got, ok, want)
			}
			want++
		}
	}
	for ; want < next; want++ {
		if got, ok := q.pop(); !ok || got != want {
			t.Fatalf("took %d, %v, want %d", got, ok, want)
		}
	}
	if _, ok := q.pop(); ok || cap(q.items) != 0 {
		t.Errorf("the empty queue holds room for %d", cap(q.items))
	}
}
