// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package minhash sketches a set of numbers in 256 bytes so that how much two sets resemble each other can
// be estimated without the sets, and likely pairs be found by equal bands. An estimate must never be taken
// for a proof, nor a sketch of guessable members be shown to others unless it was drawn with a key. Start
// reading at Sketch.
package minhash

import (
	"encoding/binary"
	"math"
)

const (
	// Slots is how many samples a signature holds. The standard error of Resemblance is at most
	// 1/(2·√128), about .044.
	Slots = 128
	// Bands is how many groups of Rows slots are looked up whole. A pair of sets that resemble each other
	// by j agrees in a band with probability 1-(1-j⁴)³²: 87 % at .5, 23 % at .3.
	Bands = 32
	Rows  = Slots / Bands
	// Size is the length of a signature in bytes.
	Size = 2 * Slots
)

// Signature holds, for each slot, sixteen bits drawn from the least member of the set that falls into it.
type Signature [Slots]uint16

// Resemblance estimates the share of members two sets have in common, of all that they have: 0 to 1.
func Resemblance(a, b *Signature) float64 {
	equal := 0
	for i := range a {
		if a[i] == b[i] {
			equal++
		}
	}
	return float64(equal) / Slots
}

// Resembles says whether Resemblance reaches a threshold for a signature written by Append, without reading
// it whole when it cannot.
func (s *Signature) Resembles(written []byte, threshold float64) bool {
	missing := int(math.Ceil(threshold * Slots))
	for i := 0; missing > 0 && missing <= Slots-i; i++ {
		if binary.LittleEndian.Uint16(written[2*i:]) == s[i] {
			missing--
		}
	}
	return missing <= 0
}

// BandKeys names each band by its place and content. Sets with an equal key are worth comparing.
func (s *Signature) BandKeys() (keys [Bands]uint32) {
	for band := range keys {
		rows := s[band*Rows:][:Rows]
		packed := uint64(rows[0]) | uint64(rows[1])<<16 | uint64(rows[2])<<32 | uint64(rows[3])<<48
		keys[band] = uint32(mix(packed + uint64(band)*golden))
	}
	return keys
}

// Append writes the signature in Size bytes, least significant first.
func (s *Signature) Append(to []byte) []byte {
	for _, slot := range s {
		to = binary.LittleEndian.AppendUint16(to, slot)
	}
	return to
}

// Read is the inverse of Append. It needs Size bytes.
func Read(from []byte) (s Signature) {
	for i := range s {
		s[i] = binary.LittleEndian.Uint16(from[2*i:])
	}
	return s
}
