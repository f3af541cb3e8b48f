package settings_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// planted is what must not get out, also not in hexadecimal.
const planted = "sk-planted"

func TestASecretIsNeverShown(t *testing.T) {
	secret := settings.NewSecret(planted)
	type open struct{ Key settings.Secret }
	type closed struct{ key settings.Secret } // fmt calls no methods on it

	t.Run("by fmt, whatever the verb", func(t *testing.T) {
		for verb := range strings.FieldsSeq("%v %+v %#v %s %q %x %X %d %t %o %c %U %e %20s %-20v %p %T") {
			for _, value := range []any{
				secret, &secret,
				open{secret},
				&open{secret},
				closed{secret},
				&closed{secret},
				[]settings.Secret{secret},
				settings.Headers{"A": secret},
				map[settings.Secret]int{secret: 1},
			} {
				checkHidden(t, verb, fmt.Sprintf(verb, value))
			}
		}
		if got := fmt.Sprintf("%s %v %d", secret, secret, secret); got != "*** *** ***" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("in JSON, TOML and XML", func(t *testing.T) {
		for name, marshal := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "TOML": toml.Marshal, "XML": xml.Marshal} {
			got, err := marshal(open{secret})
			if err != nil || !bytes.Contains(got, []byte("***")) {
				t.Errorf("%s: %s, %v", name, got, err)
			}
			checkHidden(t, name, string(got))
		}
	})
	t.Run("in a log", func(t *testing.T) {
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "key", secret, "in", open{secret}, "by", closed{secret})
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "key", secret, "in", open{secret}, "by", closed{secret})
		checkHidden(t, "log", b.String())
	})
	t.Run("by the settings that hold it", func(t *testing.T) {
		w := planting(t)
		checkHidden(t, "settings", fmt.Sprintf("%v %+v %#v", *w.Now(), *w.Now(), w.Now()))
		checkHidden(t, "live", fmt.Sprintf("%+v %+v", w.Key(), w.Values()))
		text, err := json.Marshal(w.Now())
		if err != nil {
			t.Fatal(err)
		}
		checkHidden(t, "JSON", string(text))
	})
	t.Run("but revealed to who asks", func(t *testing.T) {
		if secret.Reveal() != planted || secret.IsZero() || !settings.NewSecret("").IsZero() {
			t.Error("the secret is lost")
		}
	})
}

func planting(t *testing.T) world {
	t.Helper()
	return open(t, said{environment: "OPENAI_API_KEY=" + planted, user: "provider.headers = {A = '" + planted + "'}"})
}

func checkHidden(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, planted) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", planted)) {
		t.Errorf("%s shows %s", where, text)
	}
}
