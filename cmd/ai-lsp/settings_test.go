package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// layered is a home in which every layer but the editor's has its say.
func layered(t *testing.T) *home {
	t.Helper()
	h := newHome(t)
	h.config("[provider]\nmodel = \"from the user\"\nbaseUrl = \"https://user.example/v1\"\ntimeout = \"5s\"\n" +
		"headers = {X-Team = \"" + testKey + "\"}\n[limits]\nconcurrency = 2\n")
	h.write("work/.ai-lsp.toml", "[review]\nmaxFindings = 7\n")
	h.env["OPENAI_BASE_URL"] = "https://environment.example/v1"
	h.env["OPENAI_API_KEY"] = testKey
	return h
}

// layeredArgs is the say of the flags.
var layeredArgs = []string{"--set", "limits.concurrency=9", "--set", `privacy.exclude=["gen/**"]`}

func TestSettingsAsJSONSayWhereEachValueCameFrom(t *testing.T) {
	o := layered(t).run(append([]string{"settings", "--format", "json"}, layeredArgs...)...)
	o.check(t, exitFine)
	var got map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil {
		t.Fatalf("%v in %s", err, o.stdout)
	}
	for key, want := range map[string]string{
		"review.on":          `"save" default`,
		"provider.model":     `"from the user" user`,
		"provider.timeout":   `"5s" user`,
		"provider.headers":   `{"X-Team":"***"} user`,
		"review.maxFindings": `7 workspace`,
		"provider.baseUrl":   `"https://environment.example/v1" environment`,
		"limits.concurrency": `9 flag`,
		"privacy.exclude":    `["gen/**"] flag`,
	} {
		value, err := json.Marshal(got[key]["value"]) // compact
		told := fmt.Sprintf("%s %s", value, strings.Trim(string(got[key]["source"]), `"`))
		if told != want || err != nil {
			t.Errorf("%s is %s (%v), want %s", key, told, err, want)
		}
	}
	for _, key := range settings.Describe() {
		if len(got[key.Name]) != 2 {
			t.Errorf("%s has the fields %v, want value and source", key.Name, got[key.Name])
		}
	}
	if len(got) != len(settings.Describe()) {
		t.Errorf("there are %d settings, want %d", len(got), len(settings.Describe()))
	}
}

func TestSettingsAsTextAreOneLineEach(t *testing.T) {
	o := layered(t).run(append([]string{"settings"}, layeredArgs...)...)
	o.check(t, exitFine)
	got := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(got) != len(settings.Describe()) {
		t.Errorf("%d lines, want %d", len(got), len(settings.Describe()))
	}
	for _, want := range []string{
		"provider.model from the user user", `provider.headers {"X-Team":"***"} user`, "review.maxFindings 7 workspace",
		"provider.baseUrl https://environment.example/v1 environment", "limits.concurrency 9 flag", "review.on save default",
	} {
		found := false
		for _, line := range got {
			found = found || strings.Join(strings.Fields(line), " ") == want
		}
		if !found {
			t.Errorf("there is no line %q in\n%s", want, o.stdout)
		}
	}
}

func TestWhatIsWrongWithSettingsIsToldAndTheRestPrinted(t *testing.T) {
	for _, tc := range []struct {
		name, user, workspace string
		args                  []string
		says                  []string
	}{
		{"a file that is no TOML", "a = 1\n[provider\n", "", nil, []string{"config.toml:2:10: ", "not valid TOML"}},
		{"a misspelt name", "[provider]\nmodle = \"m\"\n", "", nil, []string{"config.toml:2:1: ", "did you mean provider.model?"}},
		{"a value out of range", "[review]\nmaxFindings = 0\n", "", nil, []string{"config.toml:2:1: ", "review.maxFindings must be"}},
		{"a workspace that would widen", "", "[provider]\nbaseUrl = \"https://evil.example\"\n", nil, []string{".ai-lsp.toml", "provider.baseUrl"}},
		{"a flag for no setting", "", "", []string{"--set", "review.no=save"}, []string{"flag settings: ", "did you mean review.on?"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHome(t)
			h.config(tc.user)
			h.write("elsewhere/.ai-lsp.toml", tc.workspace)
			o := h.run(append([]string{"settings", "--workspace", h.path("elsewhere")}, tc.args...)...)
			o.check(t, exitFault)
			for _, words := range tc.says {
				if !strings.Contains(o.stderr, words) {
					t.Errorf("standard error does not say %q: %s", words, o.stderr)
				}
			}
			if strings.Count(strings.TrimSpace(o.stderr), "\n") != 0 {
				t.Errorf("one mistake is told in more than one line: %s", o.stderr)
			}
			if strings.Count(o.stdout, "\n") != len(settings.Describe()) || strings.Contains(o.stdout, "evil") {
				t.Errorf("it prints %s", o.stdout)
			}
		})
	}
}

func TestAnotherSettingsFileCanBeNamed(t *testing.T) {
	h := newHome(t)
	h.config("[provider]\nmodel = \"not this\"\n")
	h.env["AI_LSP_CONFIG"] = h.write("other.toml", "[provider]\nmodel = \"this\"\n")
	o := h.run("settings")
	o.check(t, exitFine, "this ")
	if strings.Contains(o.stdout, "not this") {
		t.Error("both files count")
	}
}
