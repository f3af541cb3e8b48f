package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"
)

// answers keeps long answers as files, for editors that show documents. They
// live as long as the session, in a folder that only its owner can read.
type answers struct {
	mu     sync.Mutex
	folder string // empty: none was needed yet
	kept   int
}

// odd matches what has no place in a file name.
var odd = regexp.MustCompile(`[^\pL\pN._-]+`)

// keep writes an answer and gives its URI.
func (a *answers) keep(name, markdown string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.folder == "" {
		parent := filepath.Join(xdg.CacheHome, "ai-lsp", "answers")
		if err := os.MkdirAll(parent, 0o700); err != nil {
			return "", fmt.Errorf("make the folder for answers: %w", err)
		}
		sweep(parent)
		folder, err := os.MkdirTemp(parent, "session-")
		if err != nil {
			return "", fmt.Errorf("make the folder for answers: %w", err)
		}
		a.folder = folder
	}
	a.kept++
	short := strings.Trim(odd.ReplaceAllString(name, "-"), "-.")
	if len(short) > 80 {
		short = short[:80]
	}
	path := filepath.Join(a.folder, fmt.Sprintf("%d-%s.md", a.kept, strings.ToValidUTF8(short, "")))
	if err := os.MkdirAll(a.folder, 0o700); err != nil { // somebody tidied up
		return "", fmt.Errorf("make the folder for answers: %w", err)
	}
	if err := os.WriteFile(path, []byte(markdown), 0o600); err != nil {
		return "", fmt.Errorf("write an answer: %w", err)
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String(), nil
}

// sweep takes away what sessions left that were killed: nothing was written
// there for a week.
func sweep(parent string) {
	const old = 7 * 24 * time.Hour
	left, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, entry := range left {
		if info, err := entry.Info(); err == nil && strings.HasPrefix(entry.Name(), "session-") && time.Since(info.ModTime()) > old {
			_ = os.RemoveAll(filepath.Join(parent, entry.Name()))
		}
	}
}

// remove takes the answers of this session away.
func (a *answers) remove() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.folder != "" {
		_ = os.RemoveAll(a.folder)
	}
}
