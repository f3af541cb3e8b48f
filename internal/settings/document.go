package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	places := tomlPlaces(data)
	return document, func(path string) place { return places[path] }, place{}, nil
}

// tomlPlaces finds where each key of a valid document stands. Decoding alone
// does not tell, and the strict mode of the decoder knows only about keys that
// are not in a struct, not about values out of range.
func tomlPlaces(data []byte) map[string]place {
	var p unstable.Parser
	p.Reset(data)
	places := map[string]place{}
	table := ""
	for p.NextExpression() {
		switch node := p.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = notePlaces(&p, places, "", node.Key()) + "."
		case unstable.KeyValue:
			noteKeyValue(&p, places, table, node)
		}
	}
	return places
}

// noteKeyValue notes a key and, in an inline table, the keys below it.
func noteKeyValue(p *unstable.Parser, places map[string]place, prefix string, node *unstable.Node) {
	path := notePlaces(p, places, prefix, node.Key())
	if value := node.Value(); value.Kind == unstable.InlineTable {
		for children := value.Children(); children.Next(); {
			noteKeyValue(p, places, path+".", children.Node())
		}
	}
}

// notePlaces notes each part of a dotted key and returns the whole path.
func notePlaces(p *unstable.Parser, places map[string]place, prefix string, key unstable.Iterator) string {
	path := strings.TrimSuffix(prefix, ".")
	for key.Next() {
		path = prefix + string(key.Node().Data)
		prefix = path + "."
		if _, known := places[path]; !known {
			start := p.Shape(key.Node().Raw).Start
			places[path] = place{start.Line, start.Column}
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
