package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var errManifest = errors.New("not the manifest of a VS Code extension")

// PatchVSCodeManifest returns the manifest (a package.json) with
// contributes.configuration.properties brought up to date, and all else as it
// was, byte for byte. Properties of groups that are none of ours, such as
// "ai-lsp.server.path", are the client's own and stay, after ours.
func PatchVSCodeManifest(manifest []byte) ([]byte, error) {
	layout := layoutOf(manifest)
	contributes, ok, err := find(manifest, span{0, len(manifest)}, "contributes")
	if err != nil || !ok {
		return nil, errors.Join(errManifest, err)
	}
	configuration, ok, err := find(manifest, contributes, "configuration")
	switch {
	case err != nil:
		return nil, errors.Join(errManifest, err)
	case !ok:
		return layout.insert(manifest, contributes, 2, member{"configuration", object([]member{
			{"title", json.RawMessage(strconv.Quote(section))}, {"properties", VSCodeProperties()},
		})})
	}
	properties, ok, err := find(manifest, configuration, "properties")
	switch {
	case err != nil:
		return nil, errors.Join(errManifest, err)
	case !ok:
		return layout.insert(manifest, configuration, 3, member{"properties", VSCodeProperties()})
	}
	existing, _, err := members(manifest, properties)
	if err != nil {
		return nil, errors.Join(errManifest, err)
	}
	all := slices.Concat(vscodeProperties(), slices.DeleteFunc(existing, func(m member) bool { return isOurs(m.name) }))
	return layout.replace(manifest, properties, 3, object(all))
}

// isOurs reports whether a property belongs to a group of the server's, be it
// a setting of now or of an older version.
func isOurs(property string) bool {
	name := strings.TrimPrefix(property, section+".")
	return slices.ContainsFunc(groups, func(g group) bool { return strings.HasPrefix(name, g.name+".") })
}

// span is a part of a text, from a byte offset up to and without another.
type span struct{ start, end int }

// find is the part of text that holds the value of a member of the object at
// in.
func find(text []byte, in span, name string) (at span, found bool, err error) {
	all, spans, err := members(text, in)
	for i, m := range all {
		if m.name == name {
			at, found = spans[i], true // as for any reader of JSON, the last counts
		}
	}
	return at, found, err
}

// members reads the object at in, with the part of text that each value takes.
func members(text []byte, in span) (all []member, spans []span, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text[in.start:in.end]))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, nil, errors.Join(errors.New("an object was expected"), err)
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("read a name: %w", err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, nil, fmt.Errorf("read the value of %v: %w", name, err)
		}
		end := in.start + int(decoder.InputOffset())
		all = append(all, member{name.(string), value})
		spans = append(spans, span{end - len(value), end})
	}
	return all, spans, nil
}

// layout is how a JSON file is set: its indent and its line ends.
type layout struct{ indent, newline string }

// firstIndent is the indent of an object whose members have lines of their own.
var firstIndent = regexp.MustCompile(`^\s*\{[ \t]*\r?\n([ \t]+)`)

func layoutOf(text []byte) layout {
	l := layout{indent: "  ", newline: "\n"}
	if found := firstIndent.FindSubmatch(text); found != nil {
		l.indent = string(found[1])
	}
	if bytes.Contains(text, []byte("\r\n")) {
		l.newline = "\r\n"
	}
	return l
}

// replace puts value in place of what is at, set for an object that deep.
func (l layout) replace(text []byte, at span, depth int, value []byte) ([]byte, error) {
	value, err := indented(value, strings.Repeat(l.indent, depth), l.indent)
	if err != nil {
		return nil, err
	}
	value = bytes.ReplaceAll(value, []byte("\n"), []byte(l.newline))
	return slices.Concat(text[:at.start], value, text[at.end:]), nil
}

// insert adds a first member to the object at in, which lies that deep.
func (l layout) insert(text []byte, in span, depth int, m member) ([]byte, error) {
	brace := in.start + bytes.IndexByte(text[in.start:in.end], '{') + 1
	existing, _, err := members(text, in)
	if err != nil {
		return nil, errors.Join(errManifest, err)
	}
	lead := l.newline + strings.Repeat(l.indent, depth) + strconv.Quote(m.name) + ": "
	tail := ","
	if len(existing) == 0 {
		tail = l.newline + strings.Repeat(l.indent, depth-1)
		in.end-- // up to the closing brace: what blanks lie between go
		return l.replace(slices.Concat(text[:brace], []byte(lead), []byte(tail), text[in.end:]),
			span{brace + len(lead), brace + len(lead)}, depth, m.value)
	}
	return l.replace(slices.Concat(text[:brace], []byte(lead), []byte(tail), text[brace:]),
		span{brace + len(lead), brace + len(lead)}, depth, m.value)
}
