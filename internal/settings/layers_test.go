package settings_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

func TestLaterLayersStandOverEarlierOnes(t *testing.T) {
	for _, tc := range []struct {
		name   string
		layers said
		want   map[string]string
	}{
		{
			"with nothing set, the defaults hold",
			said{},
			map[string]string{
				"provider.baseUrl": "https://api.openai.com/v1 default", "provider.model": "gpt-4.1-mini default",
				"provider.kind": "openai default", "provider.timeout": "60s default", "provider.headers": "map[] default",
				"provider.tokensField": "auto default", "provider.structuredOutput": "auto default",
				"review.on": "save default", "review.minConfidence": "0.5 default", "review.maxFindings": "20 default",
				"review.maxFileSize": "512KiB default", "limits.concurrency": "4 default",
				"retry.maxAttempts": "5 default", "retry.baseDelay": "1s default", "retry.maxDelay": "32s default",
				"privacy.exclude": "[] default", "log.level": "info default", "log.file": " default",
			},
		},
		{
			"the user's file stands over the defaults",
			said{user: "[provider]\nmodel = 'mine'\ntimeout = '1d12h'\n[log]\nfile = '/tmp/x.log'"},
			map[string]string{"provider.model": "mine user", "provider.timeout": "36h user", "log.file": "/tmp/x.log user"},
		},
		{
			"the workspace narrows the user's file",
			said{user: "[review]\nmaxFindings = 9", workspace: "[review]\nmaxFindings = 3"},
			map[string]string{"review.maxFindings": "3 workspace"},
		},
		{
			"the environment stands over the user's file",
			said{user: "[provider]\nbaseUrl = 'http://user/v1'", environment: "OPENAI_BASE_URL=http://env/v1"},
			map[string]string{"provider.baseUrl": "http://env/v1 environment"},
		},
		{
			"an empty variable is not set",
			said{environment: "OPENAI_BASE_URL="},
			map[string]string{"provider.baseUrl": "https://api.openai.com/v1 default"},
		},
		{
			"the editor stands over the environment and the workspace",
			said{
				workspace: "[review]\non = 'manual'", environment: "OPENAI_BASE_URL=http://env/v1",
				editor: `{"review": {"on": "open"}, "provider": {"baseUrl": "http://editor/v1"}}`,
			},
			map[string]string{"review.on": "open editor", "provider.baseUrl": "http://editor/v1 editor"},
		},
		{
			"what the editor sends later stands over its first options, setting by setting",
			said{init: `{"review": {"on": "open", "maxFindings": 7}}`, editor: `{"review": {"on": "manual"}}`},
			map[string]string{"review.on": "manual editor", "review.maxFindings": "7 editor"},
		},
		{
			"a flag stands over all",
			said{editor: `{"review": {"maxFindings": 7}}`, flags: map[string]string{"review.maxFindings": "8"}},
			map[string]string{"review.maxFindings": "8 flag"},
		},
		{
			"flags are read as the type of their setting",
			said{flags: map[string]string{
				"review.minConfidence": "0.25", "review.maxFileSize": "1MB", "retry.baseDelay": "5ms",
				"privacy.exclude": "vendor/**", "provider.headers": `{"X-Team": "a"}`, "limits.concurrency": "2",
			}},
			map[string]string{
				"review.minConfidence": "0.25 flag", "review.maxFileSize": "1000000B flag", "retry.baseDelay": "5ms flag",
				"privacy.exclude": "[vendor/**] flag", "provider.headers": "map[X-Team:***] flag", "limits.concurrency": "2 flag",
			},
		},
		{
			"a table replaces the one below it as a whole",
			said{user: "provider.headers = {A = '1', B = '2'}", editor: `{"provider": {"headers": {"C": "3"}}}`},
			map[string]string{"provider.headers": "map[C:***] editor"},
		},
		{
			"exclusions of all layers add up, each once",
			said{
				user: "privacy.exclude = ['a', 'b']", workspace: "privacy.exclude = ['b', 'c']",
				init: `{"privacy": {"exclude": ["d"]}}`, editor: `{"privacy": {"exclude": ["a", "e"]}}`,
			},
			map[string]string{"privacy.exclude": "[a b c d e] editor"},
		},
		{
			"an empty list takes no exclusion back",
			said{workspace: "privacy.exclude = ['c']", editor: `{"privacy": {"exclude": []}}`},
			map[string]string{"privacy.exclude": "[c] workspace"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, tc.layers)
			checkValues(t, w.Live, tc.want)
			checkProblems(t, w.Problems())
		})
	}
}

