package settings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

func TestSettingsAreListed(t *testing.T) {
	w := open(t, said{
		user:        "[provider]\nmodel = 'two words'\nheaders = {X-B = 'planted', X-A = 'planted'}\n[privacy]\nexclude = ['a/**', '<b>']\n[log]\nfile = \"\"",
		environment: "OPENAI_BASE_URL=https://me:planted@host:1/v1?api-key=planted",
	})

	t.Run("as text in columns", func(t *testing.T) {
		var b strings.Builder
		if err := settings.WriteText(&b, w.Values()); err != nil {
			t.Fatal(err)
		}
		want := [][]string{
			{"provider.baseUrl", "https://***@host:1/v1?***", "environment"},
			{"provider.model", "two words", "user"},
			{"provider.kind", "openai", "default"},
			{"provider.timeout", "60s", "default"},
			{"provider.headers", `{"X-A":"***","X-B":"***"}`, "user"},
		}
		lines := slices.Collect(strings.Lines(b.String()))
		for i, columns := range want {
			if got := regexp.MustCompile(`\s{2,}|\n`).Split(lines[i], 3); !slices.Equal(columns, trimmed(got)) {
				t.Errorf("line %d is %q", i, lines[i])
			}
			if strings.LastIndexByte(lines[i], ' ') != strings.LastIndexByte(lines[0], ' ') {
				t.Errorf("the sources do not stand in one column:\n%s", b.String())
			}
		}
	})

	t.Run("as JSON in the order of the struct", func(t *testing.T) {
		var b bytes.Buffer
		if err := settings.WriteJSON(&b, w.Values()); err != nil {
			t.Fatal(err)
		}
		var got map[string]struct {
			Value  json.RawMessage
			Source string
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		for name, want := range map[string]string{
			"provider.model": `"two words" user`, "provider.timeout": `"60s" default`, "review.maxFileSize": "524288 default",
			"review.minConfidence": "0.5 default", "log.file": `"" user`, "provider.baseUrl": `"https://***@host:1/v1?***" environment`,
		} {
			if text := string(got[name].Value) + " " + got[name].Source; text != want {
				t.Errorf("%s is %s, want %s", name, text, want)
			}
		}
		if len(got) != len(settings.Describe()) {
			t.Errorf("%d settings are listed", len(got))
		}
		if strings.Index(b.String(), "provider.model") > strings.Index(b.String(), "log.level") {
			t.Error("the order is lost")
		}
		if !strings.Contains(b.String(), "<b>") {
			t.Error("globs are escaped as if for HTML")
		}
	})

	t.Run("without what may be a key", func(t *testing.T) {
		var b bytes.Buffer
		if err := errors.Join(settings.WriteText(&b, w.Values()), settings.WriteJSON(&b, w.Values())); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "planted") {
			t.Errorf("a secret is shown:\n%s", b.String())
		}
	})

	t.Run("and a writer that fails is told of", func(t *testing.T) {
		if settings.WriteText(broken{}, w.Values()) == nil || settings.WriteJSON(broken{}, w.Values()) == nil {
			t.Error("the failure is lost")
		}
	})
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func trimmed(texts []string) []string {
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	return texts
}

func TestOddTextsAreQuotedInTheListing(t *testing.T) {
	w := open(t, said{flags: map[string]string{"log.file": "  "}})
	var b strings.Builder
	if err := settings.WriteText(&b, w.Values()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"  "`) {
		t.Errorf("got\n%s", b.String())
	}
}

func TestEachSettingIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range settings.Describe() {
		if seen[k.Name] || k.Group() == k.Name || k.Group() == "" {
			t.Errorf("%q is no name of its own", k.Name)
		}
		seen[k.Name] = true
		if !strings.HasSuffix(k.Doc, ".") || strings.Contains(k.Doc, "|") || strings.ToUpper(k.Doc[:1]) != k.Doc[:1] {
			t.Errorf("%s: %q is no sentence for a table", k.Name, k.Doc)
		}
		if k.Enum != nil && !slices.Contains(k.Enum, k.Default) {
			t.Errorf("%s: the default %q is not allowed", k.Name, k.Default)
		}
		if k.Workspace == settings.NarrowList && k.Enum == nil {
			t.Errorf("%s has no list to narrow along", k.Name)
		}
	}
	if len(seen) != 25 {
		t.Errorf("there are %d settings", len(seen))
	}
}

func TestTheConstantsAreTheAllowedTexts(t *testing.T) {
	for _, tc := range []struct {
		name string
		want []string
	}{
		{"provider.kind", texts(settings.KindOpenAI, settings.KindAzure)},
		{"provider.tokensField", texts(settings.TokensAuto, settings.TokensMax, settings.TokensMaxCompletion)},
		{"provider.structuredOutput", texts(settings.StructuredAuto, settings.StructuredSchema, settings.StructuredObject, settings.StructuredOff)},
		{"review.on", texts(settings.OnOpen, settings.OnSave, settings.OnManual)},
		{"log.level", texts(settings.LevelDebug, settings.LevelInfo, settings.LevelWarn, settings.LevelError)},
	} {
		for _, k := range settings.Describe() {
			if k.Name == tc.name && !slices.Equal(k.Enum, tc.want) {
				t.Errorf("%s allows %v, the constants are %v", k.Name, k.Enum, tc.want)
			}
		}
	}
}

func texts[T ~string](constants ...T) []string {
	all := make([]string, len(constants))
	for i, c := range constants {
		all[i] = string(c)
	}
	return all
}
