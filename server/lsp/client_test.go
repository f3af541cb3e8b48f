package lsp_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// The files of testdata/caps are what the editors that they are named after
// sent with initialize.
func TestRecordedEditors(t *testing.T) {
	editors := map[string]lsp.Client{
		"emacs-28.2": {
			Encoding: text.UTF16, Configuration: true, WatchedDynamic: true, ApplyEdit: true, VersionedEdits: true,
			Folders: true, ActionLiterals: true, ActionPreferred: true,
		},
		"emacs-30.1": {
			Name: "Eglot", Version: "1.17.30", Encoding: text.UTF32, EncodingOffered: true, Progress: true, ShowDocument: true,
			ShowsAnswers: true, Configuration: true, WatchedDynamic: true, ApplyEdit: true, VersionedEdits: true, Folders: true,
			ActionLiterals: true, ActionResolve: true, ActionPreferred: true,
		},
		"helix-25.01.1": {
			Name: "helix", Version: "25.01.1", Encoding: text.UTF8, EncodingOffered: true, Progress: true, Configuration: true,
			WatchedDynamic: true, ApplyEdit: true, VersionedEdits: true, Folders: true, ActionLiterals: true, ActionResolve: true,
			ActionDisabled: true, ActionPreferred: true, HoverMarkdown: true,
		},
		"nvim-0.7.2": {
			Name: "Neovim", Version: "0.7.2", Encoding: text.UTF16, Progress: true, ShowsAnswers: true, ApplyEdit: true,
			Folders: true, ActionLiterals: true, ActionResolve: true, HoverMarkdown: true,
		},
		"nvim-0.10.4": {
			Name: "Neovim", Version: "0.10.4", Encoding: text.UTF16, EncodingOffered: true, Progress: true, ShowDocument: true,
			ShowsAnswers: true, Configuration: true, ApplyEdit: true, Folders: true, ActionLiterals: true, ActionResolve: true,
			ActionPreferred: true, HoverMarkdown: true,
		},
		"vim9.0-ale-3.3.0": {Encoding: text.UTF16, ActionLiterals: true},
		"vim9.0-vim-lsp": {
			Name: "vim-lsp", Encoding: text.UTF16, Progress: true, Configuration: true, ApplyEdit: true, ActionLiterals: true,
			ActionDisabled: true, ActionPreferred: true, HoverMarkdown: true,
		},
		"vscode-1.139.1-languageclient-11.0.0": {
			Name: "code-server", Version: "1.139.1", Encoding: text.UTF16, EncodingOffered: true, Progress: true, ShowDocument: true,
			ShowsAnswers: true, Configuration: true, ConfigDynamic: true, WatchedDynamic: true, ApplyEdit: true, VersionedEdits: true,
			Folders: true, ActionLiterals: true, ActionResolve: true, ActionDisabled: true, ActionPreferred: true, ActionTagLLM: true,
			HoverMarkdown: true,
		},
	}
	files, err := filepath.Glob("testdata/caps/*.json")
	if err != nil || len(files) != len(editors) {
		t.Fatalf("%d recorded editors, %d known: %v", len(files), len(editors), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkClient(t, string(raw), editors[name])
		})
	}
}

