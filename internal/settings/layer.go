package settings

import (
	"maps"
	"slices"
	"strings"
)

// place is a position in a file, from 1; the zero value is none.
type place struct{ line, col int }

// entry is a value that one layer gives to one setting.
type entry struct {
	value any // as field.decode returns it
	place place
}

// layer is what one source says: the values that can be used, and what is
// wrong with the rest. It is not changed once it is read.
type layer struct {
	from     Layer
	file     string
	values   map[*field]entry
	refused  []refusal // in a workspace's file only
	problems []Problem
	untold   int    // problems beyond the first mostProblems
	isEmpty  bool   // it names no setting at all, not even a wrong one
	isAbsent bool   // there is no such file
	doubt    string // as Privacy.Unknown
}

// refusal is a key that an untrusted file must not set.
type refusal struct {
	key   string
	why   string // empty: not there at all
	place place
}

// placeOf finds the place of a dotted name in a file.
type placeOf func(path string) place

// mostProblems is how many mistakes of one layer are named, so that a file
// which is no settings file at all, or means harm, does not flood its reader.
const mostProblems = 3

func nowhere(string) place { return place{} }

// read sorts a decoded document into a layer.
func read(from Layer, file string, document map[string]any, at placeOf) *layer {
	l := &layer{from: from, file: file, values: map[*field]entry{}, isEmpty: true}
	l.table("", document, at)
	return l
}

// table reads one table and those below it. Dotted names ("review.on" as one
// key) mean the same as nested ones.
func (l *layer) table(prefix string, table map[string]any, at placeOf) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		path, raw := prefix+name, table[name]
		if raw == nil {
			continue // an editor's way to say that nothing is set
		}
		if f := byName[path]; f != nil {
			l.set(f, raw, at(path))
		} else if f, rest := inTable(path); f != nil {
			l.set(f, l.withElement(f, rest, raw), at(path))
		} else if planned, narrows := plannedName(path); planned != "" {
			l.isEmpty = false
			if l.from == LayerWorkspace && !narrows {
				l.refuse(planned, at(path))
			}
		} else if !isGroup(path) {
			l.unknown(path, at(path))
		} else if inner, ok := asTable(raw); ok {
			l.table(path+".", inner, at)
		} else {
			outcome := ignored
			if l.suspect(path) {
				outcome = nothingSent
			}
			l.report(path, at(path), path+" must be a group of settings, such as "+exampleIn(path)+"; "+outcome+".")
		}
	}
}

// inTable finds the table setting that path names an element of, as in
// "provider.headers.X-Team".
func inTable(path string) (f *field, element string) {
	for _, f := range fields {
		if rest, ok := strings.CutPrefix(path, f.Name+"."); ok && f.Type == TypeTable {
			return f, rest
		}
	}
	return nil, ""
}

// withElement adds an element to what the layer already gives to f.
func (l *layer) withElement(f *field, name string, raw any) map[string]any {
	table := map[string]any{name: raw}
	if have, ok := l.values[f]; ok {
		for name, value := range have.value.(Headers) {
			table[name] = value.Reveal()
		}
	}
	return table
}

// set decodes and keeps a value.
func (l *layer) set(f *field, raw any, at place) {
	l.isEmpty = false
	if l.from == LayerWorkspace && f.Workspace == NarrowNot {
		l.refuse(f.Name, at)
		return
	}
	value, faults := f.decode(raw)
	for _, fault := range faults {
		if fault.outcome == nothingSent {
			l.doubt = f.Name + " cannot be used as it stands in " + origin(l.from, l.file)
		}
		l.report(f.Name, at, f.Name+" "+fault.text+"; "+fault.outcome+".")
	}
	if value != nil {
		l.values[f] = entry{value, at}
	}
}

// refuse notes a name once: its elements may come one by one.
func (l *layer) refuse(key string, at place) {
	if !slices.ContainsFunc(l.refused, func(r refusal) bool { return r.key == key }) {
		l.refused = append(l.refused, refusal{key: key, place: at})
	}
}

func (l *layer) unknown(path string, at place) {
	text, right := "There is no setting "+quote(path), ""
	if len(l.problems) < mostProblems { // looking for the nearest name costs time
		right = nearest(path)
	}
	if right != "" {
		text += ": did you mean " + right + "?"
	} else {
		text += "; it is ignored."
	}
	if l.suspect(path) {
		text += " Nothing is sent until it is mended."
	}
	l.report(path, at, text)
}

// suspect reports whether a name that cannot be used may have been meant for
// privacy.exclude or its group, and takes note of it: the files that it was to
// exclude must not be sent meanwhile.
func (l *layer) suspect(path string) bool {
	isNear := distance(plain(path), "privacy") <= 2 || distance(plain(path), "privacy.exclude") <= 3
	if isNear {
		l.doubt = quote(path) + " in " + origin(l.from, l.file) + " may be meant for privacy.exclude"
	}
	return isNear
}

func (l *layer) report(key string, at place, text string) {
	l.isEmpty = false
	if len(l.problems) >= mostProblems {
		l.untold++
		return
	}
	l.problems = append(l.problems, Problem{
		Source: l.from, File: l.file, Line: at.line, Col: at.col, Key: key, Text: text,
	})
}

// failed is a layer that could not be read, and keeps what the last reading of
// the same source gave; last may be nil. The text is a sentence without its
// full stop.
func failed(from Layer, file string, at place, text string, last *layer) *layer {
	l := &layer{from: from, file: file}
	if last != nil {
		l.values, l.refused, l.doubt = last.values, last.refused, last.doubt
	}
	if last == nil || last.isAbsent {
		l.doubt = "a settings file cannot be read, and it may exclude files: " + origin(from, file)
	}
	kept := "; none of it is used."
	switch {
	case l.doubt != "":
		kept = "; " + nothingSent + "."
	case len(l.values) > 0:
		kept = "; what was there before still holds."
	}
	l.report("", at, text+kept)
	return l
}

func exampleIn(group string) string {
	i := slices.IndexFunc(allNames, func(name string) bool { return strings.HasPrefix(name, group+".") })
	return allNames[i]
}
