// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "math/bits"

// lanes is how many hashes lie side by side in a plane, one word of each in a cache line.
const lanes = 8

// plane holds one half of eight hashes: word k of hash i at [k][i]. Hashes that are scanned are kept in two
// planes, since the first half alone shows almost every stranger: it is all that a scan reads of them.
type plane [2][lanes]uint64

// put writes half of a hash: its words 0 and 1, or 2 and 3.
func (p *plane) put(lane int, first, second uint64) { p[0][lane], p[1][lane] = first, second }

// near gives the lanes whose half differs from that of the query in at most limit bits.
func (p *plane) near(first, second uint64, limit, count int) (mask uint8) {
	for lane := range count {
		distance := bits.OnesCount64(p[0][lane]^first) + bits.OnesCount64(p[1][lane]^second)
		if distance <= limit {
			mask |= 1 << lane
		}
	}
	return mask
}

// scanPlanesPortable appends the numbers of hashes whose half is within the limit.
func scanPlanesPortable(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	for i := range planes {
		p := &planes[i]
		for lane := range p[0] {
			if bits.OnesCount64(p[0][lane]^first)+bits.OnesCount64(p[1][lane]^second) <= limit {
				near = append(near, uint32(i*lanes+lane))
			}
		}
	}
	return near
}
