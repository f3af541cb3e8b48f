package review

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// DismissalStore keeps the dismissals of one person, for all windows. Its errors
// are shown to that person.
type DismissalStore interface {
	List(ctx context.Context) ([]Dismissal, error)
	Put(ctx context.Context, d Dismissal) error // one with the same id is replaced
	Delete(ctx context.Context, id string) error
	// Generation is a number that is another after each Put and Delete, whoever
	// made it.
	Generation(ctx context.Context) (int64, error)
}

// Dismissals are what a person, or the team, does not want to see again. They
// are kept in a store, or with the code where a workspace folder has a
// [TeamFile]. Looking one up is done in memory. It is safe for use by several
// goroutines, and a nil one dismisses nothing.
type Dismissals struct {
	store DismissalStore
	turn  chan struct{} // full while files or the store are read or written

	mu    sync.RWMutex
	who   string
	own   map[string]ownDismissal // by id: made in this session, and not read back yet
	kept  dismissedSet            // what the store had when it was last read
	teams []*teamFile             // one for each workspace folder
	notes []string                // to be told
	told  map[string]bool

	reported map[string]bool // ids of what was dismissed after the last refresh, or by us since

	generation int64 // of kept; guarded by turn
}

// ownDismissal is one that this session made.
type ownDismissal struct {
	Dismissal

	subject string
	folder  string // of the workspace that its file is in; empty: in none
	written bool   // to the store or to the folder's file
	inStore bool   // written there: when it is read again, this one is not needed
}

// NewDismissals has nothing in it until it is refreshed. With a nil store it
// lasts as long as the session.
func NewDismissals(store DismissalStore) *Dismissals {
	if store == nil {
		store = &memoryStore{}
	}
	return &Dismissals{
		store: store, turn: make(chan struct{}, 1), own: map[string]ownDismissal{},
		told: map[string]bool{}, reported: map[string]bool{}, generation: -1,
	}
}

// SignAs says who dismisses, for others to read.
func (d *Dismissals) SignAs(who string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.who = who
}

// SetRoots takes the folders of the workspace, as absolute paths. What is in
// their files counts from the next [Dismissals.Refresh] on.
func (d *Dismissals) SetRoots(folders []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var teams []*teamFile
	for _, folder := range folders {
		at := slices.IndexFunc(d.teams, func(t *teamFile) bool { return t.folder == folder })
		if at >= 0 {
			teams = append(teams, d.teams[at])
			continue
		}
		teams = append(teams, &teamFile{folder: folder})
	}
	d.teams = teams
}

// Dismissed says that a finding of this identity is not to be shown. sole says
// that its quote stands only once in its unit.
func (d *Dismissals) Dismissed(about Identity, sole bool) bool {
	if d == nil {
		return false
	}
	subject := about.subject()
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, mine := range d.own {
		if mine.subject == subject && mine.hides(about, sole) {
			return true
		}
	}
	if d.kept.hides(subject, about, sole) {
		return true
	}
	return slices.ContainsFunc(d.teams, func(t *teamFile) bool { return t.now.hides(subject, about, sole) })
}

// words are the messages of what was dismissed under this identity; nil when
// its words do not matter.
func (d *Dismissals) words(about Identity, sole bool) (words []string) {
	subject := about.subject()
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, mine := range d.own {
		if mine.subject != subject || !mine.hides(about, sole) {
			continue
		}
		if mine.All || mine.Message == "" {
			return nil
		}
		words = append(words, mine.Message)
	}
	matter := d.kept.words(subject, about, sole, &words)
	for _, t := range d.teams {
		matter = matter && t.now.words(subject, about, sole, &words)
	}
	if !matter {
		return nil
	}
	return words
}

// errNothing is a dismissal that no finding could match.
var errNothing = errors.New("a dismissal needs a type and a quote")

// Add dismisses in memory, at once, and then writes it down; see
// [Dismissals.Hide].
func (d *Dismissals) Add(ctx context.Context, one Dismissal) error {
	keep, err := d.Hide(one)
	if err != nil {
		return err
	}
	return keep(ctx)
}

// Hide dismisses in memory, at once, and gives what writes it down: to the
// store, or to the file of the workspace folder that holds the dismissal's
// File. That is given in full, and kept as it is called below the folder. What
// could not be written stays dismissed in memory, and each later
// [Dismissals.Refresh] tries again.
func (d *Dismissals) Hide(one Dismissal) (keep func(context.Context) error, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if one.At.IsZero() {
		one.At = time.Now()
	}
	one.By = cmp.Or(one.By, d.who)
	var folder string
	one.File, folder = d.placeOf(one.File)
	one, sound := one.made()
	if !sound {
		return nil, errNothing
	}
	if before, there := d.lookUp(one.ID); there {
		one.All = one.All || before.All || before.Message != one.Message
	}
	mine := ownDismissal{Dismissal: one, subject: one.subject(), folder: folder}
	d.own[one.ID], d.reported[one.ID] = mine, true
	return func(ctx context.Context) error {
		return d.inTurn(ctx, func() error { return d.write(ctx, mine) })
	}, nil
}

// lookUp gives what is dismissed under an id. The lock must be held.
func (d *Dismissals) lookUp(id string) (Dismissal, bool) {
	if mine, there := d.own[id]; there {
		return mine.Dismissal, true
	}
	if one, there := d.kept.byID[id]; there {
		return one, true
	}
	for _, t := range d.teams {
		if one, there := t.now.byID[id]; there {
			return one, true
		}
	}
	return Dismissal{}, false
}

// placeOf is how a file is called below the innermost workspace folder that
// holds it, and that folder; one outside of all keeps its name.
func (d *Dismissals) placeOf(file string) (name, folder string) {
	name = filepath.ToSlash(file)
	if !filepath.IsAbs(file) {
		return name, ""
	}
	for _, t := range d.teams {
		if below, err := filepath.Rel(t.folder, file); err == nil && filepath.IsLocal(below) && len(t.folder) > len(folder) {
			name, folder = filepath.ToSlash(below), t.folder
		}
	}
	return name, folder
}

// List gives all that is dismissed, the oldest first.
func (d *Dismissals) List() []Dismissal {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := map[string]Dismissal{}
	for id, mine := range d.own {
		all[id] = mine.Dismissal
	}
	maps.Copy(all, d.kept.byID)
	for _, t := range d.teams {
		for id, one := range t.now.byID {
			one.Shared = true
			all[id] = one
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Dismissal) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
}

// ids are the ids of all that is dismissed. The lock must be held.
func (d *Dismissals) ids() map[string]bool {
	ids := map[string]bool{}
	for id := range d.own {
		ids[id] = true
	}
	for id := range d.kept.byID {
		ids[id] = true
	}
	for _, t := range d.teams {
		for id := range t.now.byID {
			ids[id] = true
		}
	}
	return ids
}

// IsIn says that a dismissal was made in a file, which is given in full.
func (d *Dismissals) IsIn(one Dismissal, file string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	name, _ := d.placeOf(file)
	return name != "" && one.File == visible(name)
}

// Notes gives, each once, the sentences that a person should read: what is wrong
// with a file, or why a dismissal is not shared.
func (d *Dismissals) Notes() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	notes := d.notes
	d.notes = nil
	return notes
}

func (d *Dismissals) note(sentence string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if sentence != "" && !d.told[sentence] {
		d.told[sentence] = true
		d.notes = append(d.notes, sentence)
	}
}
