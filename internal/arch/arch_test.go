package arch_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// root is where the repository lies, seen from this folder.
const root = "../.."

func TestTheHouseKeepsItsShape(t *testing.T) {
	repo := readTree(t, os.DirFS(root))
	for _, tc := range []struct {
		name string
		rule rule
	}{
		{"every package has its place in the layers", packagesAreRanked},
		{"imports point downwards", importsPointDown},
		{"what is fenced off is not imported", fencesHold},
		{"only cmd touches the streams, the environment and the exit", onlyCmdTouchesTheOutside},
		{"nobody sleeps", nobodySleeps},
		{"every package says what it is for", packagesAreDocumented},
		{"files and functions stay small", sizesAreBounded},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, fault := range slices.Sorted(slices.Values(tc.rule(repo))) {
				t.Error(fault)
			}
		})
	}
}

// A path of the machine that code was written on helps nobody else, and tells
// more than its author meant to.
func TestNoFileNamesThisMachine(t *testing.T) {
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(filepath.Dir(here)) == filepath.Dir(here) {
		return // a clone at /src, say in a container: too short a path to mean anything
	}
	for _, files := range readTree(t, os.DirFS(root)).files {
		for _, f := range files {
			if bytes.Contains(f.source, []byte(here+string(filepath.Separator))) {
				t.Errorf("%s holds the path of this clone, %s", f.path, here)
			}
		}
	}
}

func TestTheRulesSeeFaults(t *testing.T) {
	for _, tc := range []struct {
		name string
		rule rule
		path string
		code string
		want string // part of the one fault; empty: none
	}{
		{"a folder that nobody ranked", packagesAreRanked, "llm/extra/x.go", `package extra`, "llm/extra has no place"},

		{"an import that points back", importsPointDown, "llm/x.go", `import _ "github.com/ai-lsp/ai-lsp/review"`, "llm/x.go must not import review"},
		{"an import within one layer", importsPointDown, "llm/openai/x.go", `import _ "github.com/ai-lsp/ai-lsp/llm/guard"`, "downwards only"},
		{"an import that points down", importsPointDown, "review/x.go", `import _ "github.com/ai-lsp/ai-lsp/llm"`, ""},
		{"a test that points back", importsPointDown, "llm/x_test.go", `import _ "github.com/ai-lsp/ai-lsp/review"`, "downwards only"},
		{"a test that uses the editor", importsPointDown, "server/x_test.go", `import _ "github.com/ai-lsp/ai-lsp/internal/editor"`, ""},
		{"product code that uses the editor", importsPointDown, "server/x.go", `import _ "github.com/ai-lsp/ai-lsp/internal/editor"`, "downwards only"},

		{"glsp's own server", fencesHold, "cmd/ai-lsp/x_test.go", `import _ "github.com/tliron/glsp/server"`, "one message at a time"},
		{"protocol types in a review", fencesHold, "review/x.go", `import _ "github.com/tliron/glsp/protocol_3_16"`, "nothing of LSP"},
		{"protocol types in a handler", fencesHold, "handlers/x.go", `import _ "github.com/tliron/glsp/protocol_3_16"`, ""},
		{"HTTP in a review", fencesHold, "review/x.go", `import _ "net/http"`, "talks HTTP"},
		{"documents on the model's side", fencesHold, "llm/stream/x.go", `import _ "github.com/ai-lsp/ai-lsp/server/text"`, "no document"},
		{"the wire outside its package", fencesHold, "llm/guard/x.go", `import _ "github.com/sashabaranov/go-openai"`, "behind llm.Model"},
		{"the wire in its package", fencesHold, "llm/openai/x.go", `import _ "github.com/sashabaranov/go-openai"`, ""},

		{"printing", onlyCmdTouchesTheOutside, "server/x.go", `import "fmt"; func f() { fmt.Println() }`, "server/x.go:1 uses fmt.Println"},
		{"the environment under another name", onlyCmdTouchesTheOutside, "server/x.go", `import sys "os"; var home = sys.Getenv("HOME")`, "uses os.Getenv"},
		{"the environment in cmd", onlyCmdTouchesTheOutside, "cmd/ai-lsp/x.go", `import "os"; var home = os.Getenv("HOME")`, ""},

		{"a sleep in a test", nobodySleeps, "server/x_test.go", `import "time"; func f() { time.Sleep(1) }`, "server/x_test.go:1 sleeps"},
		{"a sleep in a bubble", nobodySleeps, "server/x_test.go", `import ("testing/synctest"; "time"); func f() { synctest.Test(nil, func(*testing.T) { time.Sleep(1) }) }`, ""},
		{"a sleep in a bubble of the package's own", nobodySleeps, "server/x_test.go", `import ("testing/synctest"; "time"); func in(f func(*testing.T)) { synctest.Test(nil, f) }; func f() { in(func(*testing.T) { time.Sleep(1) }) }`, ""},

		{"a package without a word", packagesAreDocumented, "server/x.go", ``, "server has no doc.go"},
		{"a doc.go without a comment", packagesAreDocumented, "server/doc.go", ``, "server has no doc.go"},
		{"a folder of tests alone", packagesAreDocumented, "editors/e2e/x_test.go", ``, ""},

		{"a long file", sizesAreBounded, "server/x.go", strings.Repeat("\n", maxFileLines+1), "more than 600"},
		{"a long function", sizesAreBounded, "server/x.go", "func long() {" + strings.Repeat("\n", maxFuncLines) + "}", "long has 81 lines"},
		{"a long function in a test", sizesAreBounded, "server/x_test.go", "func long() {" + strings.Repeat("\n", maxFuncLines) + "}", ""},
	} {
		t.Run(tc.name, func(t *testing.T) { checkFault(t, tc.rule, tc.path, tc.code, tc.want) })
	}
}

// checkFault puts one file into a tree that is otherwise without fault, and
// wants one fault of it, or none.
func checkFault(t *testing.T, rule rule, name, code, want string) {
	t.Helper()
	repo := fstest.MapFS{}
	for _, layer := range layers {
		for _, pkg := range layer {
			repo[pkg+"/empty_test.go"] = &fstest.MapFile{Data: []byte("package x_test\n")}
		}
	}
	if !strings.HasPrefix(code, "package ") {
		code = "package x; " + code
	}
	repo[name] = &fstest.MapFile{Data: []byte(code)}

	faults := rule(readTree(t, repo))
	switch {
	case want == "" && len(faults) != 0:
		t.Errorf("faults found where there is none: %q", faults)
	case want != "" && (len(faults) != 1 || !strings.Contains(faults[0], want)):
		t.Errorf("faults are %q, want one with %q", faults, want)
	}
}
