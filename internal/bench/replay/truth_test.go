package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
	"github.com/ai-lsp/ai-lsp/server/text"
)

func TestWhatBecameOfLines(t *testing.T) {
	const block = "alpha()\n\tbeta()\n\tgamma()\n"
	for _, tc := range []struct{ name, old, now, want string }{
		{"nothing", "one\ntwo", "one\ntwo", "0 1"},
		{"a line put before", "one\ntwo", "new\none\ntwo", "1 2"},
		{"a line modified", "one\ntwo\nsix", "one\nTWO\nsix", "0 gone 2"},
		{"blanks at the end and line ends", "one\ntwo", "one  \r\ntwo", "0 1"},
		{"a byte order mark", "\uFEFFone\ntwo", "one\ntwo", "0 1"},
		{"a line indented anew", "one\ntwo\nsix", "one\n\ttwo\nsix", "0 indented:1 2"},
		{"a block moved down", block + "one\ntwo\nsix\nten\n", "one\ntwo\nsix\nten\n" + block, "moved:4 moved:5 moved:6 0 1 2 3 7"},
		{"two lines are no block", "alpha()\nbeta()\none\ntwo\nsix\n", "one\ntwo\nsix\nalpha()\nbeta()\n", "gone gone 0 1 2 5"},
		{
			"a block moved and indented", block + "one\ntwo\nsix\nten\n", "one\ntwo\nsix\nten\nif x {\n\talpha()\n\t\tbeta()\n\t\tgamma()\n",
			"indented:5 indented:6 indented:7 0 1 2 3 8",
		},
		{
			"a block that was moved to two places", block + "one\ntwo\nsix\nten\n", "one\ntwo\nsix\nten\n" + block + "\n" + block,
			"unsure unsure unsure 0 1 2 3 11",
		},
		{"one of two equal lines is gone", "same\nsame\nend", "same\nend", "unsure unsure 1"},
		{"an equal line more", "one\nsame\nend", "one\nsame\nsame\nend", "0 1|2 3"},
		{
			"a common line in code that was written anew", "return nil\none\ntwo\nreturn nil\nsix\nend\nreturn nil", "return nil\nfour\nreturn nil\nfive\nend\nreturn nil",
			"0 gone gone unsure gone 4 5",
		},
	} {
		t.Run(tc.name, func(t *testing.T) { checkTruth(t, tc.old, tc.now, nil, nil, tc.want) })
	}
	t.Run("a unit of two lines that was moved", func(t *testing.T) {
		unit := func(first, last int) []syntax.Unit {
			return []syntax.Unit{{Lines: syntax.Lines{First: first, Last: last}}}
		}
		checkTruth(t, "alpha()\nbeta()\n\none\ntwo\nsix", "one\ntwo\nsix\n\nalpha()\nbeta()", unit(0, 2), unit(4, 5),
			"moved:4 moved:5 gone 0 1 2")
	})
}

func checkTruth(t *testing.T, old, now string, oldUnits, newUnits []syntax.Unit, want string) {
	t.Helper()
	var got []string
	for _, d := range compare(text.New("", "", 1, old), text.New("", "", 2, now), oldUnits, newUnits) {
		var places []string
		for _, place := range d.places {
			places = append(places, fmt.Sprint(place))
		}
		word := strings.Join(places, "|")
		switch {
		case d.fate == unsure, d.fate == gone:
			word = string(d.fate)
		case d.fate != stayed:
			word = string(d.fate) + ":" + word
		}
		got = append(got, word)
	}
	if strings.Join(got, " ") != want {
		t.Errorf("became %q, want %q", got, want)
	}
}

func TestChangedLines(t *testing.T) {
	for _, tc := range []struct{ name, old, now, want string }{
		{"nothing", "a\nb", "a\nb", "[]"},
		{"one modified", "a\nb\nc", "a\nB\nc", "[{1 1}]"},
		{"two put in", "a\nb", "a\nx\ny\nb", "[{1 2}]"},
		{"one deleted", "a\nb\nc\nd", "a\nc\nd", "[{0 1}]"},
		{"the first deleted", "a\nb\nc", "b\nc", "[{0 0}]"},
		{"the last deleted", "a\nb\nc", "a\nb", "[{1 1}]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := fmt.Sprint(changed(text.New("", "", 1, tc.old), text.New("", "", 2, tc.now))); got != tc.want {
				t.Errorf("changed are %s, want %s", got, tc.want)
			}
		})
	}
}
