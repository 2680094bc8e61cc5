// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"math/bits"
	"slices"
)

// ball is every number of width bits with at most radius bits set: what a key is changed by to reach its
// neighbours. It is sorted, so that neighbours which share a cache line are visited one after the other.
func ball(width, radius int) []uint32 {
	masks := []uint32{0}
	previous := masks
	for range radius {
		var next []uint32
		for _, mask := range previous {
			for bit := bits.Len32(mask); bit < width; bit++ {
				next = append(next, mask|1<<bit)
			}
		}
		masks = append(masks, next...)
		previous = next
	}
	slices.Sort(masks)
	return masks
}

// balls are those of one width, by radius.
type balls [maxRadius + 1][]uint32

// ballsFor gives each chunk its balls; chunks of the same width share them.
func ballsFor(l layout) []*balls {
	all := make([]*balls, len(l))
	for i, c := range l {
		if i > 0 && l[i-1].width == c.width && l[i-1].radius == c.radius {
			all[i] = all[i-1]
			continue
		}
		all[i] = new(balls)
		for radius := 0; radius <= c.radius; radius++ {
			all[i][radius] = ball(c.width, radius)
		}
	}
	return all
}
