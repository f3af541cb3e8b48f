package main

import (
	"bufio"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/ai-lsp/ai-lsp/internal/demo"
	"github.com/ai-lsp/ai-lsp/internal/editor"
)

func TestTheDemoRunsToItsEnd(t *testing.T) {
	h := newHome(t)
	// Nothing of the user's own may count: with it, no save would be reviewed.
	h.config("[review]\non = \"manual\"\n")
	h.write("user/.config/ai-lsp/config.toml", "[review]\non = \"manual\"\n")
	h.env["AI_LSP_CONFIG"] = h.write("other.toml", "[review]\non = \"manual\"\n")
	h.env["OPENAI_BASE_URL"] = "http://" + freeAddress(t) + "/v1"
	h.env["OPENAI_API_KEY"] = testKey
	h.env["HTTP_PROXY"] = "http://" + freeAddress(t)
	o := h.run("demo")
	o.check(t, exitFine)
	rest := o.stdout
	for _, step := range []string{
		"No model, no key, no network.",
		"1. checkout.go is opened and saved.", "line 12 [bug]", "line 21 [security]", "line 30 [performance]",
		"2. The cursor rests on line 12.", "Indexes run from 0",
		"3. The light bulb offers a fix", "Fix: The loop runs one step past the end of prices.",
		"-     for i := 0; i <= len(prices); i++ {", "+     for i := 0; i < len(prices); i++ {",
		"4. A line is typed and the file saved.", "message    ai-lsp: ", "hover still answers",
		"5. The upstream is back.", "message    ai-lsp: The model answers again.", "result     2 findings; 2 of 4 units were known and cost nothing",
		"6. The file is closed and opened again.", "result     0 model calls",
		"All of this was scripted.", "OPENAI_API_KEY", "ai-lsp doctor",
	} {
		_, after, found := strings.Cut(strings.ReplaceAll(rest, "\t", "    "), step)
		if !found {
			t.Errorf("the story has no %q, or not in its place", step)
			continue
		}
		rest = after
	}
	if o.stderr != "" {
		t.Errorf("standard error holds %q", o.stderr)
	}
	if left, err := os.ReadDir(h.path("tmp")); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v behind (%v)", left, err)
	}
	if t.Failed() {
		t.Log(o.stdout)
	}
}

func TestTheScriptedUpstreamRunsUntilItIsStopped(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM for another process")
	}
	h := newHome(t)
	cmd := h.command("demo", "--serve")
	var stderr record
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(stdout)
	line, err := out.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "OPENAI_BASE_URL=http://127.0.0.1:") || !strings.HasSuffix(line, "/v1\n") {
		t.Fatalf("the line is %q, %v", line, err)
	}

	// An editor that is started with that line gets a review, without a key.
	h.env["OPENAI_BASE_URL"] = strings.TrimSpace(strings.TrimPrefix(line, "OPENAI_BASE_URL="))
	s := h.enter(nil, "--set", "provider.model="+demo.Model)
	s.must(s.Open(s.uri, "python", "try:\n    f()\nexcept:\n    pass\n"))
	s.must(s.Save(s.uri))
	s.must(s.Await(h.ctx, func(state *editor.State) bool {
		found := state.Diagnostics[s.uri].Diagnostics
		return len(found) == 1 && strings.Contains(found[0].Message, "bare except")
	}))
	s.leave()

	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, _ := out.ReadString(0)
	if err := cmd.Wait(); err != nil || rest != "" {
		t.Errorf("it ended with %v and said %q", err, rest)
	}
	if resp, err := http.Get(h.env["OPENAI_BASE_URL"] + "/models"); err == nil {
		resp.Body.Close()
		t.Error("the upstream still answers")
	}
	if !strings.Contains(stderr.String(), "until you stop it") {
		t.Errorf("standard error holds %q", stderr.String())
	}
}

func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	u := scripted(t)
	taken := strings.TrimSuffix(strings.TrimPrefix(u.BaseURL(), "http://"), "/v1")
	newHome(t).run("demo", "--serve", "--addr", taken).check(t, exitFault, "ai-lsp: start the scripted upstream: ", taken)
}
