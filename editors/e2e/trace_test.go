//go:build unix

package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tailLines is how many messages of a transcript a failure prints, tailWidth how
// many bytes of each.
const tailLines, tailWidth = 12, 800

// unfit is what a file name had better not hold.
var unfit = regexp.MustCompile(`[^A-Za-z0-9.]+`)

// A message is one line of a transcript.
type message struct {
	From    string `json:"from"` // "client" or "server"
	Message struct {
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	} `json:"message"`
}

func (s *session) transcripts() []string {
	paths, _ := filepath.Glob(filepath.Join(s.folder, "trace", "*.jsonl"))
	return paths
}

// hasSaid tells whether a text stands in what was said so far.
func (s *session) hasSaid(text string) bool {
	for _, path := range s.transcripts() {
		if said, err := os.ReadFile(path); err == nil && bytes.Contains(said, []byte(text)) {
			return true
		}
	}
	return false
}

// messages reads what the server of a session with one server and its editor said.
func (s *session) messages(t *testing.T) []message {
	t.Helper()
	paths := s.transcripts()
	if len(paths) != 1 {
		t.Fatalf("%d servers were started, want one", len(paths))
	}
	text, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	var all []message
	for line := range bytes.Lines(text) {
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("the transcript is not JSON: %v in %s", err, line)
		}
		all = append(all, m)
	}
	return all
}

// languageOf returns the language that the editor opened cart.go with.
func languageOf(t *testing.T, messages []message) string {
	t.Helper()
	for _, m := range messages {
		if m.From != "client" || m.Message.Method != "textDocument/didOpen" {
			continue
		}
		var params struct {
			TextDocument struct {
				LanguageID string `json:"languageId"`
			} `json:"textDocument"`
		}
		if err := json.Unmarshal(m.Message.Params, &params); err != nil {
			t.Fatal(err)
		}
		return params.TextDocument.LanguageID
	}
	t.Fatal("the editor opened no document")
	return ""
}

// progressIn lists the kinds of the progress that the server sent.
func progressIn(t *testing.T, messages []message) []string {
	t.Helper()
	var kinds []string
	for _, m := range messages {
		if m.From != "server" || m.Message.Method != "$/progress" {
			continue
		}
		var params struct {
			Value struct {
				Kind string `json:"kind"`
			} `json:"value"`
		}
		if err := json.Unmarshal(m.Message.Params, &params); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, params.Value.Kind)
	}
	return kinds
}

// traceTail is the end of each transcript, for a test that failed.
func (s *session) traceTail() string {
	var tail strings.Builder
	for _, path := range s.transcripts() {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		tail.WriteString("the end of " + filepath.Base(path) + ":\n")
		for _, line := range lines[max(0, len(lines)-tailLines):] {
			tail.WriteString("  " + line[:min(len(line), tailWidth)] + "\n")
		}
	}
	return tail.String()
}

// keepTranscripts copies them to the folder that the environment names, if it does.
func (s *session) keepTranscripts(t *testing.T) {
	t.Helper()
	folder := os.Getenv("AI_LSP_TRANSCRIPTS")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Errorf("keep transcripts: %v", err)
		return
	}
	name := unfit.ReplaceAllString(t.Name(), "-")
	for _, path := range s.transcripts() {
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name+"-"+filepath.Base(path)), text, 0o600)
		}
		if err != nil {
			t.Errorf("keep transcripts: %v", err)
		}
	}
}
