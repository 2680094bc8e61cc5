// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import "math/bits"

func onesCount16(x uint16) int { return bits.OnesCount64(uint64(x)) }

// nearSketchesPortable appends the places of sketches that differ from that of the query in at most limit bits, which
// is not negative.
func nearSketchesPortable(sketches []uint16, query uint16, limit int, near []uint32) []uint32 {
	at := uint32(0)
	for len(sketches) >= 4 {
		skipped, low := nextNear(sketches, query, limit)
		at += skipped
		sketches = sketches[skipped:]
		if low == 0 {
			break
		}
		for ; low != 0; low &= low - 1 {
			near = append(near, at+uint32(bits.TrailingZeros64(low)/16))
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

// nextNear skips sketches four at a time until one of four is near: it has the highest of its 16 bits set in
// low. It counts the bits of all four at once, each in its 16 bits of a word.
func nextNear(sketches []uint16, query uint16, limit int) (skipped uint32, low uint64) {
	const (
		each = 0x0001_0001_0001_0001
		high = 0x8000_8000_8000_8000
	)
	wanted := uint64(query) * each
	// Adding this to a count carries into the high bit just when the count is above the limit.
	carry := uint64(0x7fff-limit) * each
	for ; len(sketches) >= 4; sketches = sketches[4:] {
		x := uint64(sketches[0]) | uint64(sketches[1])<<16 | uint64(sketches[2])<<32 | uint64(sketches[3])<<48
		x ^= wanted
		x -= x >> 1 & 0x5555_5555_5555_5555
		x = x&0x3333_3333_3333_3333 + x>>2&0x3333_3333_3333_3333
		x = (x + x>>4) & 0x0f0f_0f0f_0f0f_0f0f
		x = (x + x>>8) & 0x00ff_00ff_00ff_00ff
		if low = ^(x + carry) & high; low != 0 {
			return skipped, low
		}
		skipped += 4
	}
	return skipped, 0
}
