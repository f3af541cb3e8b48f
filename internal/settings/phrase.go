package settings

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// expected completes "must be …".
func (f *field) expected() string {
	var form string
	switch f.Type {
	case TypeString:
		switch {
		case f.Enum != nil:
			return quotedWords(f.Enum)
		case f.check == "url":
			return "an http or https address"
		case f.check == "store":
			return "sqlite: alone, or sqlite: and the whole path of a file (stores of other kinds are not supported yet)"
		case f.check == "filled":
			return "a text that is not empty"
		}
		return "a text"
	case TypeInteger:
		form = "a whole number"
	case TypeNumber:
		form = "a number"
	case TypeDuration:
		form = `a duration such as "60s" or "1d12h"`
	case TypeSize:
		form = `a number of bytes, or a text such as "512KiB"`
	case TypeList:
		return "a list of globs"
	case TypeTable:
		return "a table of texts"
	}
	switch {
	case f.Min != "" && f.Max != "":
		return form + " from " + f.Min + " to " + f.Max
	case f.Min != "":
		return form + ", at least " + f.Min
	}
	return form
}

// found names a wrong value. What may hold a key is not repeated.
func (f *field) found(raw any) string {
	switch v := raw.(type) {
	case string:
		switch {
		case f.Type == TypeTable || f.check == "url" || f.check == "store":
			return "this text"
		case v == "":
			return "an empty text"
		}
		return quote(v)
	case nil:
		return "nothing"
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case json.Number, int64, float64:
		if f.Type == TypeTable {
			return "a number"
		}
		return clip(fmt.Sprint(v), longestQuote)
	}
	return "a date or time"
}

// longestQuote is how much of a text a sentence repeats, in characters.
const longestQuote = 60

// quote shows a text of a file in a sentence.
func quote(text string) string { return lifeless.Replace(strconv.Quote(clip(text, longestQuote))) }

// lifeless breaks what readers of markdown, editors' messages among them, turn
// into a link or an element.
var lifeless = strings.NewReplacer("](", "] (", "<", "< ", "://", ":// ")

// inert makes one harmless line of a text that somebody else wrote: what is not
// to be seen, or turns the direction of writing, is shown as an escape.
func inert(text string) string {
	quoted := strconv.Quote(text)
	return lifeless.Replace(strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// quotedWords lists words as a choice: "a", "b" or "c".
func quotedWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
