package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// report prints figures for a person.
func report(out io.Writer, f Figures) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format+"\n", args...) } // Flush tells
	var languages []string
	for _, name := range slices.Sorted(maps.Keys(f.Languages)) {
		languages = append(languages, fmt.Sprintf("%s %d", name, f.Languages[name]))
	}
	p("%s: %d edits in %d commits (%s)", f.Repository, f.Edits, f.Commits, strings.Join(languages, ", "))
	p("")
	p("\tmedian\tmean\tp90\tof all\tgoal")
	count := func(name string, s Spread) { p("%s\t%.0f\t%.1f\t%.0f\t\t", name, s.Median, s.Mean, s.P90) }
	part := func(name string, s Spread, of, goal string) {
		p("%s\t%s\t%s\t%s\t%s\t%s", name, percent(s.Median), percent(s.Mean), percent(s.P90), of, goal)
	}
	count("units of a file", f.Units)
	count("units on changed lines", f.Touched)
	part("units reused", f.Reused, percent(f.ReusedOfAll), ">= 94 %")
	part("  if context did not count", f.Own, percent(f.OwnOfAll), "")
	part("  if an edit reached only the units on its lines", f.Spared, percent(f.SparedOfAll), "")
	part("sent for the others, of the file", f.Missing, "", "<= 15 % median")
	part("  with the fixed prompt, on both sides", f.MissingPrompt, "", "")
	part("sent for those on changed lines", f.Near, "", "")
	part("  with the fixed prompt, on both sides", f.NearPrompt, "", "")
	count("tokens sent for the others (bytes / 4)", f.MissingTokens)
	count("tokens of the file (bytes / 4)", f.WholeTokens)
	p("")
	p("findings\tright\twrong\tgiven up\tstale\tmoved: right\tindented: right\twrong")
	for _, w := range ways {
		a, m, i := anchoring(f.Ways[w.name]), f.Ways[w.name][moved], f.Ways[w.name][indented]
		p("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", w.about, percent(a.Right), percent(a.Wrong), percent(a.GivenUp), percent(a.Stale),
			percent(share(m.Right, m.lines())), percent(share(i.Right, i.lines())), percent(share(i.Wrong, i.lines())))
	}
	p("goal\t>= 99.1 %%\t<= 0.4 %%\t\t< 5 %%\t\t\t")
	p("")
	p("lines sampled:")
	for _, what := range []fate{stayed, moved, indented, gone, unsure} {
		p("%s\t%d", what, f.Lines[what])
	}
	return t.Flush()
}

func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// show prints the first lines that the product got wrong, and those that it gave
// up, for each of its ways and each fate.
func show(out io.Writer, odd []oddity, most int) error {
	type class struct {
		fate    fate
		isShown bool
	}
	for _, w := range ways {
		count := map[class]int{}
		for _, o := range odd {
			c := class{o.fate, o.at != nowhere}
			if o.way != w.name || w.compared || count[c] >= most {
				continue
			}
			count[c]++
			if err := o.print(out, w.about); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o oddity) print(out io.Writer, way string) error {
	outcome := "not shown"
	if o.at != nowhere {
		outcome = fmt.Sprintf("shown on %d in %q: %s", o.at+1, o.found, o.is)
	}
	places := make([]int, len(o.places))
	for i, place := range o.places {
		places[i] = place + 1
	}
	_, err := fmt.Fprintf(out, "\n%s; a line that %s: %.10s %s\n  %d in %q: %s\n  %s\n  right is %v\n",
		way, o.fate.verb(), o.commit, o.path, o.line+1, o.unit, o.was, outcome, places)
	return err
}
