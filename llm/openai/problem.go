package openai

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
)

// problem is a provider's error object, whatever its shape was.
type problem struct {
	message, code, kind, param string
}

// words is everything a problem says, in lower case, to search in.
func (p problem) words() string {
	return strings.ToLower(p.code + " " + p.kind + " " + p.param + " " + p.message)
}

// httpStatus is the code where it is a status of failure.
func (p problem) httpStatus() (int, bool) {
	n, err := strconv.Atoi(p.code)
	return n, err == nil && n >= 400 && n < 600
}

// parseProblem finds the error object in data: an object, a string or an array
// under "error" or "errors", a bare string, "detail" in its three shapes, or
// the fields at the top. false: data is JSON and no error, or no JSON.
func parseProblem(data []byte) (problem, bool) {
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf"))
	if len(data) == 0 {
		return problem{}, false
	}
	var first json.RawMessage // what follows the first value is not looked at
	if json.NewDecoder(bytes.NewReader(data)).Decode(&first) != nil {
		return problem{}, false
	}
	return problemIn(first, 0)
}

// problemIn looks at one value. Nesting is followed four levels: an error may
// sit in a list, and a list in a detail.
func problemIn(data json.RawMessage, depth int) (problem, bool) {
	if depth > 4 || len(data) == 0 {
		return problem{}, false
	}
	switch data[0] {
	case '"':
		p := problem{message: text(data)}
		return p, p.message != ""
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) != nil || len(list) == 0 {
			return problem{}, false
		}
		return problemIn(list[0], depth+1)
	case '{':
		var o map[string]json.RawMessage
		if json.Unmarshal(data, &o) != nil {
			return problem{}, false
		}
		return problemOf(o, depth)
	}
	return problem{}, false
}

// problemOf reads an object: first what wraps an error, then its own fields.
func problemOf(o map[string]json.RawMessage, depth int) (problem, bool) {
	own := problem{
		message: firstText(o, "message", "msg", "error_description", "error_message"),
		code:    firstText(o, "code", "status", "statusCode", "status_code"),
		kind:    firstText(o, "type", "status"),
		param:   firstText(o, "param", "loc"),
	}
	if own.kind == own.code {
		own.kind = "" // the one status, read twice
	}
	for _, wrap := range []string{"error", "errors", "detail"} {
		inner, ok := problemIn(o[wrap], depth+1)
		if !ok {
			continue
		}
		return inner.or(own), true
	}
	if inner, ok := problemIn(o["innererror"], depth+1); ok {
		own.kind = strings.TrimSpace(own.kind + " " + inner.code) // Azure says why it filtered only there
	}
	if _, answer := o["choices"]; answer && depth == 0 {
		return problem{}, false
	}
	isError := depth > 0 || string(o["error"]) == "true" || text(o["object"]) == "error" || text(o["type"]) == "error" ||
		own.message != "" && (own.code != "" || own.kind != "")
	return own, isError && own != problem{}
}

// or fills the fields that p lacks from q.
func (p problem) or(q problem) problem {
	pick := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	return problem{pick(p.message, q.message), pick(p.code, q.code), pick(p.kind, q.kind), pick(p.param, q.param)}
}

func firstText(o map[string]json.RawMessage, names ...string) string {
	for _, n := range names {
		if s := text(o[n]); s != "" {
			return s
		}
	}
	return ""
}

// text makes one string of a value that ought to be one: numbers lose a zero
// fraction, lists are joined, null and objects are nothing.
func text(data json.RawMessage) string {
	if len(data) == 0 {
		return ""
	}
	switch data[0] {
	case '"':
		var s string
		_ = json.Unmarshal(data, &s) // the value was decoded before: it is a string
		return s
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) != nil {
			return ""
		}
		var parts []string
		for _, v := range list[:min(len(list), 8)] {
			if v[0] != '[' && text(v) != "" {
				parts = append(parts, text(v))
			}
		}
		return strings.Join(parts, ".")
	case '{', 'n', 't', 'f':
		return ""
	}
	if f, err := strconv.ParseFloat(string(data), 64); err == nil && f == float64(int64(f)) {
		return strconv.FormatInt(int64(f), 10)
	}
	return string(data)
}

// plain is the first line of a body that is neither JSON nor a page.
func plain(data []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(data[:min(len(data), 1024)])), "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, line)
}

// isPage reports whether a body is a web page.
func isPage(contentType string, data []byte) bool {
	if strings.HasPrefix(strings.ToLower(contentType), "text/html") {
		return true
	}
	data = bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 512)]))
	return bytes.HasPrefix(data, []byte("<!doctype html")) || bytes.HasPrefix(data, []byte("<html"))
}