func TestCapabilitiesOneByOne(t *testing.T) {
	nobody := lsp.Client{Encoding: text.UTF16}
	for _, tc := range []struct {
		name, capabilities string
		want               lsp.Client
	}{
		{"none", `{}`, nobody},
		{"null", `null`, nobody},
		{"groups that are null", `{"general":null,"window":null,"workspace":null,"textDocument":null}`, nobody},
		{"members that are null", `{"general":{"positionEncodings":null},"window":{"showDocument":null},
			"textDocument":{"hover":{"contentFormat":null},"codeAction":{"codeActionLiteralSupport":null,"resolveSupport":null}}}`, nobody},
		{"unknown members", `{"general":{"future":[1]},"future":{"a":1},"experimental":true}`, nobody},
		{
			"markdown that is not the first choice", `{"textDocument":{"hover":{"contentFormat":["plaintext","markdown"]}}}`,
			lsp.Client{Encoding: text.UTF16, HoverMarkdown: true},
		},
		{"resolve without data", `{"textDocument":{"codeAction":{"resolveSupport":{"properties":["edit"]}}}}`, nobody},
		{"resolve of other things", `{"textDocument":{"codeAction":{"dataSupport":true,"resolveSupport":{"properties":["command"]}}}}`, nobody},
		{
			"resolve of edits", `{"textDocument":{"codeAction":{"dataSupport":true,"resolveSupport":{"properties":["command","edit"]}}}}`,
			lsp.Client{Encoding: text.UTF16, ActionResolve: true},
		},
		{"tags without ours", `{"textDocument":{"codeAction":{"tagSupport":{"valueSet":[2]}}}}`, nobody},
		{
			"literals with nothing in them", `{"textDocument":{"codeAction":{"codeActionLiteralSupport":{}}}}`,
			lsp.Client{Encoding: text.UTF16, ActionLiterals: true},
		},
		{
			"documents can be shown", `{"window":{"showDocument":{"support":true}}}`,
			lsp.Client{Encoding: text.UTF16, ShowDocument: true, ShowsAnswers: true},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			checkClient(t, `{"capabilities":`+tc.capabilities+`}`, tc.want)
		})
	}
	t.Run("initialize without capabilities", func(t *testing.T) { checkClient(t, `{}`, nobody) })
	t.Run("a client without a version", func(t *testing.T) {
		checkClient(t, `{"clientInfo":{"name":"x"}}`, lsp.Client{Name: "x", Encoding: text.UTF16})
	})
}

func checkClient(t *testing.T, raw string, want lsp.Client) {
	t.Helper()
	var params lsp.InitializeParams
	if err := json.Unmarshal([]byte(raw), &params); err != nil {
		t.Fatal(err)
	}
	got, err := lsp.ResolveClient(&params)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("resolved %+v\nwant     %+v", *got, want)
	}
}

func TestACapabilityOfAWrongTypeCountsAsNotThere(t *testing.T) {
	const good = `"workspace":{"applyEdit":true}`
	for _, capabilities := range []string{
		`{"window":[],` + good + `}`, `{"window":{"workDoneProgress":"yes"},` + good + `}`, `{"general":{"positionEncodings":"utf-8"},` + good + `}`,
		`{"general":{"positionEncodings":[8]},` + good + `}`, `{"textDocument":{"codeAction":{"tagSupport":{"valueSet":["x"]}}},` + good + `}`,
	} {
		t.Run(capabilities, func(t *testing.T) {
			client, err := lsp.ResolveClient(&lsp.InitializeParams{Capabilities: json.RawMessage(capabilities)})
			if err != nil || !client.ApplyEdit || client.Progress || client.ActionTagLLM || client.Encoding != text.UTF16 {
				t.Errorf("resolved %+v, %v", client, err)
			}
		})
	}
	for _, capabilities := range []string{`[]`, `"all"`, `1`, `null`} {
		if client, err := lsp.ResolveClient(&lsp.InitializeParams{Capabilities: json.RawMessage(capabilities)}); err != nil || client.ApplyEdit {
			t.Errorf("%s: resolved %+v, %v", capabilities, client, err)
		}
	}
}

func TestTheClientsFirstEncodingThatWeSpeakIsChosen(t *testing.T) {
	for _, tc := range []struct {
		offered string
		want    text.Encoding
		named   bool // in the answer
	}{
		{`null`, text.UTF16, false},
		{`[]`, text.UTF16, false},
		{`["utf-8"]`, text.UTF8, true},
		{`["utf-32","utf-8","utf-16"]`, text.UTF32, true},
		{`["utf-16","utf-8"]`, text.UTF16, true},
		{`["utf-7","utf-8"]`, text.UTF8, true},
		{`["UTF-8"]`, text.UTF16, true},
		{`["ebcdic",""]`, text.UTF16, true},
	} {
		t.Run(tc.offered, func(t *testing.T) {
			raw := json.RawMessage(`{"general":{"positionEncodings":` + tc.offered + `}}`)
			client, err := lsp.ResolveClient(&lsp.InitializeParams{Capabilities: raw})
			if err != nil {
				t.Fatal(err)
			}
			if client.Encoding != tc.want || client.EncodingOffered != tc.named {
				t.Errorf("chosen %s, named %v; want %s, %v", client.Encoding, client.EncodingOffered, tc.want, tc.named)
			}
		})
	}
}
