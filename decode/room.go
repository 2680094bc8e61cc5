// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

// room is where candidates and their steps are kept, many in one piece: a hostile text has a hundred thousand of them.
type room struct {
	candidates []candidate
	steps      []Step // the part that is free
}

const (
	fewestInRoom = 8
	mostInRoom   = 512
)

// empty are steps to be added to; they count as kept only once a candidate with them is stored.
func (r *room) empty() []Step { return r.steps[:0] }

// store keeps a candidate.
func (s *scan) store(c *candidate) {
	r := &s.room
	if n := len(c.steps); n > 0 {
		if n <= cap(r.steps) && &c.steps[0] == &r.steps[:1][0] {
			r.steps = r.steps[n:n:cap(r.steps)]
		}
		c.steps = c.steps[:n:n]
	}
	if cap(r.steps) < fewestInRoom {
		r.steps = make([]Step, 0, min(mostInRoom, fewestInRoom*(1+len(s.found))))
	}
	if len(r.candidates) == cap(r.candidates) {
		r.candidates = make([]candidate, 0, min(mostInRoom, fewestInRoom*(1+len(s.found))))
	}
	r.candidates = append(r.candidates, *c)
	s.found = append(s.found, &r.candidates[len(r.candidates)-1])
}
