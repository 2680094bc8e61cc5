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

// near gives the lanes, among the first count, that may be within the limit of the query: those where the
// places of a word in which either word of the half differs are no more. That is never more than the bits
// that differ, takes one count instead of two, and shows a stranger almost as surely.
func (p *plane) near(first, second uint64, limit, count int) uint32 {
	mask := uint32(0)
	for lane := range p[0][:count] {
		places := bits.OnesCount64((p[0][lane] ^ first) | (p[1][lane] ^ second))
		mask = mask>>1 | uint32(places-limit-1)&(1<<31) // no branch: it would be guessed wrong now and then
	}
	return mask >> (32 - count)
}

// scanPlanesPortable appends the numbers of hashes that may be within the limit.
func scanPlanesPortable(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	for i := range planes {
		if mask := planes[i].near(first, second, limit, lanes); mask != 0 {
			near = appendLanes(near, i*lanes, mask)
		}
	}
	return near
}

// appendLanes appends first plus the numbers of the lanes that are set in a mask.
func appendLanes(near []uint32, first int, mask uint32) []uint32 {
	for ; mask != 0; mask &= mask - 1 {
		near = append(near, uint32(first+bits.TrailingZeros32(mask)))
	}
	return near
}
