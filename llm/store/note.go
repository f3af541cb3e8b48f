package store

import "sync"

// noted is the note of now.
type noted struct {
	mu   sync.Mutex
	text string            // guarded by mu
	tell func(note string) // guarded by mu; nil: nobody
}

// tellTo says who hears of changes from now on.
func (n *noted) tellTo(tell func(note string)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tell = tell
}

// Note is one line for the user: what is wrong with the file and what to do.
// It is empty while all is well, and may change; see [Options.OnNote].
func (s *Store) Note() string {
	s.noted.mu.Lock()
	defer s.noted.mu.Unlock()
	return s.noted.text
}

// say changes the note.
func (s *Store) say(text string) {
	s.noted.mu.Lock()
	same := s.noted.text == text
	s.noted.text = text
	tell := s.noted.tell
	s.noted.mu.Unlock()
	if same {
		return
	}
	if text != "" {
		s.log("store: %s", text)
	}
	if tell != nil {
		tell(text)
	}
}

// What the user is told: what is wrong, what becomes of new results, and the
// cure.
func noteLocked(path string) string {
	return "Another program has locked " + path + "; results are kept in memory until it lets go."
}

func noteFull(path string) string {
	return "There is no room left where " + path + " lies; new results are kept in memory. Make room there."
}

func noteReadOnly(path string) string {
	return "The store " + path + " can not be written; it is read, and new results are kept in memory. Make it and its folder writable."
}

func noteUnusable(path string) string {
	return "The store " + path + " can not be used; results are kept in memory. Check the disk, and the rights of the file and its folder."
}
