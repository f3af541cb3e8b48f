package review

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// dismissedSet is a set of dismissals, to look identities up in.
type dismissedSet struct {
	byID      map[string]Dismissal
	bySubject map[string][]Identity
}

func (x *dismissedSet) add(d Dismissal) {
	if x.byID == nil {
		x.byID, x.bySubject = map[string]Dismissal{}, map[string][]Identity{}
	}
	if other, there := x.byID[d.ID]; there {
		d.All = d.All || other.All || other.Message != d.Message
	} else {
		x.bySubject[d.subject()] = append(x.bySubject[d.subject()], d.Identity)
	}
	x.byID[d.ID] = d
}

// hides says that a finding is dismissed. subject is that of about.
func (x *dismissedSet) hides(subject string, about Identity, sole bool) bool {
	return slices.ContainsFunc(x.bySubject[subject], func(one Identity) bool { return one.hides(about, sole) })
}

// words adds the messages of what hides a finding. It is false when its words do
// not matter.
func (x *dismissedSet) words(subject string, about Identity, sole bool, words *[]string) bool {
	for _, one := range x.bySubject[subject] {
		if !one.hides(about, sole) {
			continue
		}
		d := x.byID[one.id()]
		if d.All || d.Message == "" {
			return false
		}
		*words = append(*words, d.Message)
	}
	return true
}

// without is the set but for one.
func (x *dismissedSet) without(id string) dismissedSet {
	if _, there := x.byID[id]; !there {
		return *x
	}
	var rest dismissedSet
	for _, d := range x.byID {
		if d.ID != id {
			rest.add(d)
		}
	}
	return rest
}

// memoryStore is a store that lasts as long as the session.
type memoryStore struct {
	mu         sync.Mutex
	kept       map[string]Dismissal
	generation int64
}

func (m *memoryStore) List(context.Context) ([]Dismissal, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.kept)), nil
}

func (m *memoryStore) Put(_ context.Context, d Dismissal) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]Dismissal{}
	}
	m.kept[d.ID] = d
	m.generation++
	return nil
}

func (m *memoryStore) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, id)
	m.generation++
	return nil
}

func (m *memoryStore) Generation(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.generation, nil
}
