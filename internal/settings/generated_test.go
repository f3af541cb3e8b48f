package settings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// The files that are generated from the settings, seen from this folder.
const (
	page     = "../../docs/settings.md"
	manifest = "../../editors/vscode/package.json"
)

func TestThePageIsCurrent(t *testing.T) {
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(page, settings.Markdown(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, settings.Markdown()) {
		t.Errorf("%s is stale: go test ./internal/settings -update", page)
	}
}

func TestTheVSCodeManifestIsCurrent(t *testing.T) {
	have, err := os.ReadFile(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is no VS Code client here")
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := settings.PatchVSCodeManifest(have)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(have, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale: go test ./internal/settings -update", manifest)
	}
	if err := os.WriteFile(manifest, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestThePageNamesEachSettingOnce(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|(.*)$").FindAllStringSubmatch(string(settings.Markdown()), -1)
	var names []string
	for _, row := range rows {
		names = append(names, row[1])
		if strings.Count(row[2], "|") != 4 {
			t.Errorf("the row of %s does not have five columns", row[1])
		}
	}
	var want []string
	for _, k := range settings.Describe() {
		want = append(want, k.Name)
	}
	if !slices.Equal(names, want) {
		t.Errorf("the page lists %v", names)
	}
}

// The examples of the page are read by the program as anyone's would be.
func TestTheExamplesOfThePageWork(t *testing.T) {
	for _, example := range regexp.MustCompile("(?s)```(toml|json)\n(.*?)```").FindAllStringSubmatch(string(settings.Markdown()), -1) {
		layers := said{user: example[2]}
		if example[1] == "json" {
			layers = said{editor: example[2]}
		}
		w := open(t, layers)
		checkProblems(t, w.Problems())
		if !slices.ContainsFunc(w.Values(), func(v settings.Value) bool { return v.Source != settings.LayerDefault }) {
			t.Errorf("this example sets nothing: %s", example[2])
		}
	}
}

func TestVSCodeProperties(t *testing.T) {
	var got map[string]map[string]any
	if err := json.Unmarshal(settings.VSCodeProperties(), &got); err != nil {
		t.Fatal(err)
	}
	for _, k := range settings.Describe() {
		p := got["ai-lsp."+k.Name]
		if p["markdownDescription"] == "" || p["type"] == nil {
			t.Errorf("%s is described as %v", k.Name, p)
		}
		if isMachine := p["scope"] == "machine"; isMachine != (k.Workspace == settings.NarrowNot) {
			t.Errorf("%s has the scope %v", k.Name, p["scope"])
		}
		delete(got, "ai-lsp."+k.Name)
	}
	if len(got) > 0 {
		t.Errorf("these are no settings: %v", got)
	}
}

// What VS Code takes for a default must be the program's.
func TestTheDefaultsOfVSCodeAreOurs(t *testing.T) {
	var properties map[string]struct {
		Default json.RawMessage
		Pattern string
	}
	if err := json.Unmarshal(settings.VSCodeProperties(), &properties); err != nil {
		t.Fatal(err)
	}
	all := map[string]json.RawMessage{}
	for name, p := range properties {
		all[name] = p.Default
		var text string
		if json.Unmarshal(p.Default, &text) == nil && !regexp.MustCompile(p.Pattern).MatchString(text) {
			t.Errorf("%s: the default %s does not match the pattern", name, text)
		}
	}
	sent, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, said{})
	w.OnChange(func(_, now *settings.Settings) { t.Errorf("the settings became %+v", now) })
	checkProblems(t, w.SetEditor(sent))
	checkValues(t, w.Live, map[string]string{"review.on": "save editor"})
}

func TestPatchingAManifest(t *testing.T) {
	properties := string(settings.VSCodeProperties())
	for _, tc := range []struct{ name, manifest, want string }{
		{
			"replaces our properties and keeps the client's own, last",
			`{"contributes": {"configuration": {"title": "T", "properties": {"ai-lsp.server.path": {"type": "string"}, "ai-lsp.review.gone": {}, "ai-lsp.review.on": {}}}, "x": 1}}`,
			`{"contributes": {"configuration": {"title": "T", "properties": ` + strings.TrimSuffix(properties, "}") + `,"ai-lsp.server.path":{"type":"string"}}}, "x": 1}}`,
		},
		{
			"adds properties",
			`{"contributes": {"configuration": {"title": "T"}}}`,
			`{"contributes": {"configuration": {"properties": ` + properties + `, "title": "T"}}}`,
		},
		{
			"adds a configuration",
			`{"contributes": { }, "y": [1]}`,
			`{"contributes": {"configuration": {"title": "ai-lsp", "properties": ` + properties + `}}, "y": [1]}`,
		},
		{
			"adds a configuration beside others",
			`{"contributes": {"commands": []}}`,
			`{"contributes": {"configuration": {"title": "ai-lsp", "properties": ` + properties + `}, "commands": []}}`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := settings.PatchVSCodeManifest([]byte(tc.manifest))
			if err != nil {
				t.Fatal(err)
			}
			if compact(t, got) != compact(t, []byte(tc.want)) {
				t.Errorf("got\n%s\nwant\n%s", compact(t, got), compact(t, []byte(tc.want)))
			}
			again, err := settings.PatchVSCodeManifest(got)
			if err != nil || !bytes.Equal(again, got) {
				t.Errorf("patched again, it changes (%v)", err)
			}
		})
	}
}

func TestPatchingKeepsTheLayout(t *testing.T) {
	before := "{\r\n\t\"name\":   \"x\",\r\n\t\"contributes\": {\r\n\t\t\"configuration\": {\r\n\t\t\t\"properties\": {}\r\n\t\t}\r\n\t},\r\n\t\"scripts\": { \"a\" :1 }\r\n}\r\n"
	got, err := settings.PatchVSCodeManifest([]byte(before))
	if err != nil {
		t.Fatal(err)
	}
	head, tail, _ := strings.Cut(before, "{}")
	if !strings.HasPrefix(string(got), head) || !strings.HasSuffix(string(got), tail) {
		t.Errorf("got\n%q", got)
	}
	if !strings.Contains(string(got), "{\r\n\t\t\t\t\"ai-lsp.provider.baseUrl\": {\r\n\t\t\t\t\t\"type\": \"string\",\r\n") {
		t.Errorf("the new part is set differently:\n%q", got)
	}
	if strings.Contains(strings.ReplaceAll(string(got), "\r\n", ""), "\n") {
		t.Error("the line ends are mixed")
	}
}

func TestWhatIsNoManifestIsNotPatched(t *testing.T) {
	for _, text := range []string{``, `[]`, `{}`, `{"contributes": 3}`, `{"contributes": {"configuration": []}}`, `{"contributes": {"configuration": {"properties": 1}}}`, `{"contributes": {`} {
		if got, err := settings.PatchVSCodeManifest([]byte(text)); err == nil {
			t.Errorf("%s became %s", text, got)
		}
	}
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return b.String()
}
