// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Work counts what Find does with a text, by doing it again step by step: transitions and failures of the
// automaton, and places that the filter looks at.
func (s *Set) Work(text []byte) (steps, looks int) {
	at := 0
	for at < len(text) {
		next := s.filter.next(text, at)
		looks += next - at + 1
		at = next
		state := uint32(root)
		for running := at < len(text); running; running = state != root && at < len(text) {
			class := uint32(s.classes[text[at]])
			at++
			later := false
			for {
				steps++
				if next := s.nodes[state].base ^ class; class != 0 && uint32(s.nodes[next].class) == class {
					state = next
					break
				}
				if class == 0 {
					state = root
				}
				if state == root {
					break
				}
				state, later = s.nodes[state].fail, true
			}
			for later && state != root && s.nodes[state].depth < word {
				looks++
				if s.filter.passes(text, at-int(s.nodes[state].depth)) {
					break
				}
				state = s.nodes[state].fail
				steps++
			}
		}
	}
	return steps, looks
}

// Digest names all that a set holds.
func (s *Set) Digest() string {
	sum := sha256.New()
	for _, part := range []any{s.nodes, s.classes, s.endings, s.lengths, s.filter.long, s.filter.short} {
		if g, ok := part.(gram); ok {
			part = append([]uint64{g.mask, g.shift}, g.table...)
		}
		if binary.Write(sum, binary.LittleEndian, part) != nil {
			panic("a part of a set has no fixed size")
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
