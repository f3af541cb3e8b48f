package settings_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

func TestAnAddressThatIsNoneHidesThoseBelow(t *testing.T) {
	const below = "provider.baseUrl = 'https://below.example/v1'"
	for _, tc := range []struct {
		name   string
		layers said
		want   string
	}{
		{"without a scheme", said{user: below, environment: "OPENAI_BASE_URL=localhost:11434/v1"}, "localhost:11434/v1"},
		{"without a scheme or a port", said{user: below, environment: "OPENAI_BASE_URL=gateway.corp.example/v1"}, "gateway.corp.example/v1"},
		{"of another scheme", said{user: "provider.baseUrl = 'ftp://host'"}, "ftp://host"},
		{"that is a number", said{user: below, editor: `{"provider": {"baseUrl": 3}}`}, "(no address)"},
		{"that is empty", said{user: below, editor: `{"provider": {"baseUrl": " "}}`}, "(no address)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, tc.layers)
			if got := w.Now().Provider.BaseURL; got != tc.want {
				t.Errorf("the address is %q, want %q", got, tc.want)
			}
			checkProblems(t, w.Problems(), "provider.baseUrl must be an http or https address*; no other address is used in its place.")
		})
	}
	t.Run("but not those above", func(t *testing.T) {
		w := open(t, said{environment: "OPENAI_BASE_URL=localhost", editor: `{"provider": {"baseUrl": " https://above.example/v1 "}}`})
		checkValues(t, w.Live, map[string]string{"provider.baseUrl": "https://above.example/v1 editor"})
	})
}

// checkUnknown compares why it is not known what is excluded.
func checkUnknown(t *testing.T, live *settings.Live, want string) {
	t.Helper()
	if got := live.Now().Privacy.Unknown; (got == "") != (want == "") || !holdsInOrder(got, []string{want}) {
		t.Errorf("unknown: %q, want %q", got, want)
	}
}

func TestExclusionsMayBeUnknown(t *testing.T) {
	const unread = "a settings file cannot be read, and it may exclude files: /"
	for _, tc := range []struct {
		name   string
		layers said
		want   string
	}{
		{"with nothing wrong, they are known", said{user: "privacy.exclude = ['a']", workspace: "privacy.exclude = ['b']"}, ""},
		{"after other mistakes, they are known", said{user: "review.on = 3", workspace: "x = 1", editor: `{"files": {"exclude": {}}}`}, ""},
		{"with a text for a list, they are known", said{user: "privacy.exclude = 'a/**'"}, ""},
		{"with a glob that takes back, they are known", said{user: "privacy.exclude = ['!a', '']"}, ""},
		{"the user's file is broken", said{user: "privacy.exclude = ["}, unread},
		{"the workspace's file is broken", said{workspace: "["}, unread},
		{"they are a number", said{user: "privacy.exclude = 3"}, "privacy.exclude cannot be used as it stands in /"},
		{"they are a table", said{editor: `{"privacy": {"exclude": {"a": true}}}`}, "privacy.exclude cannot be used as it stands in editor settings"},
		{"one of them is a number", said{workspace: "privacy.exclude = ['a', 3]"}, "privacy.exclude cannot be used"},
		{"one of them is no glob", said{flags: map[string]string{"privacy.exclude": "["}}, "privacy.exclude cannot be used as it stands in flag settings"},
		{"the group is a list", said{user: "privacy = ['a']"}, `"privacy" in /`},
		{"the name is misspelt", said{user: "privacy.excludes = ['a']"}, `"privacy.excludes" in /`},
		{"the group is misspelt", said{user: "privcy.exclude = ['a']"}, `"privcy" in /`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t, tc.layers)
			checkUnknown(t, w.Live, tc.want)
			said := strings.Contains(strings.ToLower(fmt.Sprint(w.Problems())), "nothing is sent until it is mended")
			if said != (tc.want != "") {
				t.Errorf("the problems are %v", w.Problems())
			}
		})
	}
}

func TestATextIsAListOfOneExclusion(t *testing.T) {
	w := open(t, said{user: "privacy.exclude = 'secret/**'"})
	checkValues(t, w.Live, map[string]string{"privacy.exclude": "[secret/**] user"})
	checkProblems(t, w.Problems(), `privacy.exclude must be a list of globs, not "secret/**"; it is taken as a list of one.`)
}

func TestExclusionsAreKnownAgainOnceTheFileIsMended(t *testing.T) {
	w := open(t, said{user: "privacy.exclude = ["})
	heard := 0
	w.OnChange(func(_, _ *settings.Settings) { heard++ })
	write(t, w.user, "privacy.exclude = ['a']")
	w.Reload()
	checkUnknown(t, w.Live, "")

	write(t, w.user, "[[[") // what it said before still holds
	w.Reload()
	checkUnknown(t, w.Live, "")
	checkValues(t, w.Live, map[string]string{"privacy.exclude": "[a] user"})

	write(t, w.workspace, "[[[") // which said nothing before
	w.Reload()
	checkUnknown(t, w.Live, "a settings file cannot be read")
	if err := os.Remove(w.workspace); err != nil {
		t.Fatal(err)
	}
	w.Reload()
	checkUnknown(t, w.Live, "")
	if heard != 3 {
		t.Errorf("listeners heard of %d changes", heard)
	}
}

func TestTheFileThatAIConfigNamesMustBeThere(t *testing.T) {
	w := open(t, said{})
	live := settings.Open(settings.Source{Environ: []string{"AI_LSP_CONFIG=" + w.user}})
	checkUnknown(t, live, "a settings file cannot be read")
	write(t, w.user, "privacy.exclude = ['a']")
	live.Reload()
	checkUnknown(t, live, "")
	if err := os.Remove(w.user); err != nil {
		t.Fatal(err)
	}
	live.Reload()
	checkUnknown(t, live, "")
	checkValues(t, live, map[string]string{"privacy.exclude": "[a] user"})
	live.SetEditor(json.RawMessage(`{"privacy": {"exclude": 3}}`))
	checkUnknown(t, live, "editor settings")
}
