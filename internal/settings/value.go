package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"
)

// Value is a setting with its effective value, fit to be shown: no header's
// value is in it, nor what an address carries besides scheme, host and path.
type Value struct {
	Key
	Value  any // string, int, float64, Duration, Size, []string or Headers
	Source Layer
}

// Values lists every setting, in the order of the struct.
func (l *Live) Values() []Value {
	now := l.now.Load()
	values := make([]Value, 0, len(fields))
	for _, f := range fields {
		e := now.values[f]
		if f.check == "url" {
			e.value = f.withoutSecrets(e.value.(string))
		}
		values = append(values, Value{Key: f.Key, Value: e.value, Source: e.from})
	}
	return values
}

// withoutSecrets hides the places of an address where people put keys: the
// name and password before the host, and the values of the query. Of what is no
// address, any part may be one.
func (f *field) withoutSecrets(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || !f.allows(address):
		return hidden
	case u.User == nil && u.RawQuery == "":
		return address
	}
	user, query := u.User != nil, u.Query()
	u.User, u.RawQuery = nil, ""
	shown := u.String()
	if user {
		shown = strings.Replace(shown, "://", "://"+hidden+"@", 1)
	}
	if len(query) > 0 {
		shown += "?" + hidden
	}
	return shown
}

// WriteText writes one setting a line in three columns: name, value, source.
func WriteText(w io.Writer, values []Value) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range values {
		text, err := v.text()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\n", v.Name, text, v.Source); err != nil {
			return fmt.Errorf("write settings: %w", err)
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

// text is the value on one line, in the form that a flag would take.
func (v Value) text() (string, error) {
	switch value := v.Value.(type) {
	case []string, Headers:
		encoded, err := encode(value)
		return string(encoded), err
	case string:
		return printable(value), nil
	}
	return fmt.Sprint(v.Value), nil
}

// printable quotes a text that a terminal or a reader would not take for one.
func printable(text string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if text == "" || strings.TrimSpace(text) != text || strings.ContainsFunc(text, odd) || !utf8.ValidString(text) {
		return strconv.Quote(text)
	}
	return text
}

// WriteJSON writes one object: {"review.on": {"value": "save", "source":
// "default"}, …}, in the order of values. Durations are texts, sizes numbers
// of bytes.
func WriteJSON(w io.Writer, values []Value) error {
	members := make([]member, len(values))
	for i, v := range values {
		encoded, err := encode(struct {
			Value  any   `json:"value"`
			Source Layer `json:"source"`
		}{v.Value, v.Source})
		if err != nil {
			return err
		}
		members[i] = member{v.Name, encoded}
	}
	text, err := indented(object(members), "", "  ")
	if err != nil {
		return err
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

// member is a name and a value of a JSON object, whose order is kept.
type member struct {
	name  string
	value json.RawMessage
}

// object is the JSON of members.
func object(members []member) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := encode(m.name) // a string always has a JSON form
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// encode is json.Marshal without the escapes meant for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode settings: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func indented(text []byte, prefix, indent string) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, text, prefix, indent); err != nil {
		return nil, fmt.Errorf("indent JSON: %w", err)
	}
	return b.Bytes(), nil
}
