package settings_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

func TestWhatCannotBeUsedIsNamed(t *testing.T) {
	for _, tc := range []struct{ name, toml, want string }{
		{"a misspelt name", "[review]\nmaxFinding = 3", `config.toml:2:1: There is no setting "review.maxFinding": did you mean review.maxFindings?`},
		{"a name in another case", "[provider]\nbase_url = 'x'", "2:1: *did you mean provider.baseUrl?"},
		{"a name in the wrong group", "[review]\n  model = 'x'", "2:3: *did you mean provider.model?"},
		{"a name without its group", "model = 'x'", "did you mean provider.model?"},
		{"a misspelt group", "[reviews]\non = 'save'", `1:2: There is no setting "reviews": did you mean review?`},
		{"a misspelt group that comes twice", "[reviews.a]\n[reviews.b]", `1:2: There is no setting "reviews"`},
		{"two letters swapped", "review.no = 'save'", "did you mean review.on?"},
		{"a misspelt name that is planned", "budget.dailyToken = 3", "did you mean budget.dailyTokens?"},
		{"a name like no other", "[kubernetes]\nreplicas = 3", `There is no setting "kubernetes"; it is ignored.`},
		{"a key in an inline table", "review = {  minConfidenc = 1 }", "1:13: *did you mean review.minConfidence?"},
		{"a value where a group belongs", "review = true", "1:1: review must be a group of settings, such as review.on"},
		{"a text that is none of the allowed", "[review]\n\non = 'sav'", `3:1: review.on must be "open", "save" or "manual", not "sav"; this is ignored.`},
		{"a number for a text", "provider.model = 3", "provider.model must be a text that is not empty, not 3"},
		{"an empty model", "provider.model = ' '", `must be a text that is not empty, not " "`},
		{"a text for a number", "review.maxFindings = '3'", `review.maxFindings must be a whole number, at least 1, not "3"`},
		{"a fraction for a whole number", "limits.concurrency = 1.5", "whole number, at least 1, not 1.5"},
		{"a number below the range", "retry.maxAttempts = 0", "at least 1, not 0"},
		{"a number above the range", "review.minConfidence = 1.01", "a number from 0 to 1, not 1.01"},
		{"no number at all", "review.minConfidence = nan", "a number from 0 to 1, not NaN"},
		{"a truth", "review.minConfidence = true", "not true"},
		{"a date", "review.minConfidence = 2026-01-01", "not a date or time"},
		{"a duration without a unit", "provider.timeout = 60", `a duration such as "60s" or "1d12h", at least 1ms, not 60`},
		{"no time at all", "provider.timeout = '0s'", "at least 1ms"},
		{"a pause that is negative", "retry.baseDelay = '-1s'", "at least 0s"},
		{"a size with no such unit", "review.maxFileSize = '3 pages'", `a text such as "512KiB", at least 1, not "3 pages"`},
		{"a number for a list", "privacy.exclude = 3", "must be a list of globs, not 3; nothing is sent until it is mended."},
		{"a list for a table", "provider.headers = ['a']", "must be a table of texts, not a list"},
		{"a header with no such name", "provider.headers = {'a b' = 'c'}", `provider.headers holds "a b", which is no name of a header`},
		{"a text that goes on for ever", "review.on = '" + strings.Repeat("é", 4000) + "'", "not \"" + strings.Repeat("é", 60) + "…\""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, said{user: tc.toml})
			checkProblems(t, w.Problems(), tc.want)
			if len(w.Problems()) == 1 && w.Problems()[0].Source != settings.LayerUser {
				t.Errorf("the source is %s", w.Problems()[0].Source)
			}
			for _, v := range w.Values() {
				if v.Source != settings.LayerDefault && v.Name != "provider.headers" {
					t.Errorf("%s comes from the %s", v.Name, v.Source)
				}
			}
		})
	}
}

