// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tlsh

import (
	"errors"
	"math"
	"slices"
)

// MinSize is the least number of bytes a digest is made from.
const MinSize = 50

// AdvisedSize is the size in bytes from which digests are worth comparing: below it a tenth of the words
// changed already puts most pairs beyond MatchDistance.
const AdvisedSize = 1024

// Why a text has no digest.
var (
	ErrShort   = errors.New("tlsh: a text of fewer than 50 bytes has no digest")
	ErrUniform = errors.New("tlsh: a text that repeats itself this much has no digest")
	ErrLong    = errors.New("tlsh: a text of 4 GiB or more has no digest")
)

const (
	buckets    = 128 // those that count, of the 256 a byte can name
	windowSize = 5   // bytes whose triplets are counted together
)

// Sum computes the digest of a text. The bytes are taken as they are: fold or normalise before. Errors are
// ErrShort, ErrUniform and ErrLong.
func Sum(text []byte) (Hash, error) {
	switch {
	case len(text) < MinSize:
		return Hash{}, ErrShort
	case uint64(len(text)) > math.MaxUint32:
		return Hash{}, ErrLong
	}
	counts, checksum := countTriplets(text)
	return digest(counts[:buckets], checksum, len(text))
}

// countTriplets slides a window over the text and counts, for its newest byte, the six triplets that it forms
// with two of the four bytes before. Each kind of triplet starts from its own salt, already passed through
// the permutation once.
func countTriplets(text []byte) (counts *[256]uint32, checksum byte) {
	counts = new([256]uint32)
	e, d, c, b := text[0], text[1], text[2], text[3] // oldest to newest
	for _, a := range text[windowSize-1:] {
		checksum = triplet(1, a, b, checksum)
		counts[triplet(49, a, b, c)]++
		counts[triplet(12, a, b, d)]++
		counts[triplet(178, a, c, d)]++
		counts[triplet(166, a, c, e)]++
		counts[triplet(84, a, b, e)]++
		counts[triplet(230, a, d, e)]++
		e, d, c, b = d, c, b, a
	}
	return counts, checksum
}

func triplet(salt, x, y, z byte) byte {
	return permutation[permutation[permutation[salt^x]^y]^z]
}

// digest compares each bucket with the quartiles of all.
func digest(counts []uint32, checksum byte, size int) (Hash, error) {
	sorted := slices.Clone(counts)
	slices.Sort(sorted)
	q1, q2, q3 := sorted[buckets/4-1], sorted[buckets/2-1], sorted[buckets-buckets/4-1]
	if q2 == 0 { // more than half of the buckets must hold something
		return Hash{}, ErrUniform
	}
	h := Hash{swapHalves(checksum), swapHalves(lengthClass(size)), ratio(q1, q3)<<4 | ratio(q2, q3)}
	body := h[hashSize-bodySize:]
	for i, n := range counts {
		var level byte
		switch {
		case n > q3:
			level = 3
		case n > q2:
			level = 2
		case n > q1:
			level = 1
		}
		body[bodySize-1-i/4] |= level << (i % 4 * 2)
	}
	return h, nil
}

func ratio(quartile, third uint32) byte { return byte(uint64(quartile) * 100 / uint64(third) % 16) }

// lengthClass is the number of the first class that holds texts of this size.
func lengthClass(size int) byte {
	class, _ := slices.BinarySearch(largestOfClass[:], uint32(size))
	return byte(class)
}
