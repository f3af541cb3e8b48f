package review

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Excluded gives the first of globs that a file matches; empty: none. The file
// is named below its workspace folder, or in full: then only globs that are
// absolute, or begin with "~/", can match. The separators are slashes. A glob
// without one holds in every folder, as people know it from ignore files, and
// a glob that matches a folder holds for all below it.
func Excluded(globs []string, file string) string {
	patterns := below
	if filepath.IsAbs(filepath.FromSlash(file)) {
		patterns = absolute
	}
	for _, glob := range globs {
		for _, pattern := range patterns(glob) {
			if matches(pattern, file) {
				return glob
			}
		}
	}
	return ""
}

// SecretName says that files of this name hold secrets: it is the last part of
// a path.
func SecretName(name string) bool {
	name = strings.ToLower(name)
	rest, ok := strings.CutPrefix(name, ".env")
	switch {
	case strings.HasSuffix(name, ".env"):
		return true
	case !ok:
		return false
	}
	return strings.HasPrefix(rest, "rc") || strings.ContainsAny(rest[:1], ".-_~")
}

// matches says that a pattern matches a file or a folder above it.
func matches(pattern, file string) bool {
	for part := file; part != "." && part != "/" && part != ""; {
		if matched, err := doublestar.Match(pattern, part); err == nil && matched {
			return true
		}
		above := path.Dir(part)
		if above == part {
			break
		}
		part = above
	}
	return false
}

// below are the patterns of a glob for paths below a workspace folder. A slash
// in front anchors it there.
func below(glob string) []string {
	for strings.HasPrefix(glob, "./") {
		glob = strings.TrimLeft(glob[2:], "/")
	}
	pattern := strings.TrimSuffix(strings.TrimPrefix(glob, "/"), "/")
	if !strings.Contains(strings.TrimSuffix(glob, "/"), "/") {
		pattern = "**/" + pattern
	}
	return []string{pattern}
}

// absolute are the patterns of a glob for whole paths: as it is written, and
// with the folders before its first wildcard by their real names.
func absolute(glob string) []string {
	if rest, ok := strings.CutPrefix(glob, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		glob = path.Join(filepath.ToSlash(home), rest)
	}
	if !filepath.IsAbs(filepath.FromSlash(glob)) {
		return nil
	}
	patterns := []string{strings.TrimSuffix(glob, "/")}
	folder, rest := doublestar.SplitPattern(patterns[0])
	if actual, err := filepath.EvalSymlinks(filepath.FromSlash(folder)); err == nil {
		patterns = append(patterns, path.Join(filepath.ToSlash(actual), rest))
	}
	return patterns
}
