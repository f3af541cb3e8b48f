package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// section is the name under which editors keep our settings among others'.
const section = "ai-lsp"

// byteOrderMark is what some editors on Windows put in front of a text.
var byteOrderMark = []byte("\ufeff")

// parseTOML reads a settings file. On an error, the place says where.
func parseTOML(data []byte) (document map[string]any, at placeOf, where place, err error) {
	data = bytes.TrimPrefix(data, byteOrderMark)
	if err := toml.Unmarshal(data, &document); err != nil {
		if broken, ok := errors.AsType[*toml.DecodeError](err); ok {
			where.line, where.col = broken.Position()
		}
		return nil, nil, where, errors.New(strings.TrimPrefix(err.Error(), "toml: "))
	}
	return document, newOutline(data).at, place{}, nil
}

// outline knows where each key of a valid document stands. Decoding alone does
// not tell, and the strict mode of the decoder knows only about keys that are
// not in a struct, not about values out of range.
type outline struct {
	offsets map[string]int // of the first mention of a dotted name, in bytes
	lines   []int          // where each line begins
}

func newOutline(data []byte) *outline {
	o := &outline{offsets: map[string]int{}, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			o.lines = append(o.lines, i+1)
		}
	}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		switch node := p.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = o.note("", node.Key()) + "."
		case unstable.KeyValue:
			o.noteKeyValue(table, node)
		}
	}
	return o
}

// at is the place of a dotted name.
func (o *outline) at(path string) place {
	offset, ok := o.offsets[path]
	if !ok {
		return place{}
	}
	line := sort.SearchInts(o.lines, offset+1) // how many lines begin up to here
	return place{line, offset - o.lines[line-1] + 1}
}

// noteKeyValue notes a key and, in an inline table, the keys below it.
func (o *outline) noteKeyValue(prefix string, node *unstable.Node) {
	path := o.note(prefix, node.Key())
	if value := node.Value(); value.Kind == unstable.InlineTable {
		for children := value.Children(); children.Next(); {
			o.noteKeyValue(path+".", children.Node())
		}
	}
}

// longestPath is more than any name of ours takes. Without an end to paths, a
// key of many parts would cost the square of its length.
const longestPath = 256

// note notes each part of a dotted key and returns the whole path, or its
// beginning where it is too long to be one of ours.
func (o *outline) note(prefix string, key unstable.Iterator) string {
	path := strings.TrimSuffix(prefix, ".")
	for len(path) < longestPath && key.Next() {
		path = prefix + string(key.Node().Data)
		prefix = path + "."
		if _, known := o.offsets[path]; !known {
			o.offsets[path] = int(key.Node().Raw.Offset)
		}
	}
	return path
}

// parseJSON reads what an editor sent: our section, bare or under its name, or
// as flat dotted names with or without the section in front. Null and nothing
// at all are an empty document.
func parseJSON(raw json.RawMessage) (map[string]any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read JSON: more than one value")
	}
	if value == nil {
		return nil, nil
	}
	document, ok := asTable(value)
	if !ok {
		return nil, errors.New("no JSON object")
	}
	return unwrap(document)
}

// unwrap takes our section out of a document that also holds others'. A
// document that does not name the section is the section itself.
func unwrap(document map[string]any) (map[string]any, error) {
	ours, isWrapped := map[string]any{}, false
	for name, value := range document {
		if rest, ok := strings.CutPrefix(name, section+"."); ok {
			ours[rest], isWrapped = value, true
		}
	}
	if inner, ok := document[section]; ok {
		isWrapped = true
		table, isTable := asTable(inner)
		if inner != nil && !isTable {
			return nil, fmt.Errorf("no JSON object under %q", section)
		}
		for name, value := range table {
			if _, isFlat := ours[name]; !isFlat {
				ours[name] = value
			}
		}
	}
	if !isWrapped {
		return document, nil
	}
	return ours, nil
}
