package settings

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// state is what holds between two changes. It is never written to.
type state struct {
	settings *Settings
	values   map[*field]effective
	problems []Problem
	doubt    string // as Privacy.Unknown
}

// effective is a value that won, and where it comes from.
type effective struct {
	value any
	from  Layer
}

// merge lays the layers over each other: user first, then all workspace files
// at once, then the rest in their order.
func merge(user *layer, workspace, above []*layer) *state {
	s := &state{settings: new(Settings), values: make(map[*field]effective, len(fields))}
	for _, f := range fields {
		s.values[f] = effective{f.initial, LayerDefault}
	}
	s.overlay(user)
	s.narrow(workspace)
	for _, l := range above {
		s.overlay(l)
	}
	target := reflect.ValueOf(s.settings).Elem()
	s.settings.Privacy.Unknown = s.doubt
	for f, e := range s.values {
		slot := target.FieldByIndex(f.index)
		slot.Set(reflect.ValueOf(e.value).Convert(slot.Type()))
	}
	return s
}

// overlay lets a trusted layer replace values. Only exclusions add up: a file
// that any layer keeps at home stays home.
func (s *state) overlay(l *layer) {
	for f, e := range l.values {
		if f.Workspace == NarrowAdd {
			s.add(f, e.value.([]string), l.from)
		} else {
			s.values[f] = effective{e.value, l.from}
		}
	}
	s.report(l, l.problems)
}

// add puts more elements into a list. A layer that brings nothing new is not
// its source.
func (s *state) add(f *field, more []string, from Layer) {
	have := s.values[f].value.([]string)
	all := slices.Clone(have)
	for _, text := range more {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(all) > len(have) {
		s.values[f] = effective{all, from}
	}
}

// narrow lets the workspace's files make values narrower than the user has
// them. Each file is judged by what the user has, so that the order of folders
// does not matter; where several narrow the same setting, the narrowest wins.
func (s *state) narrow(files []*layer) {
	base := make(map[*field]any, len(fields))
	for _, f := range fields {
		base[f] = s.values[f].value
	}
	for _, l := range files {
		refused := slices.Clone(l.refused)
		for _, f := range fields {
			e, ok := l.values[f]
			switch {
			case !ok:
			case f.widens(base[f], e.value):
				refused = append(refused, refusal{f.Name, f.Workspace.rule(), e.place})
			case f.Workspace == NarrowAdd:
				s.add(f, e.value.([]string), l.from)
			case !f.widens(s.values[f].value, e.value):
				s.values[f] = effective{e.value, l.from}
			}
		}
		s.report(l, slices.Concat(l.problems, refusals(l, refused)))
	}
}

// report adds what is wrong with a layer, once: editors send the same settings
// twice.
func (s *state) report(l *layer, problems []Problem) {
	s.doubt = cmp.Or(s.doubt, l.doubt)
	for _, p := range inOne(problems, l.untold) {
		if !slices.Contains(s.problems, p) {
			s.problems = append(s.problems, p)
		}
	}
}

// widens reports that value reaches further than base.
func (f *field) widens(base, value any) bool {
	switch f.Workspace {
	case NarrowList:
		return slices.Index(f.Enum, value.(string)) < slices.Index(f.Enum, base.(string))
	case NarrowUp:
		return magnitude(value) < magnitude(base)
	case NarrowDown:
		return magnitude(value) > magnitude(base)
	case NarrowAdd:
		return false
	case NarrowNot:
	}
	return true
}

// magnitude makes values of one numeric setting comparable.
func magnitude(value any) float64 {
	switch v := value.(type) {
	case int:
		return float64(v)
	case float64:
		return v
	case Size:
		return float64(v)
	case Duration:
		return float64(v)
	}
	return 0
}

// rule completes "may only …".
func (n Narrowing) rule() string {
	switch n {
	case NarrowList:
		return "narrowed"
	case NarrowUp:
		return "raised"
	case NarrowDown:
		return "lowered"
	case NarrowAdd:
		return "added to"
	case NarrowNot:
	}
	return ""
}

// refusals names all that one file must not set in one problem, at the place
// of the first.
func refusals(l *layer, refused []refusal) []Problem {
	if len(refused) == 0 {
		return nil
	}
	slices.SortStableFunc(refused, func(a, b refusal) int {
		if a.place.line != b.place.line {
			return a.place.line - b.place.line
		}
		return a.place.col - b.place.col
	})
	names := make([]string, len(refused))
	for i, r := range refused {
		names[i] = r.key
		if r.why != "" {
			names[i] += " (may only be " + r.why + ")"
		}
	}
	p := Problem{
		Source: l.from, File: l.file, Line: refused[0].place.line, Col: refused[0].place.col,
		Text: fmt.Sprintf("This file comes with the code, so it may only narrow your own settings; refused: %s.",
			strings.Join(names, ", ")),
	}
	if len(refused) == 1 {
		p.Key = refused[0].key
	}
	return []Problem{p}
}
