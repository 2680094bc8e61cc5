// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"fmt"
	"math/bits"
)

// chunk is a part of a hash by which a segment is looked up: width bits from the bit offset on, probed at all
// values that differ in at most radius bits.
type chunk struct {
	offset, width, radius int
}

// key is the value of the chunk in a hash.
func (c *chunk) key(w *words) uint32 {
	word, shift := c.offset/64, c.offset%64
	low := w[word] >> shift
	if shift+c.width > 64 {
		low |= w[word+1] << (64 - shift)
	}
	return uint32(low) & (1<<c.width - 1)
}

// layout is how a segment splits the hash: chunks that share no bit. None at all means that the segment is
// always read whole.
type layout []chunk

const (
	maxChunks = 32
	maxWidth  = 28 // 1 GiB of starts a chunk
	maxRadius = 3
)

// check refuses what a segment must not claim.
func (l layout) check() error {
	if len(l) > maxChunks {
		return fmt.Errorf("%d chunks", len(l))
	}
	end := 0
	for _, c := range l {
		if c.offset < end || c.width < 1 || c.width > maxWidth || c.offset+c.width > Bits {
			return fmt.Errorf("chunk of %d bits at %d after bit %d", c.width, c.offset, end)
		}
		if c.radius < 0 || c.radius > maxRadius || c.radius >= c.width {
			return fmt.Errorf("chunk of %d bits with radius %d", c.width, c.radius)
		}
		end = c.offset + c.width
	}
	return nil
}

// guarantee is the greatest threshold that the chunks answer exactly; -1 for none. When each of the disjoint
// chunks of two hashes differed in more than its radius r, the hashes would differ in at least the sum of all
// r+1: so a pair that is nearer has a chunk that does not.
//
// More is true. Put the chunks on a ring, and let e be the difference of each less r+1. The e of a near pair
// sum to less than nothing; so among all sums of e from chunk 0 on, round and round, there is a last greatest
// one, and every sum that begins behind it is negative. That is: some chunk differs in at most r bits, and
// it and the next chunk together in at most r+1+r' bits, r' being the radius of the next.
func (l layout) guarantee() int {
	sum := 0
	for _, c := range l {
		sum += c.radius + 1
	}
	return sum - 1
}

// plan is for each chunk the radius to probe at one threshold; -1 leaves the chunk out.
type plan [maxChunks]int8

// plan gives the smallest radii that are still exact at the threshold, which must be within the guarantee:
// the sum of all r+1 must be threshold+1, and a step from r to r+1 costs the more the greater r is.
func (l layout) plan(threshold int) (p plan) {
	for i := range p {
		p[i] = -1
	}
	need := threshold + 1
	for radius := 0; radius <= maxRadius && need > 0; radius++ {
		for i := range l {
			if need > 0 && radius <= l[i].radius {
				p[i] = int8(radius)
				need--
			}
		}
	}
	return p
}

// Sizes at which layouts change. BenchmarkLayout measures beside each other what they choose between.
const (
	scanRows  = 4 << 10 // below, reading the whole segment costs no more than probing it
	smallRows = 1 << 24 // up to here a row's number has three bytes, and with 16 chunks a hash less than 132
)

// layoutFor chooses the layout of a segment of that many rows; each is exact to 31. Candidates are cheap,
// since they are compared where they lie (see posting): so chunks are few bits wide, keys few, and starts
// cost at most 8 bytes a row.
func layoutFor(rows int) layout {
	switch logarithm := bits.Len(uint(rows)) - 1; {
	case rows < scanRows:
		return nil
	case rows <= smallRows:
		return equalChunks(16, min(logarithm-3, 16), 16)
	default:
		return equalChunks(14, 18, 10)
	}
}

// equalChunks gives chunks of one width; the first single of them have radius 1, the others 2.
func equalChunks(count, width, single int) layout {
	l := make(layout, count)
	for i := range l {
		l[i] = chunk{i * (Bits / count), width, 1}
		if i >= single {
			l[i].radius = 2
		}
	}
	return l
}
