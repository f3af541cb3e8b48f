package settings_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheWorkspaceMayOnlyNarrow(t *testing.T) {
	for _, tc := range []struct {
		name     string
		layers   said
		want     map[string]string
		problems []string
	}{
		{
			"what is narrower holds",
			said{workspace: "[review]\non = 'manual'\nminConfidence = 0.9\nmaxFindings = 3\nmaxFileSize = '1KiB'\n[privacy]\nexclude = ['x/**']"},
			map[string]string{
				"review.on": "manual workspace", "review.minConfidence": "0.9 workspace", "review.maxFindings": "3 workspace",
				"review.maxFileSize": "1KiB workspace", "privacy.exclude": "[x/**] workspace",
			},
			nil,
		},
		{
			"what is wider is refused, all of it in one message",
			said{workspace: "[review]\non = 'open'\nminConfidence = 0.1\nmaxFindings = 30\nmaxFileSize = '1GiB'\n"},
			map[string]string{
				"review.on": "save default", "review.minConfidence": "0.5 default",
				"review.maxFindings": "20 default", "review.maxFileSize": "512KiB default",
			},
			[]string{".ai-lsp.toml:2:1: *only narrow*review.on (may only be narrowed), review.minConfidence (may only be raised), " +
				"review.maxFindings (may only be lowered), review.maxFileSize (may only be lowered)."},
		},
		{
			"it is judged by what the user has, not by the defaults",
			said{user: "[review]\non = 'open'\nmaxFindings = 5", workspace: "[review]\non = 'save'\nmaxFindings = 10"},
			map[string]string{"review.on": "save workspace", "review.maxFindings": "5 user"},
			[]string{"refused: review.maxFindings (may only be lowered)."},
		},
		{
			"the same as before is not wider",
			said{workspace: "[review]\non = 'save'\nmaxFindings = 20\nminConfidence = 0.5"},
			map[string]string{"review.on": "save workspace"},
			nil,
		},
		{
			"everything else is refused, read or planned, whatever its type",
			said{workspace: "[provider]\nbaseUrl = 'http://evil/v1'\nmodel = 3\nkeyCommand = ['sh']\n[provider.headers]\nX = 'y'\n" +
				"[store]\nurl = 'redis://evil'\n[privacy]\nredactSecrets = false\n[audit]\nenabled = false\n[log]\nfile = '/etc/x'\n[limits]\nconcurrency = 1\n"},
			map[string]string{
				"provider.baseUrl": "https://api.openai.com/v1 default", "provider.model": "gpt-4.1-mini default",
				"provider.headers": "map[] default", "log.file": " default", "limits.concurrency": "4 default",
			},
			[]string{".ai-lsp.toml:2:1: *refused: provider.baseUrl, provider.model, provider.keyCommand, provider.headers, " +
				"store.url, privacy.redactSecrets, audit.enabled, log.file, limits.concurrency."},
		},
		{
			"a name is refused once, and told in our words",
			said{workspace: "\"cache.ttl.a\\nb\" = 1\n\"cache.ttl.c\" = 1\n\"provider.headers.A\" = 'x'\n\"provider.headers.B\" = 'x'\n"},
			nil,
			[]string{".ai-lsp.toml:1:1: *refused: cache.ttl, provider.headers."},
		},
		{
			"a planned name that narrows is left alone",
			said{workspace: "review.rules = 'rules.md'\nbudget.dailyTokens = 10\nhover.explain = 'off'"},
			nil, nil,
		},
		{
			"a value that is wrong is a problem like in any layer",
			said{workspace: "[review]\nmaxFindings = 'few'\nonn = 'manual'"},
			map[string]string{"review.maxFindings": "20 default"},
			[]string{".ai-lsp.toml:2:1: review.maxFindings must be a whole number*; this is ignored. Line 3: There is no setting \"review.onn\": did you mean review.on?"},
		},
		{
			"what the user sets in the editor stands over it",
			said{workspace: "review.maxFindings = 3", editor: `{"review": {"maxFindings": 50}}`},
			map[string]string{"review.maxFindings": "50 editor"},
			nil,
		},
		{
			"one bad glob does not lose the others",
			said{workspace: "privacy.exclude = ['a/**', '[', '!b', 3, '']"},
			map[string]string{"privacy.exclude": "[a/**] workspace"},
			[]string{`"[", which is no glob; nothing is sent until it is mended.*"!b", but can only add*this is ignored.*list of globs, but holds 3; nothing is sent*There is one more mistake.`},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, tc.layers)
			checkProblems(t, w.Problems(), tc.problems...)
			checkValues(t, w.Live, tc.want)
		})
	}
}

func TestOfSeveralFoldersTheNarrowestHolds(t *testing.T) {
	roots := make([]string, 3)
	for i, text := range []string{
		"review.maxFindings = 10\nprivacy.exclude = ['a']",
		"review.maxFindings = 5\nreview.on = 'manual'",
		"review.maxFindings = 12\nprivacy.exclude = ['b']\nlog.level = 'debug'",
	} {
		roots[i] = t.TempDir()
		write(t, filepath.Join(roots[i], ".ai-lsp.toml"), text)
	}
	want := func() map[string]string {
		return map[string]string{"review.maxFindings": "5 workspace", "review.on": "manual workspace", "log.level": "info default"}
	}
	w := open(t, said{})
	checkProblems(t, w.SetWorkspace(roots), "refused: log.level.")
	checkValues(t, w.Live, want())
	checkValues(t, w.Live, map[string]string{"privacy.exclude": "[a b] workspace"})

	checkProblems(t, w.SetWorkspace([]string{roots[2], roots[1], roots[0], roots[0], ""})) // nothing new
	checkValues(t, w.Live, want())

	w.SetWorkspace(nil)
	checkValues(t, w.Live, map[string]string{"review.maxFindings": "20 default", "privacy.exclude": "[] default"})
	checkProblems(t, w.Problems())
}

func TestAWorkspaceFileThatIsNoFileIsNotOpened(t *testing.T) {
	w := open(t, said{})
	if err := os.Mkdir(w.workspace, 0o700); err != nil {
		t.Fatal(err)
	}
	_, problems := w.Reload()
	checkProblems(t, problems, ".ai-lsp.toml: *cannot be read: it is not a regular file; nothing is sent until it is mended.")
}