func TestEditorsSendSettingsInManyForms(t *testing.T) {
	for _, tc := range []struct{ name, sent string }{
		{"bare", `{"review": {"on": "manual"}, "provider": {"headers": {"X-A": "k"}}}`},
		{"under the section's name", `{"ai-lsp": {"review": {"on": "manual"}, "provider": {"headers": {"X-A": "k"}}}}`},
		{"beside other programs' sections", `{"gopls": {"x": 1}, "ai-lsp": {"review": {"on": "manual"}, "provider.headers": {"X-A": "k"}}}`},
		{"flat", `{"review.on": "manual", "provider.headers.X-A": "k"}`},
		{"flat with the section in front", `{"ai-lsp.review.on": "manual", "ai-lsp.provider.headers": {"X-A": "k"}, "editor.tabSize": 4}`},
		{"with nulls for what is not set", `{"review": {"on": "manual", "maxFindings": null}, "provider": {"headers": {"X-A": "k"}}, "log": null}`},
		{"with Lua's empty tables", `{"review": {"on": "manual"}, "log": [], "privacy": {"exclude": {}}, "provider": {"headers": {"X-A": "k"}}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, said{editor: tc.sent})
			checkProblems(t, w.Problems())
			checkValues(t, w.Live, map[string]string{"review.on": "manual editor", "provider.headers": "map[X-A:***] editor"})
			if got := w.Now().Provider.Headers["X-A"].Reveal(); got != "k" {
				t.Errorf("the header holds %q", got)
			}
		})
	}
}

func TestNothingSentChangesNothing(t *testing.T) {
	for _, sent := range []string{``, `null`, `{}`, `[]`, `{"ai-lsp": {}}`, `{"ai-lsp": null}`, `{"review": {}}`, ` `} {
		t.Run("as "+sent, func(t *testing.T) {
			w := open(t, said{init: `{"review": {"on": "open"}}`, editor: `{"review": {"maxFindings": 3}}`})
			w.OnChange(func(_, _ *settings.Settings) { t.Error("a listener heard of a change") })
			checkProblems(t, w.SetInitOptions(json.RawMessage(sent)))
			checkProblems(t, w.SetEditor(json.RawMessage(sent)))
			checkValues(t, w.Live, map[string]string{"review.on": "open editor", "review.maxFindings": "3 editor"})
		})
	}
}

func TestASettingThatTheEditorNoLongerSendsFallsBack(t *testing.T) {
	w := open(t, said{user: "review.maxFindings = 6", editor: `{"review": {"maxFindings": 3, "on": "open"}}`})
	w.SetEditor(json.RawMessage(`{"review": {"on": "open"}}`))
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "6 user", "review.on": "open editor"})
}

func TestTheUsersFile(t *testing.T) {
	named := filepath.Join(t.TempDir(), "mine.toml")
	write(t, named, "review.maxFindings = 2")
	folder := t.TempDir()
	write(t, filepath.Join(folder, "config.toml"), "review.maxFindings = 99")

	t.Run("is the one that AI_LSP_CONFIG names", func(t *testing.T) {
		live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + folder, "AI_LSP_CONFIG=" + named}})
		checkValues(t, live, map[string]string{"review.maxFindings": "2 user"})
		checkProblems(t, live.Problems())
	})
	t.Run("is missed where AI_LSP_CONFIG names none", func(t *testing.T) {
		live := settings.Open(settings.Source{Environ: []string{"AI_LSP_CONFIG=" + named + ".not"}})
		checkValues(t, live, map[string]string{"review.maxFindings": "20 default"})
		checkProblems(t, live.Problems(), "mine.toml.not: *AI_LSP_CONFIG*does not exist")
	})
	t.Run("may be missing in the default folder, or the folder itself", func(t *testing.T) {
		for _, home := range []string{t.TempDir(), filepath.Join(folder, "none"), os.DevNull} {
			live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + home}})
			checkProblems(t, live.Problems())
		}
	})
	t.Run("may begin with a byte order mark", func(t *testing.T) {
		w := open(t, said{user: "\ufeffreview.maxFindings = 2\r\n"})
		checkValues(t, w.Live, map[string]string{"review.maxFindings": "2 user"})
		checkProblems(t, w.Problems())
	})
}

func TestTheKeyIsNoSetting(t *testing.T) {
	live := settings.Open(settings.Source{Environ: []string{"OPENAI_API_KEY= sk-test\n", "OPENAI_API_KEY=second"}})
	if got := live.Key().Reveal(); got != "sk-test" {
		t.Errorf("the key is %q", got)
	}
	if none := settings.Open(settings.Source{}).Key(); !none.IsZero() || none.Reveal() != "" {
		t.Error("there is a key where none was set")
	}
}
