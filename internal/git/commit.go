package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	errNoWorkTree = errors.New("not in a working tree")
	errUnborn     = errors.New("no commit yet")
	errNotThere   = errors.New("not in the commit")
)

// place is where a folder is: at which commit its repository stands, and how
// the folder is called there.
type place struct {
	commit string
	prefix string // with slashes, one at its end; empty for the root
}

// maxAnswer bounds every answer that is not a file: paths, and the entries of
// one folder.
const maxAnswer = 1 << 20

// place asks for all of it at once, so that it is of one moment. It works alike
// in linked worktrees and submodules, on a branch, detached, and in the midst
// of a rebase or a merge.
func (p *program) place(ctx context.Context, dir string) (place, error) {
	out, err := p.run(ctx, dir, maxAnswer, "rev-parse", "--is-inside-work-tree", "HEAD^{commit}", "--show-prefix")
	inside, rest, _ := strings.Cut(string(out), "\n")
	commit, prefix, _ := strings.Cut(rest, "\n")
	switch {
	case inside == "false":
		return place{}, errNoWorkTree // a bare repository, or the inside of .git
	case commit == "HEAD^{commit}": // repeated, since it is nothing
		return place{}, errUnborn
	case err != nil:
		return place{}, err
	}
	return place{commit, strings.TrimSuffix(prefix, "\n")}, nil // a folder's name may hold line breaks
}

// entry is one file, link, folder or submodule of a commit.
type entry struct {
	mode, object string
	size         int // of a file, in bytes
	name         string
}

func (e entry) isLink() bool { return e.mode == "120000" }
func (e entry) isFile() bool { return strings.HasPrefix(e.mode, "100") }

// entry looks a path up in a commit; [errNotThere] if it has none such.
func (p *program) entry(ctx context.Context, dir string, key blobKey) (entry, error) {
	found, err := p.exact(ctx, dir, key.commit, key.path)
	if !errors.Is(err, errNotThere) || !p.isCaseBlind(ctx, dir) {
		return found, err
	}
	path, err := p.spelling(ctx, dir, key)
	if err != nil {
		return entry{}, err
	}
	return p.exact(ctx, dir, key.commit, path)
}

func (p *program) exact(ctx context.Context, dir, commit, path string) (entry, error) {
	found, err := p.list(ctx, dir, "--long", commit, "--", path)
	switch {
	case err != nil:
		return entry{}, err
	case len(found) != 1 || found[0].name != path:
		return entry{}, errNotThere
	}
	return found[0], nil
}

// isCaseBlind tells whether two names that differ in case are one file there.
func (p *program) isCaseBlind(ctx context.Context, dir string) bool {
	out, err := p.run(ctx, dir, maxAnswer, "config", "--type=bool", "--get", "core.ignoreCase")
	return err == nil && string(out) == "true\n"
}

// spelling is how the commit writes a path, case aside. It walks down from the
// root, since any folder on the way may be written differently.
func (p *program) spelling(ctx context.Context, dir string, key blobKey) (string, error) {
	tree, path := key.commit, ""
	for name := range strings.SplitSeq(key.path, "/") {
		all, err := p.list(ctx, dir, tree)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(all, func(e entry) bool { return e.name == name })
		if i < 0 {
			i = slices.IndexFunc(all, func(e entry) bool { return strings.EqualFold(e.name, name) })
		}
		if i < 0 {
			return "", errNotThere
		}
		tree, path = all[i].object, path+"/"+all[i].name
	}
	return path[1:], nil
}

// list asks for entries of a tree; args may limit them, and ask for sizes.
func (p *program) list(ctx context.Context, dir string, args ...string) ([]entry, error) {
	out, err := p.run(ctx, dir, maxAnswer, append([]string{"ls-tree", "--full-tree", "-z"}, args...)...)
	if err != nil {
		return nil, err
	}
	var all []entry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if line == "" {
			continue // no entry at all
		}
		e, err := parseEntry(line)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// parseEntry reads "mode type object<TAB>name". A size may stand before the
// tab; that of a folder is "-".
func parseEntry(line string) (entry, error) {
	head, name, found := strings.Cut(line, "\t")
	fields := strings.Fields(head)
	if !found || len(fields) < 3 {
		return entry{}, errors.New("read ls-tree: not an entry")
	}
	e := entry{mode: fields[0], object: fields[2], name: name}
	if len(fields) == 3 || fields[3] == "-" {
		return e, nil
	}
	size, err := strconv.Atoi(fields[3])
	if err != nil {
		return entry{}, fmt.Errorf("read ls-tree: size: %w", err)
	}
	e.size = size
	return e, nil
}
