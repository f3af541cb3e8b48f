package git

import "slices"

// blobKey names a file for all time: what is at it never changes.
type blobKey struct{ commit, path string }

// Bounds of what is remembered: about what a person has open.
const (
	maxRemembered      = 256
	maxRememberedBytes = 16 << 20
)

// memory holds the bases that were asked for last. The zero value is ready.
type memory struct {
	kept []remembered // the one used last at the end
	size int          // bytes of them all
}

type remembered struct {
	key  blobKey
	base Base
}

func (m *memory) find(key blobKey) (Base, bool) {
	i := slices.IndexFunc(m.kept, func(r remembered) bool { return r.key == key })
	if i < 0 {
		return Base{}, false
	}
	r := m.kept[i]
	m.kept = append(slices.Delete(m.kept, i, i+1), r)
	return r.base, true
}

func (m *memory) add(key blobKey, base Base) {
	if _, twice := m.find(key); twice {
		return
	}
	m.kept = append(m.kept, remembered{key, base})
	m.size += base.size()
	for len(m.kept) > maxRemembered || m.size > maxRememberedBytes {
		m.size -= m.kept[0].base.size()
		m.kept = slices.Delete(m.kept, 0, 1)
	}
}
