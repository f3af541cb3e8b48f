package settings_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

var tomlSeeds = []string{
	"", "[review]\non = 'manual'\n", "review.maxFindings = 0", "provider = {headers = {A = 'b'}}", "[[provider.fallbacks]]\nx = 1",
	"a.b.c = [[{}]]", "\ufeff[log]", "[review", "privacy.exclude = ['[', '{a,b}', '!c']", "review.minConfidence = -inf",
	"provider.timeout = '1d1h'", "\"review.on\" = 'open'", "review.maxFileSize = 9223372036854775807", "[ai-lsp.review]\non='save'",
}

func FuzzTOML(f *testing.F) {
	for _, seed := range tomlSeeds {
		f.Add([]byte(seed), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, user, workspace []byte) {
		w := open(t, said{user: string(user)})
		before := *w.Now()
		if err := os.WriteFile(w.workspace, workspace, 0o600); err != nil {
			t.Fatal(err)
		}
		w.Reload()
		checkSound(t, w.Live)
		checkNarrower(t, before, *w.Now())
	})
}

func FuzzEditor(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `3`, `{"review": {"on": "manual"}}`, `{"ai-lsp": {"review.on": "open"}}`, `{"ai-lsp.log.level": "debug"}`,
		`{"provider": {"headers": {"A": null, "b c": 1}}, "provider.headers.X": "y"}`, `{"limits": {"concurrency": 1e30}}`,
		`{"privacy": {"exclude": ["**", 1]}}`, `{"review": {"maxFileSize": "1.5KiB"}}`, `{"": {"": ""}}`, `{"ai-lsp": {"ai-lsp": {}}}`,
	} {
		f.Add([]byte(seed), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, initial, editor []byte) {
		live := settings.Open(settings.Source{Environ: []string{"XDG_CONFIG_HOME=" + os.DevNull}})
		live.SetInitOptions(json.RawMessage(initial))
		live.SetEditor(json.RawMessage(editor))
		checkSound(t, live)
	})
}

// checkSound wants each value in its range, whatever was read.
func checkSound(t *testing.T, live *settings.Live) {
	t.Helper()
	now := live.Now()
	for name, ok := range map[string]bool{
		"provider.baseUrl":     now.Provider.BaseURL != "",
		"provider.model":       now.Provider.Model != "",
		"provider.timeout":     now.Provider.Timeout > 0,
		"review.on":            slices.Contains([]settings.Trigger{settings.OnOpen, settings.OnSave, settings.OnManual}, now.Review.On),
		"review.minConfidence": now.Review.MinConfidence >= 0 && now.Review.MinConfidence <= 1,
		"review.maxFindings":   now.Review.MaxFindings >= 1,
		"review.maxFileSize":   now.Review.MaxFileSize >= 1,
		"limits.concurrency":   now.Limits.Concurrency >= 1,
		"retry.maxAttempts":    now.Retry.MaxAttempts >= 1,
		"retry.baseDelay":      now.Retry.BaseDelay >= 0 && now.Retry.MaxDelay >= 0,
		"privacy.exclude":      !slices.Contains(now.Privacy.Exclude, ""),
		"log.level":            now.Log.Level != "",
	} {
		if !ok {
			t.Errorf("%s is out of range in %+v", name, *now)
		}
	}
	for _, p := range live.Problems() {
		if p.Text == "" || p.Line < 0 || p.Col < 0 || p.File != "" && !filepath.IsAbs(p.File) {
			t.Errorf("this is no use to anyone: %+v", p)
		}
	}
}

// checkNarrower wants nothing widened by the workspace's file.
func checkNarrower(t *testing.T, user, now settings.Settings) {
	t.Helper()
	order := []settings.Trigger{settings.OnOpen, settings.OnSave, settings.OnManual}
	if slices.Index(order, now.Review.On) < slices.Index(order, user.Review.On) ||
		now.Review.MinConfidence < user.Review.MinConfidence ||
		now.Review.MaxFindings > user.Review.MaxFindings || now.Review.MaxFileSize > user.Review.MaxFileSize {
		t.Errorf("the review is wider: %+v, was %+v", now.Review, user.Review)
	}
	for _, glob := range user.Privacy.Exclude {
		if !slices.Contains(now.Privacy.Exclude, glob) {
			t.Errorf("%q is no longer excluded", glob)
		}
	}
	if now.Provider.BaseURL != user.Provider.BaseURL || now.Provider.Model != user.Provider.Model ||
		len(now.Provider.Headers) != len(user.Provider.Headers) || now.Log != user.Log || now.Limits != user.Limits || now.Retry != user.Retry {
		t.Errorf("what the workspace has no say in changed: %+v, was %+v", now, user)
	}
}

func FuzzUnits(f *testing.F) {
	for _, seed := range []string{"1d12h", "90d", "1.5s", "-2d", "512KiB", "1.5 MB", "9223372036854775807", "0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := settings.ParseDuration(text); err == nil {
			if again, err := settings.ParseDuration(d.String()); err != nil || again != d {
				t.Errorf("%q is shown as %s, which is %v (%v)", text, d, again, err)
			}
		}
		if s, err := settings.ParseSize(text); err == nil {
			if again, err := settings.ParseSize(s.String()); err != nil || again != s {
				t.Errorf("%q is shown as %s, which is %v (%v)", text, s, again, err)
			}
			if s < 0 {
				t.Errorf("%q is %d bytes", text, s)
			}
		}
	})
}
