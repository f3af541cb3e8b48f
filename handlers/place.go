package handlers

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/lsp"
	"github.com/ai-lsp/ai-lsp/server/text"
)

// roots are the folders of the workspace, as absolute paths.
type roots struct {
	mu      sync.Mutex
	folders []string
}

// set takes the folders that the editor named, in whichever of the three ways.
func (r *roots) set(params *lsp.InitializeParams) {
	var uris []string
	for _, f := range params.WorkspaceFolders {
		uris = append(uris, f.URI)
	}
	if len(uris) == 0 && params.RootURI != nil {
		uris = []string{*params.RootURI}
	}
	if len(uris) == 0 && params.RootPath != nil && *params.RootPath != "" {
		r.add(*params.RootPath)
	}
	for _, uri := range uris {
		r.add(pathOf(uri))
	}
}

func (r *roots) change(added, removed []lsp.WorkspaceFolder) {
	for _, f := range removed {
		gone := pathOf(f.URI)
		r.mu.Lock()
		r.folders = slices.DeleteFunc(r.folders, func(folder string) bool { return folder == gone })
		r.mu.Unlock()
	}
	for _, f := range added {
		r.add(pathOf(f.URI))
	}
}

func (r *roots) add(folder string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if folder != "" && filepath.IsAbs(folder) && !slices.Contains(r.folders, folder) {
		r.folders = append(r.folders, folder)
	}
}

func (r *roots) paths() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.folders)
}

// names are all that a file is called, with slashes: in full, and below each
// folder of the workspace that holds it, each by the names that were given and
// with links resolved. A file outside of all folders lies below the root of
// the file system.
func (r *roots) names(file string) []string {
	var full, below []string
	for _, name := range bothNames(file) {
		full = append(full, filepath.ToSlash(name))
		for _, root := range r.paths() {
			for _, folder := range bothNames(root) {
				rel, err := filepath.Rel(folder, name)
				if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
					below = append(below, filepath.ToSlash(rel))
				}
			}
		}
	}
	if below == nil {
		for _, name := range full {
			below = append(below, strings.TrimPrefix(name, "/"))
		}
	}
	return append(below, full...)
}

// bothNames are a path as it was given and with links resolved, which may be
// the same.
func bothNames(file string) []string {
	file = filepath.Clean(file)
	return slices.Compact([]string{file, resolved(file)})
}

// resolved is a path with links resolved. Of what is not there yet, that is
// done for the folders above it.
func resolved(file string) string {
	if actual, err := filepath.EvalSymlinks(file); err == nil {
		return actual
	}
	above := filepath.Dir(file)
	if above == file {
		return file
	}
	return filepath.Join(resolved(above), filepath.Base(file))
}

// pathOf is the path that a file URI names; empty for any other URI.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	p := u.Path
	if len(p) > 2 && p[0] == '/' && p[2] == ':' { // file:///c:/folder
		p = p[1:]
	}
	return filepath.FromSlash(p)
}

// nameOf is the last part of a URI, for people.
func nameOf(uri string) string {
	if u, err := url.Parse(uri); err == nil {
		if u.Path != "" {
			return path.Base(u.Path)
		}
		return path.Base(u.Opaque)
	}
	return path.Base(uri)
}

// refusal says why lines of a document may not be sent; empty: they may. It
// asks the file system.
func (h *Handlers) refusal(doc *text.Document, first, last int) string {
	now := h.deps.Settings.Now()
	if now.Privacy.Unknown != "" {
		return now.Privacy.Unknown
	}
	if file := pathOf(doc.URI()); file != "" {
		for _, name := range h.roots.names(file) {
			if glob := review.Excluded(now.Privacy.Exclude, name); glob != "" {
				return "privacy.exclude has " + review.PlainLine(glob) // it may be the workspace's
			}
			if review.SecretName(path.Base(name)) {
				return "files of this name hold secrets"
			}
		}
	}
	return review.Skip(doc, first, last, nameOf(doc.URI()), int64(now.Review.MaxFileSize))
}
