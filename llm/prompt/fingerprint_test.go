package prompt_test

import (
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/llm/prompt"
)

func TestAFingerprintChangesWithWhateverIsSent(t *testing.T) {
	text := prompt.FileText("verify/1.0.0.md")
	original := fingerprintOf(t, text, "verify", prompt.Verdicts{})
	if original != prompt.Verify().Fingerprint() {
		t.Error("the same file has two fingerprints")
	}
	for _, tc := range []struct{ name, old, new string }{
		{"the id", "verify@1.0.0", "verify@1.0.1"},
		{"the system message", "sceptical", "kind"},
		{"an example", "10| func first", "10| func last"},
		{"an example's answer", `"keep": true`, `"keep": false`},
		{"the template", "{{.Language}} code", "{{.Language}} source"},
		{"the temperature", "temperature = 0.1", "temperature = 0.2"},
		{"a part of the token limit", "most = 2700", "most = 2800"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := strings.Replace(text, tc.old, tc.new, 1)
			if changed == text {
				t.Fatalf("%q is not in the file", tc.old)
			}
			if fingerprintOf(t, changed, "verify", prompt.Verdicts{}) == original {
				t.Error("is not seen")
			}
		})
	}
	t.Run("the schema", func(t *testing.T) {
		if fingerprintOf(t, text, "verify", prompt.Verdict{}) == original {
			t.Error("is not seen")
		}
	})
	t.Run("what a version was changed for is no part of it", func(t *testing.T) {
		changed := strings.Replace(text, `"first version"`, `"the first"`, 1)
		if fingerprintOf(t, changed, "verify", prompt.Verdicts{}) != original {
			t.Error("known answers are thrown away for a remark")
		}
	})
}

func TestPromptsHaveDifferentFingerprints(t *testing.T) {
	seen := map[string]string{}
	for _, v := range []*prompt.Version{prompt.Review(), prompt.Explain(), prompt.Verify()} {
		if other, again := seen[v.Fingerprint()]; again || v.Fingerprint() == "" {
			t.Errorf("%s has the fingerprint %q of %s", v.ID, v.Fingerprint(), other)
		}
		seen[v.Fingerprint()] = v.ID
	}
}

func fingerprintOf(t *testing.T, text, schema string, reply any) string {
	t.Helper()
	v, err := prompt.Load(text, schema, reply)
	if err != nil {
		t.Fatal(err)
	}
	return v.Fingerprint()
}
