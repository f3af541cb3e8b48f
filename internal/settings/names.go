package settings

import (
	"slices"
	"strings"
)

// planned are names that are spoken for and that nothing reads yet. People
// write them already, since other versions of the program know them, so they
// are no mistakes; they are not documented either, since they do nothing. A
// name that ends in ".*" stands for all below it.
var planned = []struct {
	name string
	// narrows marks what a workspace's own file may hold; the rest is refused
	// there, so that a file written today means the same tomorrow.
	narrows bool
}{
	{"provider.fallbacks", false},
	{"provider.keyCommand", false},
	{"provider.keyTtl", false},
	{"review.rules", true},
	{"hover.explain", true},
	{"limits.requestsPerMinute", false},
	{"limits.tokensPerMinute", false},
	{"budget.dailyTokens", true},
	{"budget.monthlyTokens", true},
	{"budget.dailyCost", true},
	{"budget.monthlyCost", true},
	{"budget.softLimit", false},
	{"budget.user", false},
	{"breaker.failures", false},
	{"breaker.cooldown", false},
	{"cache.ttl.*", false},
	{"privacy.redactSecrets", false},
	{"audit.enabled", false},
	{"audit.retention", false},
	{"telemetry.otlp", false},
	{"experiments", false},
}

// plannedName is the planned name that path is or lies below; empty: none.
func plannedName(path string) (name string, narrows bool) {
	for _, p := range planned {
		name, all := strings.CutSuffix(p.name, ".*")
		if path == name && !all || strings.HasPrefix(path, name+".") {
			return name, p.narrows
		}
	}
	return "", false
}

// isGroup reports whether other names begin with path.
func isGroup(path string) bool {
	return slices.ContainsFunc(allNames, func(name string) bool { return strings.HasPrefix(name, path+".") })
}

// allNames are the right answers to a misspelt name.
var allNames = func() []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	for _, p := range planned {
		names = append(names, strings.TrimSuffix(p.name, ".*"))
	}
	return names
}()

// nearest is the right name that path most likely stands for, or "". Case and
// the marks between words do not count, and neither does the group where the
// rest of the name is right: "model" stands for provider.model.
func nearest(path string) string {
	best, least := "", 1+max(2, len(path)/4)
	try := func(candidate string, edits int) {
		if edits < least {
			best, least = candidate, edits
		}
	}
	for _, name := range allNames {
		try(name, distance(plain(path), plain(name)))
		try(name, distance(plain(lastPart(path)), plain(lastPart(name)))+1)
		// A whole table may be misspelt.
		if group, _, found := strings.Cut(name, "."); found {
			try(group, distance(plain(path), plain(group)))
		}
	}
	return best
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

var marks = strings.NewReplacer("_", "", "-", "", " ", "")

func plain(name string) string { return marks.Replace(strings.ToLower(name)) }

// distance is how many characters must be put in, taken out, replaced, or
// swapped with their neighbour, to make b of a. Names longer than any of ours
// are cut: they are not near anyway.
func distance(a, b string) int {
	const most = 64
	s, t := []rune(a), []rune(b)
	s, t = s[:min(len(s), most)], t[:min(len(t), most)]
	var before []int
	above := make([]int, len(t)+1)
	for j := range above {
		above[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(above[j]+cost, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above = above, row
	}
	return above[len(t)]
}
