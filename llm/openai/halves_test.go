package openai_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ai-lsp/ai-lsp/llm/openai"
)

func TestCharactersCutBetweenTheirHalvesAreJoined(t *testing.T) {
	for _, tc := range []struct {
		name   string
		events []string
		want   string
	}{
		{"a character in two events", []string{`"a \ud83d"`, `"\ude00 b"`}, "a 😀 b"},
		{"upper case", []string{`"\uD83D"`, `"\uDE00"`}, "😀"},
		{"one in each of three", []string{`"\ud83d"`, `"\ude00\ud83d"`, `"\ude01"`}, "😀😁"},
		{"a whole one stays", []string{`"\ud83d\ude00"`, `"x"`}, "😀x"},
		{"an escaped backslash is no escape", []string{`"\\ud83d"`, `"\\ude00"`}, `\ud83d\ude00`},
		{"a half without its other half", []string{`"a\ud83d"`, `"b"`}, "a\uFFFDb"},
		{"an empty event in between", []string{`"\ud83d"`, `""`, `"\ude00"`}, "😀"},
	} {
		t.Run(tc.name, func(t *testing.T) { checkJoined(t, tc.events, tc.want) })
	}
}

// checkJoined joins the texts of events, given as JSON strings.
func checkJoined(t *testing.T, events []string, want string) {
	t.Helper()
	join := openai.Halves()
	var got strings.Builder
	for _, event := range events {
		var decoded struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		joined := join([]byte(`{"id":"\ud83d","choices":[{"index":0,"delta":{"role":"assistant","content": ` + event + `},"finish_reason":null}]}`))
		if err := json.Unmarshal(joined, &decoded); err != nil {
			t.Fatalf("%s became %s: %v", event, joined, err)
		}
		got.WriteString(decoded.Choices[0].Delta.Content)
	}
	if got.String() != want {
		t.Errorf("%q, want %q", got.String(), want)
	}
}

func FuzzHalves(f *testing.F) {
	f.Add("a😀b\\n\"", 2)
	f.Fuzz(func(t *testing.T, text string, at int) {
		text = strings.ToValidUTF8(text, "")
		units := utf16.Encode([]rune(text))
		at = min(max(at, 0), len(units))
		checkJoined(t, []string{asJSON(units[:at]), asJSON(units[at:])}, text)
	})
}

// asJSON writes units as JavaScript does, halves as escapes.
func asJSON(units []uint16) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		switch {
		case utf16.IsSurrogate(r) && i+1 < len(units) && utf16.DecodeRune(r, rune(units[i+1])) != '\uFFFD':
			b.WriteRune(utf16.DecodeRune(r, rune(units[i+1])))
			i++
		case utf16.IsSurrogate(r):
			b.WriteString(`\u` + hex(units[i]))
		default:
			quoted, _ := json.Marshal(string(r))
			b.Write(quoted[1 : len(quoted)-1])
		}
	}
	return b.String() + `"`
}

func hex(unit uint16) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[unit>>12], digits[unit>>8&15], digits[unit>>4&15], digits[unit&15]})
}
