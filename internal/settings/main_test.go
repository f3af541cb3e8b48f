package settings_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

var update = flag.Bool("update", false, "rewrite what is generated from the settings")

// world is what surrounds one Live: the folders of its files, and the paths of
// the files.
type world struct {
	*settings.Live

	user, root, workspace string
}

// said is what the layers of a world say; an empty text leaves a layer out.
type said struct {
	user, workspace, environment, init, editor string
	flags                                      map[string]string
}

// open builds a world. Nothing of the machine's own settings gets in.
func open(t testing.TB, layers said) world {
	t.Helper()
	home := t.TempDir()
	w := world{root: filepath.Join(home, "project")}
	w.user = filepath.Join(home, "config", "ai-lsp", "config.toml")
	w.workspace = filepath.Join(w.root, ".ai-lsp.toml")
	for path, text := range map[string]string{w.user: layers.user, w.workspace: layers.workspace} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if text != "" {
			write(t, path, text)
		}
	}
	environ := []string{"XDG_CONFIG_HOME=" + filepath.Join(home, "config")}
	if layers.environment != "" {
		environ = append(environ, layers.environment)
	}
	w.Live = settings.Open(settings.Source{Environ: environ, Flags: layers.flags})
	w.SetWorkspace([]string{w.root})
	w.SetInitOptions(json.RawMessage(layers.init))
	w.SetEditor(json.RawMessage(layers.editor))
	return w
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkValues compares "value source" of each named setting.
func checkValues(t *testing.T, live *settings.Live, want map[string]string) {
	t.Helper()
	for _, v := range live.Values() {
		wanted, ok := want[v.Name]
		if !ok {
			continue
		}
		delete(want, v.Name)
		if got := fmt.Sprintf("%v %s", v.Value, v.Source); got != wanted {
			t.Errorf("%s = %s, want %s", v.Name, got, wanted)
		}
	}
	for name := range want {
		t.Errorf("there is no setting %s", name)
	}
}

// checkProblems wants one problem for each text, in order: its String, with
// paths cut to the name of the file, holds the words between the stars.
func checkProblems(t *testing.T, got []settings.Problem, want ...string) {
	t.Helper()
	for i, p := range got {
		if p.File != "" {
			p.File = filepath.Base(p.File)
		}
		if i >= len(want) {
			t.Errorf("nobody expected %q", p)
		} else if !holdsInOrder(p.String(), strings.Split(want[i], "*")) {
			t.Errorf("problem is %q, want %q", p, want[i])
		}
	}
	for _, missing := range want[min(len(got), len(want)):] {
		t.Errorf("missing problem %q", missing)
	}
}

func holdsInOrder(text string, parts []string) bool {
	for _, part := range parts {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return true
}