func TestWhatMayHoldAKeyIsNotRepeated(t *testing.T) {
	for _, toml := range []string{
		"provider.baseUrl = 'sk-planted'",
		"provider.baseUrl = 'ftp://u:sk-planted@host'",
		"provider.headers = 'Bearer sk-planted'",
		"provider.headers = {A = \"sk-planted\\n\"}",
		"provider.headers = {A = ['sk-planted']}",
		"provider.apiKey = 'sk-planted'",
		"provider.model = sk-planted",
	} {
		w := open(t, said{user: toml})
		if len(w.Problems()) != 1 {
			t.Errorf("%s: %d problems", toml, len(w.Problems()))
		}
		for _, p := range w.Problems() {
			if strings.Contains(p.String(), "planted") {
				t.Errorf("%s: the problem says %q", toml, p)
			}
		}
	}
}

func TestAWrongValueLeavesTheLayerBelow(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 6", editor: `{"review": {"maxFindings": 0, "on": "open"}}`})
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "6 user", "review.on": "open editor"})
	checkProblems(t, w.Problems(), "editor settings: review.maxFindings must be a whole number, at least 1, not 0")
}

func TestAStoreOfAnotherKindIsNamedWithoutItsPassword(t *testing.T) {
	w := open(t, said{user: "store.url = 'redis://me:secret@host'"})
	checkProblems(t, w.Problems(), "config.toml:1:*store.url must be sqlite: alone, or sqlite: and the whole path of a file "+
		"(stores of other kinds are not supported yet), not this text; this is ignored.")
}

func TestPlannedNamesAreNoMistakes(t *testing.T) {
	toml := `experiments = [{name = "x"}]
[provider]
keyCommand = ["pass", "openai"]
keyTtl = "1h"
[[provider.fallbacks]]
baseUrl = "http://other/v1"
[review]
rules = "r.md"
[hover]
explain = "off"
[limits]
requestsPerMinute = 1
tokensPerMinute = 2
[budget]
dailyTokens = 1
monthlyTokens = 1
dailyCost = 1.0
monthlyCost = 1.0
softLimit = 0.5
user = "me"
[breaker]
failures = 1
cooldown = "1s"
[cache]
ttl.document = "1h"
[privacy]
redactSecrets = true
[audit]
enabled = true
retention = "90d"
[telemetry]
otlp = "on"
`
	w := open(t, said{user: toml})
	checkProblems(t, w.Problems())
	for _, v := range w.Values() {
		if v.Source != settings.LayerDefault {
			t.Errorf("%s comes from the %s", v.Name, v.Source)
		}
	}
}

func TestEditorsCanSendNonsense(t *testing.T) {
	for _, tc := range []struct{ name, sent, want string }{
		{"that is no JSON", `{"review": `, "editor settings: The settings that the editor sent cannot be used: read JSON: *; what was there before still holds."},
		{"that is no object", `"save"`, "no JSON object"},
		{"that is a list", `[{"review": {"on": "open"}}]`, "no JSON object"},
		{"whose section is no object", `{"ai-lsp": 3}`, `no JSON object under "ai-lsp"`},
		{"that goes on after its end", `{} {}`, "more than one value"},
		{"with an unknown name", `{"revew": {"on": "open"}}`, `"revew": did you mean review?`},
		{"with a number that is too large", `{"limits": {"concurrency": 1e400}}`, "not 1e400"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, said{editor: `{"limits": {"concurrency": 9}}`})
			fresh := w.SetEditor(json.RawMessage(tc.sent))
			checkProblems(t, fresh, tc.want)
			checkProblems(t, w.SetEditor(json.RawMessage(tc.sent))) // told once
			checkProblems(t, w.Problems(), tc.want)
		})
	}
}

func TestABrokenMessageLeavesTheLastOne(t *testing.T) {
	w := open(t, said{editor: `{"limits": {"concurrency": 9}}`})
	w.SetEditor(json.RawMessage(`{"limits"`))
	checkValues(t, w.Live, map[string]string{"limits.concurrency": "9 editor"})
	w.SetEditor(json.RawMessage(`{"limits": {"concurrency": 8}}`))
	checkValues(t, w.Live, map[string]string{"limits.concurrency": "8 editor"})
	checkProblems(t, w.Problems())
}

