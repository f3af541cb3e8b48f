package openai_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

const twoModels = `{"object":"list","data":[{"id":"nomic-embed-text","object":"model"},{"id":"qwen2.5-coder","created":1.5}]}`

func TestModelsListsWhatTheServerOffers(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   []string
		status int
		class  llm.Class
	}{
		"a list":           {status(200, twoModels), []string{"nomic-embed-text", "qwen2.5-coder"}, 0, success},
		"a bare list":      {status(200, `[{"id":"a"},{"id":""},{"id":"b"}]`), []string{"a", "b"}, 0, success},
		"an empty list":    {status(200, `{"data":[]}`), nil, 0, success},
		"no such route":    {status(404, ""), nil, 404, llm.ClassFatal},
		"a wrong key":      {status(401, problemBody("no", "x", "null")), nil, 401, llm.ClassFatal},
		"a web page":       {status(200, "<html>"), nil, 0, llm.ClassRetry},
		"an error as 200":  {status(200, `{"error":"busy"}`), nil, 0, llm.ClassRetry},
		"something else":   {status(200, `{"models":3}`), nil, 0, llm.ClassRetry},
		"a redirect":       {status(302, "", "Location", "/elsewhere"), nil, 302, llm.ClassFatal},
		"a list too large": {status(200, `{"data":[`+string(make([]byte, 5<<20))), nil, 0, llm.ClassRetry},
	} {
		t.Run(name, func(t *testing.T) {
			u := serve(t, tc.answer)
			got, err := u.client(t).Models(t.Context())
			e, class := checkError(t, err), success
			if e != nil {
				class = e.Class
				if e.Status != tc.status {
					t.Errorf("status = %d, want %d", e.Status, tc.status)
				}
			}
			if class != tc.class || !slices.Equal(got, tc.want) {
				t.Errorf("got %q, %v", got, err)
			}
			if r := u.seen()[0]; r.Path != "/v1/models" || r.Header.Get("Authorization") != "Bearer "+canaryKey {
				t.Errorf("asked %q with %v", r.Path, r.Header)
			}
		})
	}
}

func TestModelsOfAServerThatIsGoneOrACallThatIsOver(t *testing.T) {
	u := serve(t, nil)
	u.Close()
	_, err := u.client(t).Models(t.Context())
	if llm.ClassOf(err) != llm.ClassRetry {
		t.Errorf("error = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := u.client(t).Models(ctx); llm.ClassOf(err) != llm.ClassCancelled {
		t.Errorf("error = %v", err)
	}
}

func TestDiscoverPrefersAModelThatTalks(t *testing.T) {
	embeds := serve(t, status(200, `{"data":[{"id":"bge-m3"}]}`))
	talks := serve(t, status(200, twoModels))
	empty := serve(t, status(200, `{"data":[]}`))
	page := serve(t, status(200, "<html>"))
	gone := serve(t, nil)
	gone.Close()
	for name, tc := range map[string]struct {
		candidates  []string
		base, model string
	}{
		"the first that can talk":        {[]string{gone.URL, page.URL, empty.URL, embeds.URL, talks.URL}, talks.URL, "qwen2.5-coder"},
		"one that embeds, if no other":   {[]string{empty.URL, embeds.URL}, embeds.URL, "bge-m3"},
		"none":                           {[]string{gone.URL, page.URL, empty.URL}, "", ""},
		"nowhere but on this machine":    {[]string{"https://api.example/v1", "http://192.0.2.1:11434"}, "", ""},
		"no candidates are no discovery": {[]string{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			base, model, ok := openai.Discover(t.Context(), tc.candidates)
			if base != tc.base || model != tc.model || ok != (tc.base != "") {
				t.Errorf("got %q %q %v", base, model, ok)
			}
		})
	}
	for _, u := range []*upstream{embeds, talks} {
		for _, r := range u.seen() {
			if r.Header.Get("Authorization") != "" {
				t.Error("a key was sent to a server that was only found")
			}
		}
	}
}

func TestModelsGivesUpOnSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, func(cfg *openai.Config) {
			cfg.Timeout = 300 * time.Millisecond
			cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				return response(200, "application/json", &slow{r.Context(), time.Millisecond, []string{`{"data":[`}}), nil
			})
		})
		start := time.Now()
		_, err := c.Models(t.Context())
		if took := time.Since(start); llm.ClassOf(err) != llm.ClassRetry || took != 301*time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
	})
}
