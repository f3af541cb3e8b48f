//go:build history

package review_test

import (
	"flag"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-lsp/ai-lsp/review"
	"github.com/ai-lsp/ai-lsp/server/text"
)

var fixHistory = flag.String("fixes.history", "", "git repositories whose changes are taken for fixes, separated like PATH")

// TestFixesThatPeopleMade takes the hunks of a repository's history for
// suggestions: each was good enough for the people who made it. Those that parse
// alone should be offered, and come out as they were made.
//
// It is a measurement over repositories that somebody has to name, and so no part
// of the ordinary tests:
//
//	go test -tags history ./review -run TestFixesThatPeopleMade -v -timeout 1h -fixes.history REPO:REPO
func TestFixesThatPeopleMade(t *testing.T) {
	if *fixHistory == "" {
		t.Fatal("there is no repository: name some with -fixes.history")
	}
	refused, total, offered, moved, skipped := map[string]int{}, 0, 0, 0, 0
	for _, repo := range filepath.SplitList(*fixHistory) {
		for _, h := range hunksOf(t, repo, 600) {
			g := h.generated()
			if strings.TrimSpace(g.suggestion) == "" || !g.deserved(t) {
				skipped++ // it needs another hunk of its commit
				continue
			}
			total++
			f := review.Suggest(g.doc, g.first, g.last, review.Warning, g.suggestion)
			edits, err := f.SafeEdits(t.Context(), g.doc)
			if err != nil {
				refused[f.FixRefused()]++
				t.Logf("%s %s:%d refused, since %s\n- %s\n+ %s", h.commit, h.path, g.first+1, f.FixRefused(), strings.Join(g.c.old, "\n- "), strings.Join(g.c.good, "\n+ "))
				continue
			}
			offered++
			switch after := apply(g.doc, edits); {
			case contentOf(after) == contentOf(g.expected()):
			case sameWithoutBlanks(after, g.expected()):
				moved++ // their commit moved the lines for the sake of others
			default:
				t.Errorf("%s %s:%d came out otherwise: %s", h.commit, h.path, g.first+1, diffOf(g.expected(), after))
			}
		}
	}
	t.Logf("%d fixes that parse (%d do not alone): %d offered, %d of them indented otherwise", total, skipped, offered, moved)
	for _, reason := range slices.Sorted(maps.Keys(refused)) {
		t.Logf("%5d refused: %s", refused[reason], reason)
	}
}

// hunk is one change of a commit.
type hunk struct {
	commit, path, source string
	first                int // from 0
	old, rows            []string
}

func (h hunk) generated() generated {
	doc := text.New(uri, languages[filepath.Ext(h.path)], 1, h.source)
	lines := strings.Split(h.source, "\n")
	last := h.first + len(h.old) - 1
	c := fixCase{language: doc.Language(), before: lines[:h.first], old: h.old, after: lines[last+1:], good: h.rows, first: h.first}
	return generated{doc: doc, first: h.first, last: last, c: c, m: mutations[0], suggestion: c.text()}
}

var hunkHead = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@`)

// hunksOf is the newest changes of a repository that replace one to ten lines
// by one to thirty.
func hunksOf(t *testing.T, repo string, most int) []hunk {
	t.Helper()
	var hunks []hunk
	var commit, path string
	var open *hunk
	take := func() {
		if open != nil && len(open.old) > 0 && len(open.old) <= 10 && len(open.rows) > 0 && len(open.rows) <= 30 {
			if source, ok := git(t, repo, "show", commit+"^:"+path); ok && len(source) < 60<<10 && strings.Count(source, "\n") > open.first+len(open.old) {
				open.commit, open.path, open.source = commit, path, source
				hunks = append(hunks, *open)
			}
		}
		open = nil
	}
	log, _ := git(t, repo, "log", "--no-merges", "--first-parent", "-n", "1500", "-p", "-U0", "--diff-filter=M", "--format=commit %H")
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		head := hunkHead.FindStringSubmatch(line)
		switch {
		case head != nil || strings.HasPrefix(line, "commit ") || strings.HasPrefix(line, "--- ") && open == nil:
			if take(); len(hunks) >= most {
				return hunks
			}
			if rest, ok := strings.CutPrefix(line, "commit "); ok {
				commit = rest
			} else if rest, ok := strings.CutPrefix(line, "--- a/"); ok {
				path = rest
			} else if head != nil && languages[filepath.Ext(path)] != "" {
				n, _ := strconv.Atoi(head[1]) // digits, as the pattern has it
				open = &hunk{first: n - 1}
			}
		case strings.HasPrefix(line, "diff "):
			take()
		case open != nil && strings.HasPrefix(line, "-"):
			open.old = append(open.old, line[1:])
		case open != nil && strings.HasPrefix(line, "+"):
			open.rows = append(open.rows, line[1:])
		}
	}
	take()
	return hunks
}

func git(t *testing.T, repo string, args ...string) (string, bool) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", repo}, args...)...).Output()
	return string(out), err == nil
}
