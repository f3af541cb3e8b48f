package demo_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ai-lsp/ai-lsp/internal/demo"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// upstream starts one that answers as fast as it can.
func upstream(t *testing.T) *demo.Upstream {
	t.Helper()
	return upstreamAt(t, 0)
}

func upstreamAt(t *testing.T, pause time.Duration) *demo.Upstream {
	t.Helper()
	u, err := demo.NewUpstream(t.Context(), "127.0.0.1:0", pause)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = u.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return u
}

// ask asks for a completion and gives the pieces of its answer. err is that of
// the connection.
func ask(t *testing.T, u *demo.Upstream, system, turn string) (pieces []string, done bool, err error) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"messages": []map[string]string{
		{"role": "system", "content": system}, {"role": "user", "content": turn},
	}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(u.BaseURL()+"/chat/completions", "application/json", strings.NewReader(string(body)))
	if err != nil {
		return nil, false, err
	}
	defer resp.Body.Close()
	scan := bufio.NewScanner(resp.Body)
	for scan.Scan() {
		data, isData := strings.CutPrefix(scan.Text(), "data: ")
		var chunk struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		switch {
		case !isData:
		case data == "[DONE]":
			done = true
		case json.Unmarshal([]byte(data), &chunk) != nil:
			t.Errorf("a chunk is %q", data)
		case len(chunk.Choices) > 0 && chunk.Choices[0].Delta.Content != "":
			pieces = append(pieces, chunk.Choices[0].Delta.Content)
		}
	}
	return pieces, done, scan.Err()
}

// reviewing is the part of a system message by which the script knows a review.
const reviewing = `{"suggested_fix": "…"}`

func TestTheScriptSeesItsLines(t *testing.T) {
	for _, tc := range []struct {
		name, line string
		kind       string // empty: nothing is found
		says, fix  string
	}{
		{"a loop in Go", "\tfor i := 0; i <= len(xs); i++ {", "bug", "past the end of xs", "\tfor i := 0; i < len(xs); i++ {"},
		{"a loop in JavaScript", "for (let i = 0; i <= xs.length; i++) {", "bug", "past the end of xs", "for (let i = 0; i < xs.length; i++) {"},
		{
			"SQL that is pasted", `	row := db.QueryRow("SELECT id FROM t WHERE n = '" + name + "'")`, "security", "value of name",
			`	row := db.QueryRow("SELECT id FROM t WHERE n = ?", name)`,
		},
		{"text that grows in a loop", "\t\tout += fmt.Sprintf(\"%d\", n)", "performance", "copies all of out", ""},
		{"a password", `password = "hunter2"`, "security", "A password stands in the source", ""},
		{"a key of an object", `  apiKey: 'abc',`, "security", "A apiKey stands", ""},
		{"a bare except", "    except:", "bug", "bare except", "    except Exception:"},
		{"a loop that ends in time", "for i := 0; i < len(xs); i++ {", "", "", ""},
		{"a bound parameter", `db.QueryRow("SELECT id FROM t WHERE n = ?", name)`, "", "", ""},
		{"a password that is read", `password = os.Getenv("PASSWORD")`, "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pieces, done, err := ask(t, upstream(t), reviewing, "Review this.\n 7| first\n 8| "+tc.line+"\n")
			var review prompt.CodeReview
			if err != nil || !done || json.Unmarshal([]byte(strings.Join(pieces, "")), &review) != nil {
				t.Fatalf("the answer is %q, %v", pieces, err)
			}
			if tc.kind == "" {
				if len(review.Issues) != 0 || review.Issues == nil {
					t.Errorf("the issues are %+v, want an empty list", review.Issues)
				}
				return
			}
			if len(review.Issues) != 1 {
				t.Fatalf("the issues are %+v", review.Issues)
			}
			if i := review.Issues[0]; i.Line != 8 || i.EndLine != 8 || i.Quote != tc.line || i.Type != tc.kind ||
				i.SuggestedFix != tc.fix || !strings.Contains(i.Message, tc.says) || i.Explanation == "" {
				t.Errorf("the issue is %+v", i)
			}
		})
	}
}

