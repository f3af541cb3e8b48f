package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/demo"
)

func TestDoctorFindsNothingWrongWithTheScriptedUpstream(t *testing.T) {
	for _, args := range []string{"doctor", "doctor --call"} {
		t.Run(args, func(t *testing.T) {
			u := scripted(t)
			h := newHome(t)
			h.env["OPENAI_BASE_URL"] = u.BaseURL()
			o := h.run(append(strings.Fields(args), "--set", "provider.model="+demo.Model)...)
			o.check(t, exitFine, "ok     settings", "ok     key", "ok     endpoint    "+u.BaseURL(),
				"ok     connection  the server answers and lists 1 models", "ok     model       "+demo.Model)
			called := strings.Contains(o.stdout, "ok     call        "+demo.Model+" answers")
			if want := strings.Contains(args, "--call"); called != want || (u.Calls() == 1) != want {
				t.Errorf("%d calls were made", u.Calls())
			}
			if strings.Contains(o.stdout, "FAULT") {
				t.Error("it names a fault")
			}
		})
	}
}

func TestDoctorNamesTheFaultAndItsCure(t *testing.T) {
	nobody := "http://" + freeAddress(t) + "/v1"
	for _, tc := range []struct {
		name   string
		serve  http.HandlerFunc // nil: baseURL
		url    string
		key    string
		args   string
		faults int
		says   []string
	}{
		{
			name: "a model that is not there", serve: models("small", "large"), args: "--set provider.model=lrage",
			faults: 1, says: []string{`FAULT  model       the server has no model "lrage"; it has small, large. Set provider.model.`},
		},
		{
			name: "a model that is not among very many", serve: models("a", "b", "c", "d", "e", "f", "g"), args: "--set provider.model=m",
			faults: 1, says: []string{"it has a, b, c, d, e and 2 more. Set provider.model."},
		},
		{
			name: "a server without any model", serve: models(), args: "--set provider.model=m",
			faults: 1, says: []string{`has no model "m", nor any other. Load one there.`},
		},
		{
			name: "nothing that listens", url: nobody,
			faults: 1, says: []string{"FAULT  connection  Nothing answers at http://127.0.0.1:", "start the server there, or correct provider.baseUrl"},
		},
		{
			name: "a key that is refused", serve: refusing(401), key: testKey,
			faults: 1, says: []string{"FAULT  connection  The key was refused (401). Set OPENAI_API_KEY"},
		},
		{
			name: "a server that wants a key", serve: refusing(401),
			faults: 1, says: []string{"wants a key (401) and none is set: set OPENAI_API_KEY"},
		},
		{
			name: "an address elsewhere and no key", url: "https://models.example/v1",
			faults: 1, says: []string{"FAULT  endpoint    No key for models.example: set OPENAI_API_KEY"},
		},
		{
			name: "an address elsewhere without encryption", url: "http://models.example/v1", key: testKey,
			faults: 1, says: []string{"FAULT  connection  Source code is not sent unencrypted"},
		},
		{
			name: "an address with a key in it", url: "https://user:" + testKey + "@models.example/v1?key=" + testKey, key: testKey,
			faults: 1, says: []string{"https://***@models.example/v1?***", "must not hold a user or password"},
		},
		{
			name: "a call that fails", serve: refusing(404), args: "--call",
			faults: 1, says: []string{"does not list its models", "FAULT  call        There is nothing at http://127.0.0.1:", "(404): correct provider.baseUrl"},
		},
		{
			name: "settings with a mistake", serve: models("m"), args: "--set provider.model=m --set review.no=x",
			faults: 1, says: []string{"FAULT  settings    flag settings: ", "did you mean review.on?", "ok     model       m"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHome(t)
			h.env["OPENAI_BASE_URL"] = tc.url
			if tc.serve != nil {
				u := httptest.NewServer(tc.serve)
				defer u.Close()
				h.env["OPENAI_BASE_URL"] = u.URL + "/v1"
			}
			if tc.key != "" {
				h.env["OPENAI_API_KEY"] = tc.key
			}
			o := h.run(append([]string{"doctor"}, strings.Fields(tc.args)...)...)
			o.check(t, exitFault, tc.says...)
			if n := strings.Count(o.stdout, "FAULT"); n != tc.faults {
				t.Errorf("%d faults, want %d\n%s", n, tc.faults, o.stdout)
			}
		})
	}
}

func TestDoctorReadsTheWorkspaceItRunsIn(t *testing.T) {
	h := newHome(t)
	h.env["OPENAI_BASE_URL"] = "http://" + freeAddress(t) + "/v1"
	h.write("work/.ai-lsp.toml", "[provider]\nmodel = \"m\"\n")
	h.run("doctor").check(t, exitFault, "FAULT  settings", ".ai-lsp.toml", "provider.model")
}

// scripted is the upstream of the demo, at its quickest.
func scripted(t testing.TB) *demo.Upstream {
	t.Helper()
	u, err := demo.NewUpstream(t.Context(), "127.0.0.1:0", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	return u
}

// freeAddress is a loopback address at which nothing listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listen.Close()
	return listen.Addr().String()
}

// models serves a list of models and nothing else.
func models(names ...string) http.HandlerFunc {
	entries := make([]string, len(names))
	for i, name := range names {
		entries[i] = fmt.Sprintf(`{"id":%q,"object":"model"}`, name)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"object":"list","data":[%s]}`, strings.Join(entries, ","))
	}
}

// refusing serves nothing but refusals.
func refusing(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { refuse(code)(w, r, call{}) }
}
