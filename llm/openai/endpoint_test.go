package openai_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// sent gives the address that a request goes to, or the sentence that says why
// none is sent.
func sent(t *testing.T, baseURL, kind string) (string, http.Header, string) {
	t.Helper()
	var address string
	var header http.Header
	c := newClient(t, func(cfg *openai.Config) {
		cfg.BaseURL, cfg.Kind, cfg.Model = baseURL, kind, "m:1"
		cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			address, header = r.URL.String(), r.Header
			return response(200, "text/event-stream", http.NoBody), nil
		})
	})
	_, err := ask(t, c, question())
	if address == "" && err.Class != llm.ClassFatal {
		t.Errorf("class = %v", err.Class)
	}
	return address, header, err.Say
}

func TestFault_A20_TheBaseURLIsMadeRight(t *testing.T) {
	const azure = "https://n.openai.azure.com/openai/deployments/m:1/chat/completions?api-version="
	for _, tc := range []struct{ base, kind, want string }{
		{"", "", "https://api.openai.com/v1/chat/completions"},
		{"http://127.0.0.1:11434", "", "http://127.0.0.1:11434/v1/chat/completions"},
		{"http://localhost:8080/", "", "http://localhost:8080/v1/chat/completions"},
		{"http://[::1]:8080/v1/", "", "http://[::1]:8080/v1/chat/completions"},
		{" https://gw.example/llm/v2// ", "", "https://gw.example/llm/v2/chat/completions"},
		{"https://gw.example/v1/chat/completions", "", "https://gw.example/v1/chat/completions"},
		{"https://n.openai.azure.com", openai.KindAzure, azure + "2024-10-21"},
		{"https://n.openai.azure.com/openai/?api-version=2025-01-01", openai.KindAzure, azure + "2025-01-01"},
		{"https://n.openai.azure.com/openai/v1/", openai.KindAzure, "https://n.openai.azure.com/openai/v1/chat/completions"},
	} {
		t.Run(tc.base+" "+tc.kind, func(t *testing.T) {
			address, header, _ := sent(t, tc.base, tc.kind)
			if address != tc.want {
				t.Errorf("asked %q, want %q", address, tc.want)
			}
			bearer, apiKey := header.Get("Authorization"), header.Get("Api-Key")
			if tc.kind == openai.KindAzure {
				bearer, apiKey = "Bearer "+apiKey, strings.TrimPrefix(bearer, "Bearer ")
			}
			if bearer != "Bearer "+canaryKey || apiKey != "" {
				t.Errorf("the key stands in the wrong place: %v", header)
			}
		})
	}
}

func TestFault_A20_ABaseURLThatCannotWorkIsRefused(t *testing.T) {
	for _, tc := range []struct{ base, kind, say string }{
		{"https://me:" + canaryKey + "@gw.example/v1", "", "user or password"},
		{"http://gw.example/v1", "", "https://"},
		{"http://127.0.0.1.gw.example/v1", "", "https://"},
		{"http://192.168.1.7:11434", "", "https://"},
		{"localhost:11434", "", "https://host/v1"},
		{"127.0.0.1:11434", "", "https://host/v1"},
		{"ftp://gw.example", "", "https://host/v1"},
		{"https://gw.example/v1?key=" + canaryKey, "", "? or #"},
		{"https://gw.example/\x7f", "", "https://host/v1"},
		{"", openai.KindAzure, "provider.baseUrl"},
		{"https://gw.example", "bedrock", "provider.kind"},
	} {
		t.Run(tc.base+" "+tc.kind, func(t *testing.T) {
			address, _, say := sent(t, tc.base, tc.kind)
			if address != "" || !strings.Contains(say, tc.say) {
				t.Errorf("asked %q, said %q", address, say)
			}
		})
	}
}

func TestTheTokenFieldBeginsWithWhatTheProviderPrefers(t *testing.T) {
	for base, want := range map[string]string{"https://api.openai.com/v1": "max_completion_tokens", "http://localhost:1234": "max_tokens"} {
		t.Run(base, func(t *testing.T) {
			u := serve(t, sends(good("all")))
			c := newClient(t, func(cfg *openai.Config) {
				cfg.BaseURL = base
				cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(u.URL, "http://")
					return http.DefaultTransport.RoundTrip(r)
				})
			})
			if _, err := ask(t, c, question()); err != nil {
				t.Fatal(err)
			}
			http.DefaultClient.CloseIdleConnections()
			if _, ok := u.seen()[0].Body[want]; !ok {
				t.Errorf("body = %v", u.seen()[0].Body)
			}
		})
	}
}
