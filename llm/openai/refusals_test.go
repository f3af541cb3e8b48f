package openai_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

func problemBody(message, kind, code string) string {
	return `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":` + code + `}}`
}

func TestFault_B_EveryRefusalHasItsClassAndACure(t *testing.T) {
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   wants
		wait   time.Duration
	}{
		"B01 a bad parameter":                  {status(400, problemBody("Unknown parameter: foo", "invalid_request_error", `"unknown_parameter"`)), wants{class: llm.ClassFatal, say: "Unknown parameter: foo", code: "unknown_parameter"}, 0},
		"B02 too long, by code":                {status(400, problemBody("x", "invalid_request_error", `"context_length_exceeded"`)), wants{class: llm.ClassTooLong}, 0},
		"B02 too long, by words":               {status(400, `{"object":"error","message":"This model's maximum context length is 8192 tokens, reduce max_tokens","code":400}`), wants{class: llm.ClassTooLong}, 0},
		"B02 too long, llama.cpp":              {status(400, `{"error":{"code":400,"message":"x","type":"exceed_context_size_error","n_ctx":4096}}`), wants{class: llm.ClassTooLong}, 0},
		"B05 filtered":                         {status(400, `{"error":{"code":"x","message":"m","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`), wants{class: llm.ClassUnusable, say: "content filter"}, 0},
		"B06 a wrong key":                      {status(401, problemBody("Incorrect API key provided: "+canaryKey[:14]+"****6789", "invalid_request_error", `"invalid_api_key"`)), wants{class: llm.ClassFatal, say: "OPENAI_API_KEY", code: "invalid_api_key"}, 0},
		"B08 no credit":                        {status(402, problemBody("x", "y", "null")), wants{class: llm.ClassFatal, say: "billing"}, 0},
		"B09 a region that is not served":      {status(403, problemBody("Country not supported", "x", `"unsupported_country"`)), wants{class: llm.ClassFatal, say: "Country not supported"}, 0},
		"B10 an unknown model":                 {status(404, problemBody("The model m does not exist", "invalid_request_error", `"model_not_found"`)), wants{class: llm.ClassFatal, say: "provider.model"}, 0},
		"B10 an unknown model, Ollama":         {status(404, problemBody("model 'm' not found", "api_error", "null")), wants{class: llm.ClassFatal, say: "provider.model"}, 0},
		"B11 an unknown route":                 {status(404, `{"detail":"Not Found"}`), wants{class: llm.ClassFatal, say: "provider.baseUrl"}, 0},
		"B11 an unknown route with a page":     {status(404, "<html>no such model</html>"), wants{class: llm.ClassFatal, say: "provider.baseUrl"}, 0},
		"B12 gave up":                          {status(408, ""), wants{class: llm.ClassRetry}, 0},
		"B12 in conflict":                      {status(409, ""), wants{class: llm.ClassRetry}, 0},
		"B13 too large":                        {status(413, ""), wants{class: llm.ClassTooLong}, 0},
		"B14 FastAPI":                          {status(422, `{"detail":[{"loc":["body","top"],"msg":"field required","type":"missing","input":"`+canaryPrompt+`"}]}`), wants{class: llm.ClassFatal, say: "field required"}, 0},
		"B15 a limit with seconds":             {status(429, problemBody("slow", "x", `"rate_limit_exceeded"`), "Retry-After", "7"), wants{class: llm.ClassWait, code: "rate_limit_exceeded"}, 7 * time.Second},
		"B16 a limit with milliseconds":        {status(429, "", "Retry-After-Ms", "250"), wants{class: llm.ClassWait}, 250 * time.Millisecond},
		"B17 a limit with a reset time":        {status(429, "", "X-Ratelimit-Reset-Tokens", "1m2s"), wants{class: llm.ClassWait}, 62 * time.Second},
		"B18 a limit that says nothing":        {status(429, ""), wants{class: llm.ClassWait}, 0},
		"B19 a limit for a day":                {status(429, "", "Retry-After", "86400"), wants{class: llm.ClassWait, say: "24h"}, 24 * time.Hour},
		"B20 no quota":                         {status(429, problemBody("You exceeded your current quota", "insufficient_quota", `"insufficient_quota"`), "Retry-After", "5"), wants{class: llm.ClassFatal, say: "billing"}, 5 * time.Second},
		"B20 a spend limit":                    {status(429, problemBody("x", "insufficient_quota", `"project_spend_limit_exceeded"`)), wants{class: llm.ClassFatal}, 0},
		"B21 one request above the limit":      {status(429, problemBody("Request too large for m on tokens per min (TPM)", "tokens", `"rate_limit_exceeded"`)), wants{class: llm.ClassTooLong}, 0},
		"B22 a failure":                        {status(502, "<html>Bad Gateway</html>"), wants{class: llm.ClassRetry}, 0},
		"B23 overloaded, with a time":          {status(503, "", "Retry-After", "3"), wants{class: llm.ClassWait}, 3 * time.Second},
		"B23 overloaded, by code":              {status(503, problemBody("x", "overloaded_error", "null")), wants{class: llm.ClassWait}, 0},
		"B23 overloaded, by another status":    {status(529, ""), wants{class: llm.ClassWait}, 0},
		"B23 loading":                          {status(503, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`), wants{class: llm.ClassRetry, say: "Loading model"}, 0},
		"B24 garbage":                          {status(500, "\x1f\x8b\x00\xff garbage"), wants{class: llm.ClassRetry}, 0},
		"B25 try again":                        {status(400, problemBody("odd", "x", "null"), "X-Should-Retry", "true"), wants{class: llm.ClassRetry}, 0},
		"B25 do not try again":                 {status(500, "", "X-Should-Retry", "false"), wants{class: llm.ClassUnusable}, 0},
		"B25 trying again gives no new key":    {status(401, "", "X-Should-Retry", "true"), wants{class: llm.ClassFatal}, 0},
		"B27 a message that quotes the prompt": {status(400, problemBody("cannot parse: "+canaryPrompt, "x", "null")), wants{class: llm.ClassFatal, say: "refused the request (400)."}, 0},
		"B28 an absurd reset time":             {status(429, "", "X-Ratelimit-Reset-Tokens", "-1"), wants{class: llm.ClassWait}, 0},
		"B30 no content":                       {status(204, ""), wants{class: llm.ClassRetry}, 0},
		"A16 a network that wants a login":     {status(511, "<html>"), wants{class: llm.ClassRetry, say: "log in"}, 0},
		"A09 plain HTTP to an HTTPS port":      {status(400, "Client sent an HTTP request to an HTTPS server.\n"), wants{class: llm.ClassFatal, say: "https://"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			reply, err := ask(t, serve(t, tc.answer).client(t), question())
			tc.want.check(t, reply, err)
			if err.RetryAfter != tc.wait {
				t.Errorf("RetryAfter = %v, want %v", err.RetryAfter, tc.wait)
			}
		})
	}
}

func TestFault_B06_WithoutAKeyTheCureIsToSetOne(t *testing.T) {
	u := serve(t, status(401, ""))
	for name, source := range map[string]func(*openai.Config){
		"no source of keys": func(c *openai.Config) { c.Key = nil },
		"an empty key":      func(c *openai.Config) { c.Key = key(" \n") },
	} {
		t.Run(name, func(t *testing.T) {
			reply, err := ask(t, u.client(t, source), question())
			wants{class: llm.ClassFatal, say: "none is set"}.check(t, reply, err)
			seen := u.seen()
			if got, there := seen[len(seen)-1].Header["Authorization"]; there {
				t.Errorf("Authorization = %q", got)
			}
		})
	}
}

func TestFault_A_CertificatesAreExplained(t *testing.T) {
	u := httptest.NewUnstartedServer(sends(good("all")))
	u.Config.ErrorLog = zap.NewStdLog(zap.NewNop()) // the refused handshakes
	u.StartTLS()
	defer u.Close()
	roots := x509.NewCertPool()
	roots.AddCert(u.Certificate())
	for name, tc := range map[string]struct {
		tls  *tls.Config
		want wants
	}{
		"A05 an unknown authority": {&tls.Config{}, wants{class: llm.ClassFatal, say: `signed by "Acme Co"`}},
		"A06 another host":         {&tls.Config{RootCAs: roots, ServerName: "elsewhere.invalid"}, wants{class: llm.ClassFatal, say: "for another host"}},
		"A07 a clock that is off":  {&tls.Config{RootCAs: roots, Time: func() time.Time { return time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC) }}, wants{class: llm.ClassFatal, say: "clock"}},
		"a trusted certificate":    {&tls.Config{RootCAs: roots}, wants{class: success, text: "all"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, func(cfg *openai.Config) {
				cfg.BaseURL = u.URL
				cfg.Transport = &http.Transport{TLSClientConfig: tc.tls}
			})
			reply, err := ask(t, c, question())
			tc.want.check(t, reply, err)
		})
	}
	t.Run("A09 a plain server at an https address", func(t *testing.T) {
		plain := serve(t, sends(good("all")))
		c := newClient(t, func(cfg *openai.Config) { cfg.BaseURL = strings.Replace(plain.URL, "http:", "https:", 1) })
		reply, err := ask(t, c, question())
		wants{class: llm.ClassFatal, say: "plain HTTP"}.check(t, reply, err)
	})
}

func TestFault_A05_TheIssuerInTheSentenceIsClean(t *testing.T) {
	cert := &x509.Certificate{Issuer: pkix.Name{CommonName: "Corp\n\u202e\"Proxy\" [x](y)"}}
	c := newClient(t, func(cfg *openai.Config) {
		cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Post", URL: "https://x", Err: &tls.CertificateVerificationError{
				UnverifiedCertificates: []*x509.Certificate{cert}, Err: x509.UnknownAuthorityError{Cert: cert},
			}}
		})
	})
	reply, err := ask(t, c, question())
	wants{class: llm.ClassFatal, say: `signed by "Corp \u202e'Proxy' [x] (y)",`}.check(t, reply, err)
}
