package settings_test

import (
	"testing"
	"time"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

func TestDurations(t *testing.T) {
	for _, tc := range []struct {
		text, shown string
		want        time.Duration
	}{
		{"60s", "60s", time.Minute},
		{"90d", "90d", 90 * 24 * time.Hour},
		{"1d12h", "36h", 36 * time.Hour},
		{"1d", "24h", 24 * time.Hour},
		{"1.5d", "36h", 36 * time.Hour},
		{"720h", "30d", 720 * time.Hour},
		{"90s", "1m30s", 90 * time.Second},
		{"2h0m5s", "2h0m5s", 2*time.Hour + 5*time.Second},
		{"120m", "2h", 2 * time.Hour},
		{"1h", "60m", time.Hour},
		{"250ms", "250ms", 250 * time.Millisecond},
		{"0", "0s", 0},
		{"-2d1h", "-49h", -49 * time.Hour},
		{"-48h", "-2d", -48 * time.Hour},
	} {
		t.Run(tc.text, func(t *testing.T) {
			var got settings.Duration
			if err := got.UnmarshalText([]byte(tc.text)); err != nil {
				t.Fatal(err)
			}
			if got.Std() != tc.want {
				t.Errorf("read %v, want %v", got.Std(), tc.want)
			}
			if text, err := got.MarshalText(); string(text) != tc.shown || err != nil {
				t.Errorf("written %s, want %s (%v)", text, tc.shown, err)
			}
		})
	}
}

func TestWhatIsNoDuration(t *testing.T) {
	for _, text := range []string{
		"", "d", "60", "1dd", "1d2", "1d-2h", "1d+2h", "-", "-d", "--1d", "+1d", "1e3d", "infd", "nand", "0x1d",
		"1.2.3d", "99999d", "36500d2562047h", "1 d", "1h1d", "days",
	} {
		if d, err := settings.ParseDuration(text); err == nil {
			t.Errorf("%q is taken for %v", text, d)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, tc := range []struct {
		text, shown string
		want        settings.Size
	}{
		{"512KiB", "512KiB", 512 << 10},
		{"1MB", "1000000B", 1e6},
		{"1 mib", "1MiB", 1 << 20},
		{"1.5kb", "1500B", 1500},
		{"0.5KiB", "512B", 512},
		{"2GiB", "2GiB", 2 << 30},
		{"3GB", "3000000000B", 3e9},
		{"77", "77B", 77},
		{"77B", "77B", 77},
		{"0", "0B", 0},
		{"9223372036854775807", "9223372036854775807B", 1<<63 - 1},
	} {
		t.Run(tc.text, func(t *testing.T) {
			got, err := settings.ParseSize(tc.text)
			if err != nil || got != tc.want || got.String() != tc.shown {
				t.Errorf("read %d, shown as %s (%v), want %d, %s", got, got, err, tc.want, tc.shown)
			}
		})
	}
}

func TestWhatIsNoSize(t *testing.T) {
	for _, text := range []string{"", "B", "KiB", "-1", "1.5", "1.5B", "1e3", "inf", "1TB", "1KiBB", "9223372036854775808", "9999999999GiB", "1 2"} {
		if s, err := settings.ParseSize(text); err == nil {
			t.Errorf("%q is taken for %v", text, s)
		}
	}
}
