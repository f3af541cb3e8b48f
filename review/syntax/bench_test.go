package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review/syntax"
)

// The editor asks with every move of the cursor. The place that costs most is
// the last: all that stands above is read.
func BenchmarkEnclosing(b *testing.B) {
	for _, n := range []int{50, 5_000, 100_000} {
		lines := program(n)
		b.Run(fmt.Sprintf("%d lines", n), func(b *testing.B) { measure(b, lines, n-5) })
	}
	minified := []string{"function a(){" + strings.Repeat("if(x){y()}else{z(`<<A`)};", 40_000) + "}"}
	b.Run("one line of 1 MB", func(b *testing.B) { measure(b, minified, 0) })
	b.Run("5000 braces that nothing closes", func(b *testing.B) {
		measure(b, strings.Split(strings.Repeat("x = {\n", 5_000), "\n"), 4_999)
	})
	b.Run("5000 openings one in the other", func(b *testing.B) {
		var lines []string
		for i := range 5_000 {
			lines = append(lines, strings.Repeat(" ", i%900)+"f(a, b)")
		}
		measure(b, lines, 4_499)
	})
	b.Run("5000 quotes that nothing closes", func(b *testing.B) {
		measure(b, strings.Split(strings.Repeat("x <<A '''b\" \"\"\" `\n", 5_000), "\n"), 4_999)
	})
}

func measure(b *testing.B, lines []string, at int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		syntax.Enclosing(len(lines), func(i int) string { return lines[i] }, at)
	}
}

// program is n lines of ordinary code.
func program(n int) []string {
	unit := strings.Split(strings.TrimSuffix(`// Add puts an item into the cart, unless it is full.
func (c *Cart) Add(ctx context.Context, item Item) error {
	if len(c.items) >= limit {
		return fmt.Errorf("full: %d of %d", len(c.items), limit)
	}
	for _, other := range c.items {
		if other.Name == item.Name {
			other.Count++ // one more
			return nil
		}
	}
	c.items = append(c.items, item)
	return c.store(ctx, "items")
}

`, "\n"), "\n")
	lines := make([]string, 0, n)
	for len(lines) < n {
		lines = append(lines, unit...)
	}
	return lines[:n]
}
