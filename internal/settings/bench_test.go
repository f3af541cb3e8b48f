package settings_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

func BenchmarkOpen(b *testing.B) {
	environ := []string{"XDG_CONFIG_HOME=" + b.TempDir()}
	for b.Loop() {
		settings.Open(settings.Source{Environ: environ})
	}
}

func BenchmarkNow(b *testing.B) {
	w := open(b, said{})
	for b.Loop() {
		_ = w.Now().Review.On
	}
}

func BenchmarkReloadOfNothing(b *testing.B) {
	w := open(b, said{user: "review.maxFindings = 3", workspace: "review.maxFindings = 2"})
	long := time.Now().Add(-time.Hour)
	for _, path := range []string{w.user, w.workspace} {
		if err := os.Chtimes(path, long, long); err != nil {
			b.Fatal(err)
		}
	}
	w.Reload()
	for b.Loop() {
		w.Reload()
	}
}

func BenchmarkEditorChange(b *testing.B) {
	w := open(b, said{user: "review.maxFindings = 3"})
	sent := []json.RawMessage{[]byte(`{"review": {"maxFindings": 5}}`), []byte(`{"review": {"maxFindings": 6}}`)}
	for i := 0; b.Loop(); i++ {
		w.SetEditor(sent[i%2])
	}
}
