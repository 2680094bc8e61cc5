// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

// RemoveIDs forgets every pair whose id is gone, and tells how many they were. It reads all ids once: for many
// pairs, such as a whole import, that takes far less than removing each. Searches go on meanwhile; the next one
// finds none of them.
func (x *Index) RemoveIDs(gone func(id uint64) bool) (removed int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	note := func(h Hash, id uint64) {
		removed++
		for _, c := range x.running {
			c.removed = append(c.removed, pair{h, id}) // the segment it builds may hold the pair already
		}
	}
	v := x.current.Load()
	for _, t := range v.tails {
		t.removeIDs(gone, note)
	}
	for _, s := range v.segments {
		s.removeIDs(gone, note)
	}
	x.schedule() // a segment of which little is left is built again
	return removed
}

func (t *tail) removeIDs(gone func(uint64) bool, note func(Hash, uint64)) {
	for p := range t.slots {
		if gone(p.id) {
			t.remove(p)
			note(p.hash, p.id)
		}
	}
}

func (s *Segment) removeIDs(gone func(uint64) bool, note func(Hash, uint64)) {
	for row, id := range s.ids {
		if gone(id) && s.kill(row) {
			note(s.hashes[row].hash(), id)
		}
	}
	for i, id := range s.extras {
		if gone(id) && s.kill(s.shape.rows+i) {
			note(s.hashes[s.owners[i]].hash(), id)
		}
	}
}
