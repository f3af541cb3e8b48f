package settings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// decode turns a value as TOML or JSON gives it into the one that is stored:
// string, int, float64, Duration, Size, []string or Headers. A nil value means
// that nothing of it can be used, so that the layer below holds. An address is
// kept even if it is none: the layer below would name a host that nobody chose.
func (f *field) decode(raw any) (value any, faults []fault) {
	switch f.Type {
	case TypeString:
		text, ok := raw.(string)
		if f.check == "url" {
			text = strings.TrimSpace(text)
		}
		switch {
		case ok && f.allows(text):
			return text, nil
		case f.check == "url":
			return cmp.Or(text, noAddress), []fault{{f.mismatch(raw), "no other address is used in its place"}}
		}
	case TypeInteger:
		if n, ok := wholeNumber(raw); ok && f.inRange(float64(n)) && int64(int(n)) == n {
			return int(n), nil
		}
	case TypeNumber:
		if n, ok := number(raw); ok && f.inRange(n) {
			return n, nil
		}
	case TypeDuration:
		if text, ok := raw.(string); ok {
			if d, err := ParseDuration(text); err == nil && f.inRange(float64(d)) {
				return d, nil
			}
		}
	case TypeSize:
		if size, ok := sizeOf(raw); ok && f.inRange(float64(size)) {
			return size, nil
		}
	case TypeList:
		return f.decodeList(raw)
	case TypeTable:
		if table, ok := asTable(raw); ok {
			return f.decodeHeaders(table)
		}
	}
	return nil, []fault{{f.mismatch(raw), ignored}}
}

// fault is what is wrong with a value: a phrase that completes "review.on …",
// and what comes of it.
type fault struct{ text, outcome string }

const (
	ignored = "this is ignored"
	// nothingSent is the outcome where files may be sent that were to stay home.
	nothingSent = "nothing is sent until it is mended"
)

// noAddress stands for an address that is no text, or an empty one: a client
// might take an empty one for the default.
const noAddress = "(no address)"

func (f *field) mismatch(raw any) string {
	return fmt.Sprintf("must be %s, not %s", f.expected(), f.found(raw))
}

// decodeList keeps the good elements beside bad ones, and takes a text for a
// list of one: what is excluded beyond doubt is told from the rest.
func (f *field) decodeList(raw any) (any, []fault) {
	list, faults := []string{}, []fault(nil)
	elements, ok := asList(raw)
	if text, alone := raw.(string); alone {
		elements, faults = []any{text}, []fault{{f.mismatch(raw), "it is taken as a list of one"}}
	} else if !ok {
		return nil, []fault{{f.mismatch(raw), nothingSent}}
	}
	for _, e := range elements {
		glob, ok := e.(string)
		switch {
		case !ok:
			faults = append(faults, fault{"must be a list of globs, but holds " + f.found(e), nothingSent})
		case glob == "":
			faults = append(faults, fault{"holds an empty text, which is no glob", ignored})
		case !doublestar.ValidatePattern(glob):
			faults = append(faults, fault{"holds " + f.found(e) + ", which is no glob", nothingSent})
		case strings.HasPrefix(glob, "!"):
			faults = append(faults, fault{"holds " + f.found(e) + ", but can only add exclusions, not take one back", ignored})
		default:
			list = append(list, glob)
		}
	}
	return list, faults
}

func (f *field) decodeHeaders(table map[string]any) (any, []fault) {
	headers, faults := Headers{}, []fault(nil)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		text, isText := table[name].(string)
		switch {
		case !isHeaderName(name):
			faults = append(faults, fault{"holds " + quote(name) + ", which is no name of a header", ignored})
		case !isText:
			faults = append(faults, fault{"needs a text for " + quote(name) + ", not " + f.found(table[name]), ignored})
		case strings.ContainsFunc(text, isControl):
			faults = append(faults, fault{"has a line break or a control character in " + quote(name), ignored})
		default:
			headers[name] = NewSecret(text)
		}
	}
	return headers, faults
}

// fromText is the form that decode takes of a flag, a variable or a default.
func (f *field) fromText(text string) any {
	switch f.Type {
	case TypeInteger, TypeNumber:
		return json.Number(text)
	case TypeList, TypeTable:
		var structured any
		if json.Unmarshal([]byte(text), &structured) == nil {
			return structured
		}
		if f.Type == TypeList {
			return []any{text} // one glob needs no brackets
		}
	case TypeSize, TypeString, TypeDuration:
	}
	return text
}

// allows applies the rules for texts that go beyond the type.
func (f *field) allows(text string) bool {
	if f.Enum != nil {
		return slices.Contains(f.Enum, text)
	}
	switch f.check {
	case "filled":
		return strings.TrimSpace(text) != "" && !strings.ContainsFunc(text, isControl)
	case "url":
		u, err := url.Parse(text)
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Fragment == ""
	case "store":
		path, local := strings.CutPrefix(text, "sqlite:")
		return local && (path == "" || filepath.IsAbs(path)) && !strings.ContainsFunc(path, isControl)
	}
	return !strings.ContainsFunc(text, isControl)
}

func (f *field) inRange(n float64) bool {
	return (f.low == nil || n >= *f.low) && (f.high == nil || n <= *f.high)
}

// wholeNumber accepts 20 and 20.0, since some editors' languages know only one
// kind of number.
func wholeNumber(raw any) (int64, bool) {
	switch v := raw.(type) {
	case int64:
		return v, true
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n, true
		}
	}
	n, ok := number(raw)
	if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
		return 0, false
	}
	return int64(n), true
}

// number accepts what is finite.
func number(raw any) (float64, bool) {
	var n float64
	switch v := raw.(type) {
	case int64:
		n = float64(v)
	case float64:
		n = v
	case json.Number:
		parsed, err := v.Float64()
		if err != nil {
			return 0, false
		}
		n = parsed
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

func sizeOf(raw any) (Size, bool) {
	if text, ok := raw.(string); ok {
		size, err := ParseSize(text)
		return size, err == nil
	}
	n, ok := wholeNumber(raw)
	return Size(n), ok
}

// asTable and asList take an empty list for an empty table and the other way
// round: to Lua, and so to Neovim, they are the same.
func asTable(raw any) (map[string]any, bool) {
	if list, ok := raw.([]any); ok && len(list) == 0 {
		return map[string]any{}, true
	}
	table, ok := raw.(map[string]any)
	return table, ok
}

func asList(raw any) ([]any, bool) {
	if table, ok := raw.(map[string]any); ok && len(table) == 0 {
		return []any{}, true
	}
	list, ok := raw.([]any)
	return list, ok
}

// isHeaderName follows the token rule of RFC 9110, section 5.6.2.
func isHeaderName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		isToken := r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' ||
			strings.ContainsRune("!#$%&'*+-.^_`|~", r)
		return !isToken
	})
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
