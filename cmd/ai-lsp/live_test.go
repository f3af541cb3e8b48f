package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/editor"
)

func TestWhatGoesToTheModelIsAsDocumented(t *testing.T) {
	u := play(t, answer)
	h := newHome(t)
	h.env["OPENAI_API_KEY"] = testKey
	settings := u.settings()
	settings["provider"].(map[string]any)["headers"] = map[string]string{"X-Team": "blue"}
	s := h.enter(settings)
	s.open()
	s.must(s.review())
	review := u.next()
	_, err := s.explain()
	s.must(err)
	explanation := u.next()
	s.leave()
	checkWire(t, review, 0.1)
	checkWire(t, explanation, 0.3)
	format, _ := json.Marshal(review.body["response_format"])
	for _, part := range []string{`"type":"json_schema"`, `"name":"code_review"`, `"strict":true`} {
		if !strings.Contains(string(format), part) {
			t.Errorf("response_format of a review has no %s: %s", part, format)
		}
	}
	if explanation.body["response_format"] != nil {
		t.Error("an explanation is asked for as JSON")
	}
}

func checkWire(t *testing.T, c call, temperature float64) {
	t.Helper()
	if c.path != "/v1/chat/completions" {
		t.Errorf("it went to %s", c.path)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + testKey, "X-Team": "blue", "Content-Type": "application/json",
	} {
		if got := c.header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	limit, _ := c.body["max_tokens"].(float64)
	usage, _ := c.body["stream_options"].(map[string]any)
	if c.body["model"] != "played" || c.body["temperature"] != temperature || c.body["stream"] != true ||
		usage["include_usage"] != true || limit < 1 {
		delete(c.body, "messages")
		t.Errorf("the parameters are %v", c.body)
	}
	messages, _ := json.Marshal(c.body["messages"])
	if !strings.Contains(string(messages), `4| \treturn n - 1`) {
		t.Error("the lines are not sent with their numbers")
	}
	checkKeyIsNotIn(t, "the messages", string(messages))
}

// Each way in which an editor tells of a change must reach the next call.
func TestAChangeOfSettingsReachesTheNextCall(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(h *home, s *session, settings map[string]any)
	}{
		{"sent with didChangeConfiguration", func(_ *home, s *session, settings map[string]any) {
			s.configure(settings)
		}},
		{"asked for with workspace/configuration", func(_ *home, s *session, settings map[string]any) {
			s.Configure(settings)
			s.must(s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil}))
		}},
		{"written to config.toml", func(h *home, s *session, settings map[string]any) {
			provider := settings["provider"].(map[string]any)
			h.config("[provider]\nbaseUrl = \"" + provider["baseUrl"].(string) + "\"\nmodel = \"" + provider["model"].(string) + "\"\n[review]\nverify = \"off\"\n")
			s.must(s.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}}))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before, after := play(t, answer), play(t, answer)
			h := newHome(t)
			var first any = before.settings()
			if strings.HasSuffix(tc.name, "config.toml") {
				first = nil // the editor would stand over the file
				h.config("[provider]\nbaseUrl = \"" + before.URL + "/v1\"\nmodel = \"played\"\n[review]\nverify = \"off\"\n")
			}
			s := h.enter(first)
			s.open()
			s.awaitModel("played")
			s.must(s.review())
			before.next()
			settings := after.settings()
			settings["provider"].(map[string]any)["model"] = "another"
			tc.change(h, s, settings)
			s.awaitModel("another")
			s.must(s.review())
			if c := after.next(); c.body["model"] != "another" {
				t.Errorf("it asks for %v", c.body["model"])
			}
			s.leave()
			if len(before.calls) > 0 {
				t.Error("the endpoint of before was asked again")
			}
		})
	}
}

// awaitModel asks for the status until it tells of a model.
func (s *session) awaitModel(name string) {
	s.home.t.Helper()
	for s.status().Model != name {
		if err := s.home.ctx.Err(); err != nil {
			s.home.t.Fatalf("the model did not become %s", name)
		}
	}
}