func TestAReviewIsAsSevereAsItsWorstIssue(t *testing.T) {
	for _, tc := range []struct{ name, listing, want string }{
		{"nothing", "1| x", "info"},
		{"a warning", "1| except:", "warning"},
		{"a warning after something small", "1| s += fmt.Sprintf(\"\")\n2| except:", "warning"},
		{"something critical last", "1| except:\n2| token = \"t\"", "critical"},
		{"something critical first", "1| token = \"t\"\n2| except:", "critical"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pieces, _, err := ask(t, upstream(t), reviewing, tc.listing)
			var review prompt.CodeReview
			if err != nil || json.Unmarshal([]byte(strings.Join(pieces, "")), &review) != nil || review.Severity != tc.want {
				t.Errorf("it is %s (%v), want %s", review.Severity, err, tc.want)
			}
		})
	}
}

func TestAnythingElseIsExplainedInPieces(t *testing.T) {
	pieces, done, err := ask(t, upstream(t), "Explain.", "1| a\n2| b\n")
	if text := strings.Join(pieces, ""); err != nil || !done || !strings.Contains(text, "read the 2 lines") || !strings.Contains(text, "**scripted**") {
		t.Errorf("the explanation is %q, %v", text, err)
	}
	if len(pieces) < 10 {
		t.Errorf("it comes in %d pieces", len(pieces))
	}
}

func TestAPieceNeverSplitsACharacter(t *testing.T) {
	line := `token = "` + strings.Repeat("ż😀", 30) + `"`
	pieces, _, err := ask(t, upstream(t), reviewing, "1| "+line)
	if err != nil || !strings.Contains(strings.Join(pieces, ""), strings.Repeat("ż😀", 30)) {
		t.Errorf("the pieces are %q, %v", pieces, err)
	}
	for _, piece := range pieces {
		if strings.ContainsRune(piece, '\uFFFD') {
			t.Errorf("a piece is %q", piece)
		}
	}
}

func TestAnUpstreamThatIsCutComesBack(t *testing.T) {
	u := upstream(t)
	whole, _, err := ask(t, u, "Explain.", "1| a")
	if err != nil {
		t.Fatal(err)
	}
	u.Cut(0.5)
	half, done, err := ask(t, u, "Explain.", "1| a")
	if err == nil || done || len(half) == 0 || len(half) >= len(whole) ||
		!strings.HasPrefix(strings.Join(whole, ""), strings.Join(half, "")) {
		t.Errorf("it was cut after %d of %d pieces: %v", len(half), len(whole), err)
	}
	if none, _, err := ask(t, u, "Explain.", "1| a"); err == nil {
		t.Errorf("while it is down it answers %q", none)
	}
	u.Restore()
	if again, done, err := ask(t, u, "Explain.", "1| a"); err != nil || !done || len(again) != len(whole) {
		t.Errorf("after that it answers %q, %v", again, err)
	}
	if u.Calls() != 4 {
		t.Errorf("it counts %d calls", u.Calls())
	}
}

func TestAnUpstreamThatHangsLetsGoOfWhoLeaves(t *testing.T) {
	u := upstream(t)
	u.Hang()
	written, ended := make(chan struct{}), make(chan error, 1)
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(written) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodPost,
		u.BaseURL()+"/chat/completions", strings.NewReader(`{"messages":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		ended <- err
	}()
	<-written
	_ = u.Close() // goleak sees whether the handler has ended
	if err := <-ended; err == nil {
		t.Error("a call that hung was answered")
	}
}

func TestTheModelsAreListed(t *testing.T) {
	resp, err := http.Get(upstream(t).BaseURL() + "/models")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct {
		Object string
		Data   []struct{ ID, Object string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || list.Object != "list" ||
		len(list.Data) != 1 || list.Data[0].ID != demo.Model || list.Data[0].Object != "model" {
		t.Errorf("the list is %+v, %v", list, err)
	}
}

func TestABodyThatIsNoJSONIsRefused(t *testing.T) {
	resp, err := http.Post(upstream(t).BaseURL()+"/chat/completions", "application/json", strings.NewReader("no"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), `"message":"the body is not JSON"`) {
		t.Errorf("the answer is %s: %s", resp.Status, body)
	}
}

func TestOnlyThisMachineCanReachIt(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "nonsense"} {
		if u, err := demo.NewUpstream(t.Context(), address, 0); err == nil {
			_ = u.Close()
			t.Errorf("it listens at %q", address)
		}
	}
}
