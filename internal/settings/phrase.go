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
		case f.Type == TypeTable || f.check == "url":
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
		return clip(fmt.Sprint(v))
	}
	return "a date or time"
}

// quote shows a text of a file in a sentence, cut to what a person reads.
func quote(text string) string { return strconv.Quote(clip(text)) }

func clip(text string) string {
	const most = 40
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
