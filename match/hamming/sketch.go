// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "math/bits"

func onesCount16(x uint16) int { return bits.OnesCount64(uint64(x)) }

// nearSketchesPortable appends the places of sketches that differ from that of the query in at most limit
// bits, which is not negative.
func nearSketchesPortable(sketches []uint16, query uint16, limit int, near []uint32) []uint32 {
	next := nextNear
	if limit == 2 { // by far the most frequent
		next = nextNear2
	}
	at := uint32(0)
	for len(sketches) >= 4 {
		skipped, low := next(sketches, query, limit)
		at += skipped
		sketches = sketches[skipped:]
		if low == 0 {
			break
		}
		for ; low != 0; low &= low - 1 {
			lane := bits.TrailingZeros64(low) / 16
			if onesCount16(sketches[lane]^query) <= limit {
				near = append(near, at+uint32(lane))
			}
		}
		at += 4
		sketches = sketches[4:]
	}
	for i, sketch := range sketches {
		if onesCount16(sketch^query) <= limit {
			near = append(near, at+uint32(i))
		}
	}
	return near
}

// Four sketches lie in a word: these are the lowest bit of each, the highest, and the others.
const (
	lowest  = 0x0001_0001_0001_0001
	highest = 0x8000_8000_8000_8000
	others  = 0x7fff_7fff_7fff_7fff
)

func four(s []uint16) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<16 | uint64(s[2])<<32 | uint64(s[3])<<48
}

// nextNear skips sketches four at a time until one of four is near: it has the highest of its 16 bits set in
// low. It counts the bits of all four at once, each in its 16 bits of a word.
func nextNear(sketches []uint16, query uint16, limit int) (skipped uint32, low uint64) {
	wanted := uint64(query) * lowest
	// Adding this to a count carries into the high bit just when the count is above the limit.
	carry := uint64(0x7fff-limit) * lowest
	for ; len(sketches) >= 4; sketches = sketches[4:] {
		x := four(sketches) ^ wanted
		x -= x >> 1 & 0x5555_5555_5555_5555
		x = x&0x3333_3333_3333_3333 + x>>2&0x3333_3333_3333_3333
		x = (x + x>>4) & 0x0f0f_0f0f_0f0f_0f0f
		x = (x + x>>8) & 0x00ff_00ff_00ff_00ff
		if low = ^(x + carry) & highest; low != 0 {
			return skipped, low
		}
		skipped += 4
	}
	return skipped, 0
}

// nextNear2 is nextNear for the limit 2, with half the work: it clears the lowest bit of each sketch twice
// and looks whether any is left. The highest bit is no part of that, so that there is always one to clear; a
// few sketches with three bits pass therefore.
func nextNear2(sketches []uint16, query uint16, _ int) (skipped uint32, low uint64) {
	wanted := uint64(query) * lowest
	for ; len(sketches) >= 8; sketches = sketches[8:] {
		first, second := atMost2(four(sketches)^wanted), atMost2(four(sketches[4:])^wanted)
		if first|second != 0 {
			if first != 0 {
				return skipped, first
			}
			return skipped + 4, second
		}
		skipped += 8
	}
	if len(sketches) >= 4 {
		if low = atMost2(four(sketches) ^ wanted); low != 0 {
			return skipped, low
		}
		skipped += 4
	}
	return skipped, 0
}

// atMost2 has the highest bit of a number set when its other bits are at most two.
func atMost2(x uint64) uint64 {
	x |= highest
	x = x&(x-lowest) | highest
	x &= x - lowest
	return ^(x&others + others) & highest
}