func TestABrokenSettingsFileIsNamedOnceAndStopsNothing(t *testing.T) {
	for _, tc := range []struct {
		name, toml, says string
		closed           bool // what it excludes is not known, so nothing is sent
	}{
		{"no TOML", "[limits]\nconcurrency = 3\n[provider\n", "config.toml:3:10: This is not valid TOML", true},
		{"a misspelt name", "[provider]\n modle = \"m\"\n", "config.toml:2:2: There is no setting", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := play(t, answer)
			h := newHome(t)
			h.config(tc.toml)
			s := h.enter(u.settings())
			s.open()
			s.awaitModel("played")
			for range 2 {
				if err := s.review(); (err != nil) != tc.closed {
					t.Errorf("the review ended with %v", err)
				}
				s.must(s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil}))
			}
			s.leave()
			s.must(s.told(func(state *editor.State) {
				if len(state.Shown) != 1 || !strings.Contains(state.Shown[0], tc.says) {
					t.Errorf("what is told is %q, want once %q", state.Shown, tc.says)
				}
			}))
		})
	}
}

// told looks at all that a server has said, after its end too.
func (s *session) told(look func(*editor.State)) error {
	return s.Await(s.home.ctx, func(state *editor.State) bool {
		look(state)
		return true
	})
}

func TestTheLogGoesWhereTheSettingsSay(t *testing.T) {
	u := play(t, refuse(500))
	h := newHome(t)
	h.env["OPENAI_API_KEY"] = testKey
	first, second := h.path("first.log"), h.path("second.log")
	h.config("[log]\nfile = \"" + filepath.ToSlash(first) + "\"\nlevel = \"debug\"\n")
	s := h.enter(u.settings())
	s.open()
	s.awaitModel("played")
	if err := s.review(); err == nil {
		t.Error("a call that failed is a review")
	}
	checkMode(t, first, 0o600)
	checkLogged(t, first, "model call failed")
	written := len(lines(t, first))

	s.configure(logTo(u, second))
	if err := s.review(); err == nil {
		t.Error("a call that failed is a review")
	}
	checkMode(t, second, 0o600)
	checkLogged(t, second, "model call failed")

	s.configure(logTo(u, h.path("gone", "third.log")))
	checkLogged(t, second, "the log stays where it was")

	s.configure(logTo(u, ""))
	if err := s.review(); err == nil {
		t.Error("a call that failed is a review")
	}
	s.leave()
	if got := len(lines(t, first)); got != written {
		t.Error("the first log was written to after the second was named")
	}
	if !strings.Contains(s.stderr.String(), "model call failed") {
		t.Errorf("the log did not come back to standard error: %s", s.stderr.String())
	}
}

// configure sends settings in place of those before. The lane has applied them
// when this returns.
func (s *session) configure(settings map[string]any) {
	s.home.t.Helper()
	s.Configure(nil) // the server asks too, and is told nothing new
	s.must(s.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"ai-lsp": settings}}))
	s.status()
}

// logTo are settings with a log file.
func logTo(u *upstream, file string) map[string]any {
	settings := u.settings()
	settings["log"] = map[string]any{"file": file}
	return settings
}

func checkLogged(t *testing.T, path, message string) {
	t.Helper()
	found := false
	for _, line := range lines(t, path) {
		var entry struct {
			Level, Msg string
			TS         string
			PID        int
		}
		if err := json.Unmarshal(line, &entry); err != nil || entry.Level == "" || entry.TS == "" || entry.PID == 0 {
			t.Errorf("an entry is %s", line)
		}
		found = found || strings.Contains(entry.Msg, message)
	}
	if !found {
		content, _ := os.ReadFile(path)
		t.Errorf("%s has no entry %q:\n%s", path, message, content)
	}
}
