// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal

// Find reports every occurrence of every pattern in a text, overlapping and nested ones too: text[start:end]
// is the pattern. They come by their ends, of equal ends the longest first, of equal patterns in the order of
// the list. It stops when report returns false. It allocates nothing.
func (s *Set) Find(text []byte, report func(pattern, start, end int) bool) {
	if len(s.lengths) == 0 {
		return
	}
	for at, on := s.filter.next(text, 0), true; on && at < len(text); at = s.filter.next(text, at) {
		at, on = s.walk(text, at, report)
	}
}

// walk runs the automaton from a place where a pattern may begin until none that began there or later can
// still end, and says where that is; false when report wants no more.
func (s *Set) walk(text []byte, at int, report func(pattern, start, end int) bool) (int, bool) {
	nodes, state := s.nodes, uint32(root)
	for at < len(text) {
		class := uint32(s.classes[text[at]])
		at++
		if class == 0 {
			return at, true
		}
		later := false // whether the earliest beginning moved
		for {
			next := nodes[state].base ^ class
			if uint32(nodes[next].class) == class {
				state = next
				break
			}
			if state == root {
				return at, true
			}
			state, later = nodes[state].fail, true
		}
		reached := &nodes[state]
		if reached.first != 0 && !s.tell(reached.first, at, report) {
			return at, false
		}
		if later && int(reached.depth) < word {
			if state = s.likely(text, at, state); state == root {
				return at, true
			}
		}
	}
	return at, true
}

// likely leaves out of a state the beginnings that the filter knows to lead nowhere. Without it a set with
// all short beginnings, as any set of fifty thousand words is, would never be back at the root.
func (s *Set) likely(text []byte, at int, state uint32) uint32 {
	for state != root && !s.filter.passes(text, at-int(s.nodes[state].depth)) {
		state = s.nodes[state].fail
	}
	return state
}

func (s *Set) tell(first uint32, end int, report func(pattern, start, end int) bool) bool {
	for e := first; e != 0; e = s.endings[e].next {
		pattern := int(s.endings[e].pattern)
		if !report(pattern, end-int(s.lengths[pattern]), end) {
			return false
		}
	}
	return true
}
