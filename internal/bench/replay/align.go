package main

import (
	"slices"
	"sort"
)

// nowhere is the place of a line that has none.
const nowhere = -1

// align pairs lines of a with equal lines of b, in order: for each of a, its
// place in b or [nowhere]. Lines that occur once in both are paired first, since
// they are surely themselves, then the gaps between them in the same way; a gap
// without any gets its longest common subsequence.
func align(a, b []string) []int {
	to := slices.Repeat([]int{nowhere}, len(a))
	alignGap(to, a, b, 0, 0)
	return to
}

// alignBackwards does the same from the end. Where the two differ, the texts do
// not tell which of several equal lines is which.
func alignBackwards(a, b []string) []int {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Reverse(a)
	slices.Reverse(b)
	to := align(a, b)
	slices.Reverse(to)
	for i, j := range to {
		if j != nowhere {
			to[i] = len(b) - 1 - j
		}
	}
	return to
}

// alignGap pairs the lines a with the lines b, which begin at the lines from
// and at. What both begin and end with comes after the lines that occur once:
// where a function is moved to the end, that is not the end of the same one.
func alignGap(to []int, a, b []string, from, at int) {
	if sure := once(a, b); len(sure) > 0 {
		i, j := 0, 0
		for _, p := range sure {
			alignGap(to, a[i:p[0]], b[j:p[1]], from+i, at+j)
			to[from+p[0]] = at + p[1]
			i, j = p[0]+1, p[1]+1
		}
		alignGap(to, a[i:], b[j:], from+i, at+j)
		return
	}
	all := len(a)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		to[from] = at
		a, b, from, at = a[1:], b[1:], from+1, at+1
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
		to[from+len(a)] = at + len(b)
	}
	switch {
	case len(a) == 0 || len(b) == 0:
	case len(a) < all:
		alignGap(to, a, b, from, at) // what is left may occur once now
	default:
		alignLongest(to, a, b, from, at)
	}
}

// once is the longest series of pairs, ascending on both sides, of lines that
// occur once in a and once in b.
func once(a, b []string) [][2]int {
	count := map[string]int{}
	for _, line := range a {
		count[line]++
	}
	place := map[string]int{}
	for j, line := range b {
		if _, again := place[line]; again {
			count[line] = 2 // whatever it was
		}
		place[line] = j
	}
	var pairs [][2]int
	for i, line := range a {
		if j, both := place[line]; both && count[line] == 1 {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return ascending(pairs)
}

// ascending is the longest part of pairs whose second numbers ascend, as the
// first ones do. It is the card game: each pair goes onto the leftmost pile
// whose top is larger, and remembers the top of the pile before.
func ascending(pairs [][2]int) [][2]int {
	var tops []int
	before := make([]int, len(pairs))
	for i, p := range pairs {
		pile := sort.Search(len(tops), func(n int) bool { return pairs[tops[n]][1] > p[1] })
		before[i] = nowhere
		if pile > 0 {
			before[i] = tops[pile-1]
		}
		if pile == len(tops) {
			tops = append(tops, i)
		}
		tops[pile] = i
	}
	var series [][2]int
	if len(tops) > 0 {
		for i := tops[len(tops)-1]; i != nowhere; i = before[i] {
			series = append(series, pairs[i])
		}
	}
	slices.Reverse(series)
	return series
}

// maxTable is how large a table of a longest common subsequence may be. A gap
// beyond it is a text written anew; nothing in it is paired.
const maxTable = 16 << 20

func alignLongest(to []int, a, b []string, from, at int) {
	width := len(b) + 1
	if (len(a)+1)*width > maxTable {
		return
	}
	// longest[i*width+j] is how many lines a[i:] and b[j:] have in common.
	longest := make([]int32, (len(a)+1)*width)
	for i, line := range slices.Backward(a) {
		for j, other := range slices.Backward(b) {
			if line == other {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			to[from+i] = at + j
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}
