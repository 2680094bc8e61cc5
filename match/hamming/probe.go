// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "math/bits"

// Probing meets memory that no cache holds: starts, then members, then hashes. Each step does all of its reads
// of one chunk before the next step decides anything by them, so that the processor has many under way at once
// instead of waiting for each.

// span is a range of members.
type span struct{ begin, end uint32 }

// batch is how many candidates are compared at a time.
const batch = 4096

// scratch is what a query needs beside its result.
type scratch struct {
	spans      []span
	candidates []uint32
	planes     []plane
}

// search adds what the segment holds within the threshold, by its chunks where they are exact, and tells
// whether they were.
func (s *Segment) search(q *words, threshold int, found *collector, work *scratch) (probed bool) {
	if threshold > s.shape.layout.guarantee() {
		s.scan(q, threshold, found)
		return false
	}
	radii := s.shape.layout.plan(threshold)
	for i := range s.postings {
		if radii[i] >= 0 {
			s.probe(i, q, threshold, &radii, found, work)
		}
	}
	return true
}

// probe looks up one chunk at every key that is near enough.
func (s *Segment) probe(i int, q *words, threshold int, radii *plan, found *collector, work *scratch) {
	p := &s.postings[i]
	key := p.key(q)
	spans := work.spans[:0]
	for _, mask := range p.balls[radii[i]] {
		at := key ^ mask
		spans = append(spans, span{p.starts[at], p.starts[at+1]})
	}
	work.spans = spans
	candidates := work.candidates[:0]
	for _, span := range spans {
		for begin, end := span.begin, span.end; begin < end; {
			next := min(end, begin+batch)
			candidates = append(candidates, p.members[begin:next]...)
			begin = next
			if len(candidates) >= batch {
				s.verify(candidates, i, q, threshold, radii, found)
				candidates = candidates[:0]
			}
		}
	}
	s.verify(candidates, i, q, threshold, radii, found)
	work.candidates = candidates
}

// verify compares candidates that chunk i gave.
func (s *Segment) verify(candidates []uint32, i int, q *words, threshold int, radii *plan, found *collector) {
	hashes := s.hashes
	for _, row := range candidates {
		if distance, ok := hashes[row].within(q, threshold); ok && s.firstAt(i, row, q, radii) {
			s.collect(int(row), distance, found)
		}
	}
}

// firstAt tells whether no chunk before i leads to the row, so that each is reported once: within a chunk a
// row has one key only.
func (s *Segment) firstAt(i int, row uint32, q *words, radii *plan) bool {
	for j := range i {
		if radii[j] < 0 {
			continue
		}
		c := &s.postings[j].chunk
		if bits.OnesCount32(c.key(q)^c.key(&s.hashes[row])) <= int(radii[j]) {
			return false
		}
	}
	return true
}

// collect reports the ids of a row that are not removed.
func (s *Segment) collect(row, distance int, found *collector) {
	if !bit(s.shared, row) {
		if !s.isDead(row) {
			found.add(s.ids[row], distance)
		}
		return
	}
	for slot, id := range s.slotsOf(row) {
		if !s.isDead(slot) {
			found.add(id, distance)
		}
	}
}

// scan reads every hash.
func (s *Segment) scan(q *words, threshold int, found *collector) {
	for row := range s.hashes {
		if distance, ok := s.hashes[row].within(q, threshold); ok {
			s.collect(row, distance, found)
		}
	}
}
