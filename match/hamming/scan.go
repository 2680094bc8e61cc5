// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

// scan reads every hash.
func (s *Segment) scan(q *words, threshold int, found *collector) {
	for row := range s.hashes {
		if distance, ok := s.hashes[row].within(q, threshold); ok {
			s.collect(row, distance, found)
		}
	}
}

// tileRows is how many hashes are compared with every query before the next are read: few enough to stay in
// the nearest cache.
const tileRows = 512

// scanAll reads every hash once for several queries.
func (s *Segment) scanAll(queries []words, threshold int, found []collector, work *scratch) {
	for begin := 0; begin < len(s.hashes); begin += tileRows {
		tile := s.hashes[begin:min(begin+tileRows, len(s.hashes))]
		for i := range tile {
			work.tile[i/lanes].put(i%lanes, tile[i][0], tile[i][1])
		}
		planes := work.tile[:(len(tile)+lanes-1)/lanes]
		for i := range queries {
			q := &queries[i]
			work.near = scanPlanes(planes, q[0], q[1], threshold, work.near[:0])
			for _, near := range work.near {
				if int(near) >= len(tile) {
					break // lanes of the last plane that an earlier tile filled
				}
				if distance := tile[near].distance(q); distance <= threshold {
					s.collect(begin+int(near), distance, &found[i])
				}
			}
		}
	}
}
