package review

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Excluded gives the first of globs that a file matches; empty: none. The file
// is named below its workspace folder, with slashes. A glob without a slash
// holds in every folder, as people know it from ignore files, and a glob that
// matches a folder holds for all below it.
func Excluded(globs []string, file string) string {
	for _, glob := range globs {
		pattern := strings.TrimSuffix(strings.TrimPrefix(glob, "/"), "/")
		if !strings.Contains(strings.TrimSuffix(glob, "/"), "/") {
			pattern = "**/" + pattern
		}
		for part := file; part != "." && part != "/" && part != ""; part = path.Dir(part) {
			if matched, err := doublestar.Match(pattern, part); err == nil && matched {
				return glob
			}
		}
	}
	return ""
}
