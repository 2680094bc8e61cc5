// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "math/bits"

// Probing meets memory that no cache holds: starts, then sketches, then rows and hashes for the few that are
// left. Each step does its reads for all chunks before the next step decides anything by them, so that the
// processor has many under way at once instead of waiting for each.

// probe is one key to look up in one chunk.
type probe struct {
	span
	posting uint8
	limit   int8 // bits in which a sketch may differ
}

// candidate is a place in the lists of a posting.
type candidate struct {
	at      uint32
	row     uint32
	posting uint8
}

// scratch is what a query needs beside its result.
type scratch struct {
	probes     []probe
	near       []uint32
	candidates []candidate
	tile       [tileRows / lanes]plane
	touched    uint64
}

// batch is how many candidates are compared at a time.
const batch = 1024

// lookup is one query to one segment.
type lookup struct {
	*Segment
	query     *words
	threshold int
	radii     plan
	sketches  [maxChunks]uint16
	found     *collector
	work      *scratch
}

// search adds what the segment holds within the threshold, by its chunks where they are exact, and tells
// whether they were.
func (s *Segment) search(q *words, threshold int, found *collector, work *scratch) (probed bool) {
	if threshold > s.shape.layout.guarantee() {
		s.scan(q, threshold, found)
		return false
	}
	l := lookup{Segment: s, query: q, threshold: threshold, radii: s.shape.layout.plan(threshold),
		found: found, work: work}
	l.plan()
	l.touch()
	l.compare()
	return true
}

// limit is how many bits the next chunk may differ in when this one differs in distance bits.
func (l *lookup) limit(i, distance int) int {
	next := (i + 1) % len(l.postings)
	return int(l.radii[i]) + int(l.radii[next]) + 1 - distance
}

// plan lists the keys of all chunks that are near enough, with the spans of their rows.
func (l *lookup) plan() {
	probes := l.work.probes[:0]
	for i := range l.postings {
		p := &l.postings[i]
		l.sketches[i] = p.sketch(l.query)
		if l.radii[i] < 0 {
			continue
		}
		key, limit := p.key(l.query), l.limit(i, 0)
		for _, mask := range p.balls[l.radii[i]] {
			at := key ^ mask
			rest := limit - bits.OnesCount32(mask)
			probes = append(probes, probe{span{p.starts[at], p.starts[at+1]}, uint8(i), int8(rest)})
		}
	}
	l.work.probes = probes
}

// touch reads the beginning of each list, so that all are on their way before the first is needed.
func (l *lookup) touch() {
	sum := uint64(0)
	for i := range l.work.probes {
		p := &l.work.probes[i]
		if sketches := l.postings[p.posting].sketches; int(p.begin) < len(sketches) {
			sum += uint64(sketches[p.begin])
		}
	}
	l.work.touched = sum // else the compiler would leave the reads out
}

// compare finds the sketches that are near enough, and verifies their rows.
func (l *lookup) compare() {
	candidates := l.work.candidates[:0]
	for i := range l.work.probes {
		p := &l.work.probes[i]
		if p.limit < 0 {
			continue
		}
		posting := &l.postings[p.posting]
		near := nearSketches(posting.sketches[p.begin:p.end], l.sketches[p.posting], int(p.limit), l.work.near[:0])
		l.work.near = near
		for _, at := range near {
			candidates = append(candidates, candidate{at: p.begin + at, posting: p.posting})
		}
		if len(candidates) >= batch {
			l.verify(candidates)
			candidates = candidates[:0]
		}
	}
	l.verify(candidates)
	l.work.candidates = candidates
}

// verify compares the hashes of candidates.
func (l *lookup) verify(candidates []candidate) {
	for i := range candidates {
		c := &candidates[i]
		c.row = l.postings[c.posting].members.at(c.at)
	}
	for i := range candidates {
		c := &candidates[i]
		if distance, ok := l.hashes[c.row].within(l.query, l.threshold); ok && l.isFirst(c) {
			l.collect(int(c.row), distance, l.found)
		}
	}
}

// isFirst tells whether no earlier chunk leads to the row, so that each is reported once: within a chunk a
// row has one key only.
func (l *lookup) isFirst(c *candidate) bool {
	w := &l.hashes[c.row]
	for i := range int(c.posting) {
		p := &l.postings[i]
		distance := bits.OnesCount32(p.key(l.query) ^ p.key(w))
		if distance <= int(l.radii[i]) && onesCount16(p.sketch(w)^l.sketches[i]) <= l.limit(i, distance) {
			return false
		}
	}
	return true
}

// collect reports the ids of a row that are not removed.
func (s *Segment) collect(row, distance int, found *collector) {
	if !bit(s.shared, row) {
		if !s.isDead(row) {
			found.add(s.ids[row], distance, &s.hashes[row])
		}
		return
	}
	for slot, id := range s.slotsOf(row) {
		if !s.isDead(slot) {
			found.add(id, distance, &s.hashes[row])
		}
	}
}
