package openai_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

// FuzzStream sends any bytes as the body of an answer. Nothing may panic, and
// a success must have a reason to be one in the bytes.
func FuzzStream(f *testing.F) {
	types := []string{"text/event-stream", "application/json", "text/plain", "text/html"}
	for i, body := range []string{
		good("all"), chunk("half"), "\ufeff: c\r\ndata:" + chunk("x"), "data: {\"error\":1}\n\n", "event: error\ndata: x\n\n",
		`{"choices":[{"message":{"content":"x"}}]}`, "data: {\"choices\":[{\"delta\":{\"content\":[{\"text\":1}]}}]}\n\ndata: [DONE]", "data: \"\n\n", "{\n\n[", "\xef\xbb",
		"data: {\ndata: \"choices\":[{\"delta\":{\"content\":\"\xff\"},\"finish_reason\":\"stop\"}]}\n\n", "<html>", "",
	} {
		f.Add([]byte(body), byte(i), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, body []byte, kind byte, slowly bool) {
		c := newClient(t, func(cfg *openai.Config) {
			cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
				var from io.Reader = bytes.NewReader(body)
				if slowly {
					from = iotest.HalfReader(from)
				}
				return response(200, types[int(kind)%len(types)], io.NopCloser(from)), nil
			})
		})
		var got strings.Builder
		reply, err := c.Complete(t.Context(), question(), func(ev llm.Event) {
			if !utf8.ValidString(ev.Text) {
				t.Errorf("event %q is no UTF-8", ev.Text)
			}
			got.WriteString(ev.Text)
		})
		if got.String() != reply.Text {
			t.Errorf("sink got %q, reply says %q", got.String(), reply.Text)
		}
		if e := checkError(t, err); e != nil {
			return
		}
		// JSON may spell its keys with escapes, so the braces are what is left to look for.
		reasons := []string{"[DONE]", "finish_reason", "FINISH_REASON", `\u`, "{"}
		if strings.TrimSpace(reply.Text) == "" || !containsAny(string(body), reasons) {
			t.Errorf("a success without reason: %q", reply.Text)
		}
	})
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// FuzzCut cuts a good stream of any text at any byte: what is not whole must
// never look so.
func FuzzCut(f *testing.F) {
	f.Add("hello [DONE] \"finish_reason\"", uint16(40), true)
	f.Add("żółć 😀\n\ndata: [DONE]\n\n", uint16(200), false)
	f.Add(`{"issues":[]}`, uint16(300), true)
	f.Fuzz(func(t *testing.T, text string, at uint16, clean bool) {
		if strings.TrimSpace(text) == "" || !utf8.ValidString(text) {
			return
		}
		stream := chunk(text[:len(text)/2]) + chunk(text[len(text)/2:]) + finish("stop") + closed
		if !utf8.ValidString(text[:len(text)/2]) {
			stream = chunk(text) + finish("stop") + closed
		}
		whole := strings.Index(stream, finish("stop")) + len(finish("stop")) - len("\n\n")
		cut := int(at) % (len(stream) + 1)
		c := newClient(t, func(cfg *openai.Config) {
			cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
				var body io.Reader = strings.NewReader(stream[:cut])
				if !clean {
					body = io.MultiReader(body, iotest.ErrReader(io.ErrUnexpectedEOF))
				}
				return response(200, "text/event-stream", io.NopCloser(body)), nil
			})
		})
		reply, err := c.Complete(t.Context(), question(), nil)
		if err == nil && (cut < whole || reply.Text != text) {
			t.Errorf("cut at %d of %d, whole from %d: %q is taken for %q", cut, len(stream), whole, reply.Text, text)
		}
		if !strings.HasPrefix(text, reply.Text) {
			t.Errorf("%q is not how %q begins", reply.Text, text)
		}
	})
}
