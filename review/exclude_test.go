package review_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
)

func TestExcludedFiles(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for _, tc := range []struct {
		glob, file string
		want       bool
	}{
		{"*.pem", "deep/down/key.pem", true},
		{"*.pem", "key.pem.go", false},
		{"secrets/", "a/secrets/x/y.go", true},
		{"/secrets/**", "secrets/x.go", true},
		{"internal/gen", "internal/gen/x.go", true},
		{"internal/gen", "other/internal/gen/x.go", false},
		{"**/gen/*.go", "a/b/gen/x.go", true},
		{"[", "x", false},
		{"./internal/gen", "internal/gen/x.go", true},
		{".//gen/**", "gen/x.go", true},
		{"./*.pem", "deep/key.pem", true},
		{"/home/me/x/**", "/home/me/x/a/b.go", true},
		{"/home/me/x/", "/home/me/x/a/b.go", true},
		{"/home/me/x", "/home/me/xy/b.go", false},
		{"~/x/**", "/home/me/x/a.go", true},
		{"~/x", "/home/me/x/a.go", true},
		{"~/x", "/home/you/x/a.go", false},
		{"me", "/home/me/x/a.go", false},
		{"**/me/**", "/home/me/x/a.go", false},
		{"home/me", "/home/me/x/a.go", false},
	} {
		if got := review.Excluded([]string{tc.glob}, tc.file) != ""; got != tc.want {
			t.Errorf("%s excludes %s: %v, want %v", tc.glob, tc.file, got, tc.want)
		}
	}
}

func TestAnAbsoluteGlobIsFollowedThroughLinks(t *testing.T) {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(home, "real"), filepath.Join(home, "link")); err != nil {
		t.Skipf("this file system makes no links: %v", err)
	}
	glob := filepath.ToSlash(home) + "/link/*.go"
	if review.Excluded([]string{glob}, filepath.ToSlash(home)+"/real/a.go") == "" {
		t.Error("the file is not excluded by its real name")
	}
}

func TestNamesOfSecrets(t *testing.T) {
	for name, want := range map[string]bool{
		".env": true, ".ENV": true, ".env.local": true, ".Env.Production": true, ".env-prod": true, ".envrc": true,
		"prod.env": true, ".env~": true, ".environment": false, "env.go": false, "environ.env.go": false, "": false,
	} {
		if got := review.SecretName(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
