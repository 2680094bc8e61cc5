// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"math/bits"
)

// Bits is the length of a hash.
const Bits = 256

// Hash is 256 bits in the order of their text form, the most significant byte first. It has the shape of
// pdq.Hash, so that the one converts to the other for nothing.
type Hash [32]byte

// Distance is the number of bits in which two hashes differ.
func Distance(a, b Hash) int {
	x, y := a.words(), b.words()
	return x.distance(&y)
}

// words is a hash as it is compared: its bytes as little-endian numbers on every machine, so that a part of a
// hash means the same bits in every file. Bit i of the whole is bit i%64 of word i/64.
type words [4]uint64

func (h *Hash) words() words {
	return words{
		binary.LittleEndian.Uint64(h[0:]), binary.LittleEndian.Uint64(h[8:]),
		binary.LittleEndian.Uint64(h[16:]), binary.LittleEndian.Uint64(h[24:]),
	}
}

func (w *words) hash() (h Hash) {
	for i, word := range w {
		binary.LittleEndian.PutUint64(h[8*i:], word)
	}
	return h
}

func (w *words) distance(v *words) int {
	return bits.OnesCount64(w[0]^v[0]) + bits.OnesCount64(w[1]^v[1]) +
		bits.OnesCount64(w[2]^v[2]) + bits.OnesCount64(w[3]^v[3])
}

// within gives the distance when it is at most radius. Most hashes are strangers, and show it when the places
// are counted in which either word of the first half differs: there are never more of them than bits that
// differ.
func (w *words) within(v *words, radius int) (distance int, ok bool) {
	first, second := w[0]^v[0], w[1]^v[1]
	if bits.OnesCount64(first|second) > radius {
		return 0, false
	}
	distance = bits.OnesCount64(first) + bits.OnesCount64(second) +
		bits.OnesCount64(w[2]^v[2]) + bits.OnesCount64(w[3]^v[3])
	return distance, distance <= radius
}

func (w *words) compare(v *words) int {
	for i := range w {
		switch {
		case w[i] < v[i]:
			return -1
		case w[i] > v[i]:
			return 1
		}
	}
	return 0
}
