package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// TeamFile holds the dismissals that a team shares, below a workspace folder.
// Where it exists, new dismissals of files in that folder are added to it; an
// empty file is enough to begin with.
//
// Each line is one JSON object. Lines are only ever added: a [Dismissal], or
// {"restored": id}, which takes one back. Of the two the later one counts, by
// its time and not by its line, so that git may merge the file by keeping the
// lines of both sides (merge=union), in any order and twice. Whoever wants the
// file shorter deletes lines. What can not be read is skipped.
//
// The file comes with somebody's code, so it is not trusted: all it can do is to
// hide findings. It is not followed out of the folder, and no more is read of it
// than 1 MiB and 10,000 lines.
const TeamFile = ".ai-lsp/dismissed.jsonl"

// Bounds of a team's file.
const (
	maxTeamFile  = 1 << 20 // bytes
	maxTeamLines = 10_000
)

// teamLine is a line of a team's file.
type teamLine struct {
	Restored string `json:"restored,omitempty"` // id of what is taken back; the rest is for people
	Dismissal
}

// teamFile is one workspace folder, and what is in its file.
type teamFile struct {
	folder string

	now dismissedSet // guarded by the lock of Dismissals, and only written in turn

	// Guarded by the turn.
	seen  fs.FileInfo          // of the file when it was read; nil: it was not there
	fresh bool                 // it may have changed since without looking so
	last  map[string]time.Time // by id: of the line that counts
	full  bool                 // no line more will be read
}

// name is how people know the file.
func (t *teamFile) name() string {
	return visible(filepath.Join(t.folder, filepath.FromSlash(TeamFile)))
}

// has says that the file hides what has this id.
func (t *teamFile) has(id string) bool {
	_, there := t.now.byID[id]
	return there
}

// settled is how old a file must be before its time tells that it has not
// changed: clocks of file systems are coarse.
const settled = 2 * time.Second

// read reads the file if it has changed. What can not be read leaves what was
// there before, and the note says so.
func (t *teamFile) read() (now dismissedSet, note string, changed bool) {
	content, info, err := t.content()
	switch {
	case errors.Is(err, errSame):
		return now, "", false
	case errors.Is(err, fs.ErrNotExist):
		changed = t.seen != nil
		t.seen, t.last, t.full = nil, nil, false
		return now, "", changed
	case err != nil:
		return now, fmt.Sprintf("%s can not be read: %v.", t.name(), err), false
	}
	t.seen, t.fresh = info, time.Since(info.ModTime()) < settled
	now, bad := t.parse(content)
	switch {
	case len(bad) == 1:
		note = fmt.Sprintf("%s:%d is no dismissal and was skipped.", t.name(), bad[0])
	case len(bad) > 1:
		note = fmt.Sprintf("%s:%d is no dismissal and was skipped, and so were %d other lines.", t.name(), bad[0], len(bad)-1)
	}
	if t.full {
		note = fmt.Sprintf("%s is too long: only its first %d lines or %d KiB count.", t.name(), maxTeamLines, maxTeamFile>>10)
	}
	return now, note, true
}

var (
	errSame     = errors.New("it is as it was")
	errNoFile   = errors.New("it is not a regular file")
	errTooLarge = errors.New("it is full")
)

// content reads what counts of the file. A root keeps links from leading out of
// the folder.
func (t *teamFile) content() ([]byte, fs.FileInfo, error) {
	root, err := os.OpenRoot(t.folder)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(filepath.FromSlash(TeamFile))
	switch {
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, errNoFile // and opening a pipe would wait for its other end
	case t.isSeen(info):
		return nil, nil, errSame
	}
	file, err := root.Open(filepath.FromSlash(TeamFile))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxTeamFile+1))
	return content, info, err
}

func (t *teamFile) isSeen(info fs.FileInfo) bool {
	return t.seen != nil && !t.fresh && os.SameFile(t.seen, info) &&
		t.seen.Size() == info.Size() && t.seen.ModTime().Equal(info.ModTime())
}

// parse reads lines. Those that are none of ours are given by number, from 1.
func (t *teamFile) parse(content []byte) (now dismissedSet, bad []int) {
	t.full = len(content) > maxTeamFile
	if t.full {
		content = content[:bytes.LastIndexByte(content[:maxTeamFile], '\n')+1]
	}
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	t.last = map[string]time.Time{}
	alive := map[string]Dismissal{}
	number := 0
	for line := range bytes.Lines(content) {
		if number++; number >= maxTeamLines {
			t.full = true
		}
		if number > maxTeamLines {
			break
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var r teamLine
		if json.Unmarshal(line, &r) != nil || !t.take(r, alive) {
			bad = append(bad, number)
		}
	}
	for _, one := range alive {
		now.add(one)
	}
	return now, bad
}

// take lets a line count, unless a later one was read before. It is false when
// it says nothing.
func (t *teamFile) take(r teamLine, alive map[string]Dismissal) bool {
	one, sound := r.made()
	id := one.ID
	if r.Restored != "" {
		id, sound = r.Restored, true
	}
	if !sound {
		return false
	}
	if one.At.Before(t.last[id]) && !one.At.IsZero() {
		return true
	}
	t.last[id] = one.At
	if r.Restored != "" {
		delete(alive, id)
	} else {
		alive[id] = one
	}
	return true
}

// add writes a dismissal into the file, if there is one: an error that is
// [fs.ErrNotExist] says that there is none.
func (t *teamFile) add(one Dismissal) error { return t.append(teamLine{Dismissal: one}, one.ID) }

// restore takes a dismissal of the file back.
func (t *teamFile) restore(id, who string) error {
	was := t.now.byID[id]
	return t.append(teamLine{Restored: id, Dismissal: Dismissal{
		Identity: Identity{Type: was.Type, Unit: was.Unit}, Message: was.Message, File: was.File, At: time.Now(), By: who,
	}}, id)
}

// append adds a line, with a single write, so that it stays whole when several
// add at once. It never makes a file.
func (t *teamFile) append(r teamLine, id string) error {
	root, err := os.OpenRoot(t.folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(filepath.FromSlash(TeamFile))
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errNoFile
	}
	file, err := root.OpenFile(filepath.FromSlash(TeamFile), os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	r.At = r.At.UTC().Truncate(time.Second)
	if last := t.last[id]; r.At.Before(last) {
		r.At = last // by a clock that is ahead of ours
	}
	line, err := encode(r)
	if err == nil && (t.full || info.Size()+int64(len(line)) > maxTeamFile) {
		err = errTooLarge
	}
	if err == nil {
		_, err = file.Write(append(endOf(file, info.Size()), line...))
	}
	return errors.Join(err, file.Close())
}

// encode makes a line that is easy to read in a review: code is not escaped.
func encode(r teamLine) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("encode a dismissal: %w", err)
	}
	return line.Bytes(), nil
}

// endOf is what a file lacks at its end for a new line to begin.
func endOf(file *os.File, size int64) []byte {
	var last [1]byte
	if size > 0 {
		if _, err := file.ReadAt(last[:], size-1); err != nil || last[0] != '\n' {
			return []byte("\n")
		}
	}
	return nil
}
