package handlers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// excluding is a session whose editor excludes these globs in these folders.
func excluding(t *testing.T, globs []string, folders ...string) *Handlers {
	t.Helper()
	live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + t.TempDir()}})
	live.SetWorkspace(folders)
	sent, err := json.Marshal(map[string]any{"privacy": map[string]any{"exclude": globs}})
	if err != nil {
		t.Fatal(err)
	}
	live.SetEditor(sent)
	h := New(Deps{Client: newRecorder(), Settings: live})
	t.Cleanup(h.end)
	for _, folder := range folders {
		h.roots.add(folder)
	}
	return h
}

func checkRefusal(t *testing.T, h *Handlers, file, want string) {
	t.Helper()
	doc := text.New("file://"+filepath.ToSlash(file), "go", 1, "package a\n")
	if got := h.refusal(doc, 0, 0); got != want {
		t.Errorf("%s is refused with %q, want %q", file, got, want)
	}
}

// tree has project/secret/a.go, project/.env, and links to all of them.
func tree(t *testing.T) (home string) {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, "project", "secret"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"project/secret/a.go", "project/.env"} {
		if err := os.WriteFile(filepath.Join(home, file), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"way": "project", "project/open": "project/secret", "project/plain.txt": "project/.env",
	} {
		if err := os.Symlink(filepath.Join(home, target), filepath.Join(home, link)); err != nil {
			t.Skipf("this file system makes no links: %v", err)
		}
	}
	return home
}

func TestExcludedFilesAreNotSentByAnyOfTheirNames(t *testing.T) {
	home := tree(t)
	for _, tc := range []struct{ name, root, glob, file, want string }{
		{"as it is", "project", "secret/**", "project/secret/a.go", "privacy.exclude has secret/**"},
		{"a folder that was opened through a link", "way", "secret/**", "project/secret/a.go", "privacy.exclude has secret/**"},
		{"a file below a link to the folder", "project", "secret/**", "way/secret/a.go", "privacy.exclude has secret/**"},
		{"a file below a link to an excluded folder", "project", "secret/**", "project/open/a.go", "privacy.exclude has secret/**"},
		{"a link that is excluded by its own name", "project", "open", "project/open/a.go", "privacy.exclude has open"},
		{"what is not written yet", "project", "secret/**", "project/open/new/b.go", "privacy.exclude has secret/**"},
		{"a whole path", "project", home + "/project/secret/**", "project/secret/a.go", "privacy.exclude has " + home + "/project/secret/**"},
		{"a whole path through a link", "project", home + "/way/secret/*", "project/secret/a.go", "privacy.exclude has " + home + "/way/secret/*"},
		{"a folder above the workspace does not count", "project", filepath.Base(home), "project/secret/a.go", ""},
		{"a file outside", "project/secret", "**/.config/**", "elsewhere/.config/a.go", "privacy.exclude has **/.config/**"},
		{"a link to a file of secrets", "project", "x", "project/plain.txt", "files of this name hold secrets"},
		{"a file of secrets in capitals", "project", "x", "project/.ENV", "files of this name hold secrets"},
		{"a glob that looks like a link", "project", "{secret,[Fix](command:quit)}", "project/secret/a.go", "privacy.exclude has {secret,[Fix] (command:quit)}"},
		{"any other", "project", "x", "project/secret/a.go", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := excluding(t, []string{tc.glob}, filepath.Join(home, tc.root))
			checkRefusal(t, h, filepath.Join(home, tc.file), tc.want)
		})
	}
}

func TestEachFolderThatHoldsAFileCounts(t *testing.T) {
	home := tree(t)
	outer, inner := filepath.Join(home, "project"), filepath.Join(home, "project", "secret")
	for _, folders := range [][]string{{outer, inner}, {inner, outer}} {
		for _, glob := range []string{"/secret/a.go", "/a.go"} {
			checkRefusal(t, excluding(t, []string{glob}, folders...), filepath.Join(inner, "a.go"), "privacy.exclude has "+glob)
		}
	}
}

func TestNothingIsSentWhileItIsNotKnownWhatIsExcluded(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, ".ai-lsp.toml")
	if err := os.WriteFile(path, []byte("privacy.exclude = ["), 0o600); err != nil {
		t.Fatal(err)
	}
	h := excluding(t, nil, root)
	checkRefusal(t, h, filepath.Join(root, "a.go"), "a settings file cannot be read, and it may exclude files: "+path)
	untitled := text.New("untitled:a", "go", 1, "package a\n")
	if h.refusal(untitled, 0, 0) == "" {
		t.Error("a text without a file is sent")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	h.deps.Settings.Reload()
	checkRefusal(t, h, filepath.Join(root, "a.go"), "")
}

func TestTheStartTellsWhatIsWrongWithTheSettings(t *testing.T) {
	live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + t.TempDir(), "OPENAI_BASE_URL=localhost:1/v1"}})
	editor := newRecorder()
	h := New(Deps{Client: editor, Settings: live})
	t.Cleanup(h.end)
	root := t.TempDir()
	if _, err := h.Initialize(nil, &lsp.InitializeParams{RootPath: &root}); err != nil {
		t.Fatal(err)
	}
	if len(editor.news) != 1 {
		t.Errorf("told: %v", editor.told)
	}
}
