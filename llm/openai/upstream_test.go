package openai_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	canaryKey    = "sk-canary-4f1d-0123456789"
	canaryPrompt = "func secretSauce(recipe string) { boil(recipe) }"
)

// upstream is a server on loopback that keeps every request and holds each
// chat request against the public schema.
type upstream struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request // guarded by mu
	conns    int       // guarded by mu
}

type request struct {
	Path   string
	Header http.Header
	Body   map[string]any
	Raw    string
}

// serve starts an upstream; answer is its reply to each POST.
func serve(t testing.TB, answer http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		req := request{Path: r.URL.String(), Header: r.Header, Raw: string(data)}
		if r.Method == http.MethodPost {
			if err := checkWire(data); err != nil {
				t.Errorf("request does not follow the public schema: %v", err)
			}
			_ = json.Unmarshal(data, &req.Body)
		}
		u.mu.Lock()
		u.requests = append(u.requests, req)
		u.mu.Unlock()
		answer(w, r)
	}))
	u.Config.ErrorLog = nil
	u.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			u.mu.Lock()
			u.conns++
			u.mu.Unlock()
		}
	}
	u.Start()
	t.Cleanup(u.Close)
	return u
}

// seen gives the requests so far.
func (u *upstream) seen() []request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]request(nil), u.requests...)
}

// client gives a client of the upstream that leaves nothing behind.
func (u *upstream) client(t testing.TB, change ...func(*openai.Config)) *openai.Client {
	t.Helper()
	return newClient(t, append([]func(*openai.Config){func(c *openai.Config) { c.BaseURL = u.URL }}, change...)...)
}

func newClient(t testing.TB, change ...func(*openai.Config)) *openai.Client {
	t.Helper()
	cfg := openai.Config{Model: "m", Key: key(canaryKey)}
	for _, f := range change {
		f(&cfg)
	}
	c := openai.New(cfg)
	t.Cleanup(c.Close)
	return c
}

func key(k string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return k, nil }
}

// question is a free text request, review one with a schema.
func question() llm.Request {
	return llm.Request{
		Messages:    []llm.Message{{Role: llm.System, Content: "Review."}, {Role: llm.User, Content: canaryPrompt}},
		Temperature: 0.1, MaxTokens: 100,
	}
}

func review() llm.Request {
	req := question()
	req.Schema = &llm.Schema{Name: "code_review", JSON: json.RawMessage(`{"type":"object","properties":{"issues":{"type":"array","items":{"type":"string"}}},"required":["issues"],"additionalProperties":false}`)}
	return req
}

// chunk is one event with a piece of text.
func chunk(text string) string {
	content, _ := json.Marshal(text)
	return fmt.Sprintf(`data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`+"\n\n", content)
}

const (
	roleOnly = `data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}` + "\n\n"
	usage    = `data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":8}}}` + "\n\n"
	closed   = "data: [DONE]\n\n"
)

func finish(reason string) string {
	return fmt.Sprintf(`data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":%q}]}`+"\n\n", reason)
}

// good is a healthy stream.
func good(text string) string {
	return roleOnly + chunk(text) + finish("stop") + usage + closed
}

// sends answers with a stream of these blocks, flushed one by one.
func sends(blocks ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		emit(w, blocks...)
	}
}

func emit(w http.ResponseWriter, blocks ...string) {
	for _, b := range blocks {
		_, _ = io.WriteString(w, b)
		_ = http.NewResponseController(w).Flush()
	}
}

// status answers with a status, headers in pairs, and a JSON body.
func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// breaks sends blocks and then cuts the connection: with a FIN in the middle
// of the chunked body, or with a reset.
func breaks(reset bool, blocks ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sends(blocks...)(w, r)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		if reset {
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
		_ = conn.Close()
	}
}

// closes sends blocks with no length and no chunks, so that the end of the
// connection is the end of the body.
func closes(blocks ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"+strings.Join(blocks, ""))
		_ = conn.Close()
	}
}

// ask runs a request and gathers what the sink got, which must be what the
// reply says, and holds the error to its promises.
func ask(t testing.TB, c *openai.Client, req llm.Request) (llm.Reply, *llm.Error) {
	t.Helper()
	var got strings.Builder
	reply, err := c.Complete(t.Context(), req, func(ev llm.Event) { got.WriteString(ev.Text) })
	if got.String() != reply.Text {
		t.Errorf("sink got %q, reply says %q", got.String(), reply.Text)
	}
	return reply, checkError(t, err)
}

// checkError holds an error to what llm.Error promises. nil stays nil.
func checkError(t testing.TB, err error) *llm.Error {
	t.Helper()
	if err == nil {
		return nil
	}
	e, ok := err.(*llm.Error) //nolint:errorlint // the contract is the type itself
	if !ok {
		t.Fatalf("error is a %T: %v", err, err)
	}
	if e.Say == "" || !strings.HasSuffix(e.Say, ".") || strings.Contains(e.Say, "\n") {
		t.Errorf("Say is no sentence: %q", e.Say)
	}
	for _, secret := range []string{canaryKey, "canary-4f1d", "secretSauce(recipe", "boil(recipe)"} {
		if strings.Contains(e.Say+e.Error()+e.Code, secret) {
			t.Errorf("%q leaks: %q / %q", secret, e.Say, e.Error())
		}
	}
	return e
}

// wants is what a call should end with. An empty text of say is not looked at.
type wants struct {
	class llm.Class
	text  string
	say   string
	code  string
}

const success llm.Class = -1

func (want wants) check(t testing.TB, reply llm.Reply, err *llm.Error) {
	t.Helper()
	class := success
	if err != nil {
		class = err.Class
	}
	if class != want.class {
		t.Fatalf("class = %v, want %v (%v)", class, want.class, err)
	}
	if reply.Text != want.text {
		t.Errorf("text = %q, want %q", reply.Text, want.text)
	}
	if err != nil && !strings.Contains(err.Say, want.say) {
		t.Errorf("Say = %q, want something with %q", err.Say, want.say)
	}
	if err != nil && want.code != "" && err.Code != want.code {
		t.Errorf("Code = %q, want %q", err.Code, want.code)
	}
}

// checkAnswer runs req against an answer.
func checkAnswer(t *testing.T, answer http.HandlerFunc, req llm.Request, want wants) {
	t.Helper()
	reply, err := ask(t, serve(t, answer).client(t), req)
	want.check(t, reply, err)
}

var chatSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	data, err := os.ReadFile("testdata/chat.schema.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("chat.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("chat.json#/$defs/CreateChatCompletionRequest")
})

var validName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// checkWire holds a body against the public schema, and against what the
// schema does not say: no unknown fields, and a well-formed schema name.
func checkWire(data []byte) error {
	schema, err := chatSchema()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if err := schema.Validate(doc); err != nil {
		return err
	}
	known := "model messages stream stream_options temperature max_tokens max_completion_tokens response_format"
	o := doc.(map[string]any)
	for name := range o {
		if !strings.Contains(" "+known+" ", " "+name+" ") {
			return fmt.Errorf("unknown field %q", name)
		}
	}
	if format, ok := o["response_format"].(map[string]any); ok && format["type"] == "json_schema" {
		if name := format["json_schema"].(map[string]any)["name"].(string); !validName.MatchString(name) {
			return fmt.Errorf("schema name %q", name)
		}
	}
	return nil
}
