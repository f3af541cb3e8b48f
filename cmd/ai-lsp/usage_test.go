package main

import (
	"runtime"
	"strings"
	"testing"
)

func TestHelpNamesTheFlags(t *testing.T) {
	for _, tc := range []struct {
		command string
		names   []string
	}{
		{"", []string{"serve", "demo", "doctor", "settings", "version", "--set"}},
		{"serve", []string{"--trace", "--set"}},
		{"demo", []string{"--serve", "--addr"}},
		{"doctor", []string{"--call"}},
		{"settings", []string{"--format", "text or json", "--workspace"}},
		{"version", []string{"--set"}},
	} {
		for _, flag := range []string{"--help", "-h"} {
			t.Run(strings.TrimSpace(tc.command+" "+flag), func(t *testing.T) {
				o := newHome(t).run(append(strings.Fields(tc.command), flag)...)
				o.check(t, exitFine, append(tc.names, "Usage: ai-lsp")...)
				if o.stderr != "" {
					t.Error("help that was asked for is no error")
				}
			})
		}
	}
}

func TestBadUsageIsNamedInASentence(t *testing.T) {
	for _, tc := range []struct{ name, args, says string }{
		{"a command that is not there", "rewiew", "unexpected argument rewiew"},
		{"a flag that is not there", "--verbose", "unknown flag --verbose"},
		{"a flag of another command", "version --trace x", "unknown flag --trace"},
		{"an argument too many", "serve here", "unexpected argument here"},
		{"a word that is not allowed", "settings --format xml", `must be one of "text","json"`},
		{"a flag without its value", "serve --trace", "--trace"},
		{"a setting without a value", "--set review.on settings", "<key>=<value>"},
		{"a workspace that is not there", "settings --workspace gone", "gone"},
		{"a demo that others could reach", "demo --addr 0.0.0.0:0", "0.0.0.0:0 is not a loopback address"},
		{"a demo that others could reach over IPv6", "demo --serve --addr [::]:0", "[::]:0 is not a loopback address"},
		{"a demo on all addresses", "demo --serve --addr :0", "is not a loopback address"},
		{"a demo on no address", "demo --addr nonsense", "nonsense"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := newHome(t).run(strings.Fields(tc.args)...)
			o.check(t, exitUsage, tc.says)
			if o.stdout != "" || !strings.HasPrefix(o.stderr, "ai-lsp: ") || !strings.Contains(o.stderr, "ai-lsp --help") {
				t.Errorf("it says %q and %q", o.stdout, o.stderr)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	newHome(t).run("version").check(t, exitFine,
		"ai-lsp "+testRelease+" ("+runtime.Version()+", "+runtime.GOOS+"/"+runtime.GOARCH+")")
}

func TestWithoutACommandItServes(t *testing.T) {
	s := newHome(t).enter(nil)
	if !strings.Contains(s.received.String(), `"serverInfo":{"name":"ai-lsp","version":"`+testRelease+`"}`) {
		t.Error("the server does not tell its version")
	}
	s.leave()
}

func TestATraceThatCannotBeWrittenIsNamed(t *testing.T) {
	h := newHome(t)
	o := h.run("serve", "--trace", h.path("gone", "trace"))
	o.check(t, exitFault, "ai-lsp: open the trace: ", "gone")
	if o.stdout != "" {
		t.Error("something stands on the wire")
	}
}