func TestFlagsAndVariablesAreCheckedToo(t *testing.T) {
	live := settings.Open(settings.Source{
		Environ: []string{"XDG_CONFIG_HOME=" + t.TempDir(), "OPENAI_BASE_URL=localhost:8080"},
		Flags:   map[string]string{"review.maxFindings": "many", "review.om": "save"},
	})
	checkProblems(t, live.Problems(),
		"environment settings: provider.baseUrl must be an http or https address, not this text; no other address is used in its place.",
		"flag settings: review.maxFindings must be a whole number, at least 1, not many; this is ignored. "+
			"There is no setting \"review.om\": did you mean review.on?")
	checkValues(t, live, map[string]string{"provider.baseUrl": "*** environment", "review.maxFindings": "20 default"})
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 3\n" + strings.Repeat("# padding\n", 10_000)})
	checkProblems(t, w.Problems(), "config.toml: *cannot be read: it is larger than 64 KiB; nothing is sent until it is mended.")
	if base := filepath.Base(w.Problems()[0].File); base != "config.toml" {
		t.Errorf("the file is %s", base)
	}
}

func TestAFloodOfMistakesIsCutShort(t *testing.T) {
	var toml strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&toml, "k%d = 1\n", i)
	}
	toml.WriteString("log.level = 'debug'\n")
	w := open(t, said{workspace: toml.String(), editor: `{"a": 1, "b": 2, "c": 3, "d": 4}`})
	checkProblems(t, w.Problems(),
		".ai-lsp.toml:1:1: There is no setting \"k0\"; it is ignored. Line 2: *Line 5001: *refused: log.level. There are 4997 more mistakes.",
		"editor settings: There is no setting \"a\"*\"b\"*\"c\"*There is one more mistake.")
	if text := w.Problems()[0].String(); len(text) > 600 {
		t.Errorf("the message has %d bytes: %s", len(text), text)
	}
}

func TestTextsOfFilesAreHarmlessInMessages(t *testing.T) {
	for _, tc := range []struct{ name, toml, want string }{
		{"a link in a key", "'[Fix](command:quit)' = 1", `"[Fix] (command:quit)"`},
		{"a link in a value", "review.on = '[Fix](command:quit)'", `"[Fix] (command:quit)"`},
		{"a link in a key that comes twice", "'[Fix](command:quit)' = 1\n'[Fix](command:quit)' = 1", "[Fix] (command:quit)"},
		{"an address", "'https://evil.example' = 1", `"https:// evil.example"`},
		{"an element", "'<img src=x>' = 1", `"< img src=x>"`},
		{"a line break", `"a\nb" = 1`, `"a\nb"`},
		{"letters that turn the direction of writing", `"a\u202Eb" = 1`, `"a\u202eb"`},
		{"a long key", "'" + strings.Repeat("k", 200) + "' = 1", `"` + strings.Repeat("k", 60) + `…"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			problems := open(t, said{workspace: tc.toml}).Problems()
			checkProblems(t, problems, tc.want)
			if text := fmt.Sprint(problems); strings.Contains(text, "](") || strings.ContainsAny(text, "\n\u202e") {
				t.Errorf("this is alive: %q", text)
			}
		})
	}
}

func TestWhatIsWrongAtTheStartIsToldOnce(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "not.toml")
	live := settings.Open(settings.Source{
		Environ: []string{"AI_LSP_CONFIG=" + missing, "OPENAI_BASE_URL=localhost:8080"},
		Flags:   map[string]string{"review.maxFindings": "many"},
	})
	checkProblems(t, live.SetWorkspace([]string{t.TempDir()}),
		"not.toml: The settings file that AI_LSP_CONFIG names does not exist; nothing is sent until it is mended.",
		"environment settings: provider.baseUrl", "flag settings: review.maxFindings")
	checkProblems(t, live.SetInitOptions(nil))
	checkProblems(t, live.SetEditor(json.RawMessage(`{"review": {"on": "open"}}`)))
	_, again := live.Reload()
	checkProblems(t, again)
}
