package main

import (
	"math"
	"slices"
)

// Figures are what many edits show together. Shares go from 0 to 1.
type Figures struct {
	Repository string         `json:"repository"`
	Edits      int            `json:"edits"`
	Commits    int            `json:"commits"`
	Languages  map[string]int `json:"languages"`

	Units   Spread `json:"units"`   // in a file after the edit
	Touched Spread `json:"touched"` // units on changed lines
	Reused  Spread `json:"reused"`  // share of units whose answer is known
	Own     Spread `json:"ownText"` // share of units whose own text is unchanged, whatever their context
	Spared  Spread `json:"spared"`  // share of units without a changed line: what would be reused if an edit reached no other
	// The same shares of the units of all edits together. Files of few units
	// weigh less in them: one of three is a third of the file.
	ReusedOfAll float64 `json:"reusedOfAll"`
	OwnOfAll    float64 `json:"ownTextOfAll"`
	SparedOfAll float64 `json:"sparedOfAll"`

	// What is sent after an edit, as a share of what the whole file takes: all
	// units whose answer is not known, and of those the ones on changed lines.
	Missing       Spread `json:"missing"`
	MissingPrompt Spread `json:"missingWithPrompt"` // every message and the schema, on both sides
	Near          Spread `json:"near"`
	NearPrompt    Spread `json:"nearWithPrompt"`
	// The same in tokens.
	MissingTokens Spread `json:"missingTokens"`
	WholeTokens   Spread `json:"wholeTokens"`

	Lines map[fate]int              `json:"lines"` // sampled, by what became of them
	Ways  map[string]map[fate]score `json:"ways"`

	odd []oddity
}

// Spread is how a figure is spread over the edits.
type Spread struct {
	Median float64 `json:"median"`
	Mean   float64 `json:"mean"`
	P90    float64 `json:"p90"`
}

// tokens is an estimate: four bytes of source are about one token for the
// vocabularies in use. Shares do not depend on it.
func tokens(bytes int) float64 { return float64(bytes) / 4 }

// total adds up what was measured of edits, in their order.
func total(repository string, edits []edit, all []measured) Figures {
	f := Figures{
		Repository: repository, Edits: len(all), Languages: map[string]int{},
		Lines: map[fate]int{}, Ways: map[string]map[fate]score{},
	}
	commits := map[string]bool{}
	var units, reused, own, spared int
	for i, m := range all {
		commits[edits[i].commit] = true
		units, reused, own, spared = units+m.units, reused+m.reused, own+m.own, spared+m.units-m.touched
		f.Languages[edits[i].language]++
		f.odd = append(f.odd, m.odd...)
		for what, n := range m.lines {
			f.Lines[what] += n
		}
		for name, scores := range m.result {
			if f.Ways[name] == nil {
				f.Ways[name] = map[fate]score{}
			}
			for what, s := range scores {
				f.Ways[name][what] = f.Ways[name][what].plus(s)
			}
		}
	}
	f.Commits = len(commits)
	f.ReusedOfAll, f.OwnOfAll, f.SparedOfAll = share(reused, units), share(own, units), share(spared, units)
	for _, figure := range []struct {
		spread *Spread
		of     func(measured) float64
	}{
		{&f.Units, func(m measured) float64 { return float64(m.units) }},
		{&f.Touched, func(m measured) float64 { return float64(m.touched) }},
		{&f.Reused, func(m measured) float64 { return share(m.reused, m.units) }},
		{&f.Own, func(m measured) float64 { return share(m.own, m.units) }},
		{&f.Spared, func(m measured) float64 { return share(m.units-m.touched, m.units) }},
		{&f.Missing, func(m measured) float64 { return share(m.missing.code, m.whole.code) }},
		{&f.MissingPrompt, func(m measured) float64 { return share(m.missing.all, m.whole.all) }},
		{&f.Near, func(m measured) float64 { return share(m.near.code, m.whole.code) }},
		{&f.NearPrompt, func(m measured) float64 { return share(m.near.all, m.whole.all) }},
		{&f.MissingTokens, func(m measured) float64 { return tokens(m.missing.code) }},
		{&f.WholeTokens, func(m measured) float64 { return tokens(m.whole.code) }},
	} {
		values := make([]float64, len(all))
		for i, m := range all {
			values[i] = figure.of(m)
		}
		*figure.spread = spreadOf(values)
	}
	return f
}

// share of nothing is nothing.
func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

func (s score) plus(t score) score {
	return score{s.Right + t.Right, s.Wrong + t.Wrong, s.Hidden + t.Hidden}
}

func (s score) lines() int { return s.Right + s.Wrong + s.Hidden }

// spreadOf takes the nearest rank for the ninetieth percentile.
func spreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	sum := 0.0
	for _, v := range sorted {
		sum += v
	}
	n := len(sorted)
	return Spread{
		Median: (sorted[(n-1)/2] + sorted[n/2]) / 2,
		Mean:   sum / float64(n),
		P90:    sorted[int(math.Ceil(0.9*float64(n)))-1],
	}
}

// Anchoring is what a way did with findings, as shares.
type Anchoring struct {
	Right   float64 // of the lines that are still there
	Wrong   float64 // of those: silently on another line
	GivenUp float64 // of those: not shown
	Stale   float64 // of the lines that are gone: shown all the same
}

// anchoring sums up a way. Lines that differ in white space only are not in it.
func anchoring(scores map[fate]score) Anchoring {
	there, away := scores[stayed].plus(scores[moved]), scores[gone]
	return Anchoring{
		Right: share(there.Right, there.lines()), Wrong: share(there.Wrong, there.lines()),
		GivenUp: share(there.Hidden, there.lines()), Stale: share(away.Wrong, away.lines()),
	}
}
