package git

import (
	"time"

	"github.com/ai-lsp/ai-lsp/server/text"
)

// BaseOf is the base of a file that had this content.
func BaseOf(content string) Base {
	return Base{Known: true, lines: folded(text.New("", "", 0, content))}
}

// Remembered is how many bytes r holds.
func Remembered(r *Reader) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	size := 0
	for _, one := range r.known.kept {
		size += one.base.size()
	}
	if size != r.known.size {
		panic("the memory has lost count")
	}
	return size
}

// SetPatience changes how long one run of git may take.
func SetPatience(r *Reader, d time.Duration) { r.git.patience = d }
