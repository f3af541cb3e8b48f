package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestLinesAreAligned(t *testing.T) {
	for _, tc := range []struct {
		name, a, b string
		want       []int
	}{
		{"equal", "a b c", "a b c", []int{0, 1, 2}},
		{"one put before", "a b", "x a b", []int{1, 2}},
		{"one gone", "a b c", "a c", []int{0, -1, 1}},
		{"one modified", "a b c", "a x c", []int{0, -1, 2}},
		{"nothing in common", "a b", "x y", []int{-1, -1}},
		{"nothing there", "", "x", []int{}},
		{"a line that is moved keeps the longer part in order", "a b c d", "b c d a", []int{-1, 0, 1, 2}},
		{"lines that occur once go before a longer run of others", "} } x } }", "x } } } }", []int{-1, -1, 0, 1, 2}},
		{"the longest series where nothing occurs once", "a a b b", "b b a a b c c", []int{2, 3, 4, -1}},
		{"the end of a part that was moved to the end", "f1 ret f2 ret", "f2 ret f1 ret", []int{-1, -1, 0, 1}},
		{"two crossing", "x y", "y x", []int{-1, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := align(strings.Fields(tc.a), strings.Fields(tc.b)); !slices.Equal(got, tc.want) {
				t.Errorf("align(%s, %s) = %v, want %v", tc.a, tc.b, got, tc.want)
			}
		})
	}
}

func TestAlignmentIsOfEqualLinesInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func() []string {
		lines := make([]string, random.IntN(12))
		for i := range lines {
			lines[i] = string(rune('a' + random.IntN(5)))
		}
		return lines
	}
	for range 5000 {
		a, b := some(), some()
		for name, pairs := range map[string][]int{"forth": align(a, b), "back": alignBackwards(a, b)} {
			last := nowhere
			for i, j := range pairs {
				if j == nowhere {
					continue
				}
				if j <= last || a[i] != b[j] {
					t.Fatalf("%s: %v to %v is %v", name, a, b, pairs)
				}
				last = j
			}
			if slices.Equal(a, b) && slices.Contains(pairs, nowhere) {
				t.Fatalf("%s: %v differs from itself: %v", name, a, pairs)
			}
		}
	}
}
