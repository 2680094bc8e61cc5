// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tlsh

import (
	"encoding/binary"
	"math/bits"
)

// MatchDistance is the greatest distance that counts as a match unless an operator says otherwise. The peers
// that exchange these digests use it on DistanceWithoutLength.
const MatchDistance = 30

const (
	lengthClasses = 256
	ratios        = 16
	stepWeight    = 12 // what each step of length or ratio beyond the first costs
)

// Difference is a distance in its parts, so that a person can see where it comes from.
type Difference struct {
	Length   int // different length classes
	Ratios   int // different shapes of the distribution
	Checksum int // 1 when the checksums differ
	Buckets  int // different counts, bucket by bucket
}

// Total is the distance.
func (d Difference) Total() int { return d.Length + d.WithoutLength() }

// WithoutLength is the distance that leaves aside how long the texts are.
func (d Difference) WithoutLength() int { return d.Ratios + d.Checksum + d.Buckets }

// Distance is 0 for the same digest and grows without a fixed end; see MatchDistance.
func Distance(a, b Hash) int { return Compare(a, b).Total() }

// DistanceWithoutLength is Distance without the part for the length.
func DistanceWithoutLength(a, b Hash) int { return Compare(a, b).WithoutLength() }

// Compare says in which parts two digests differ.
func Compare(a, b Hash) Difference {
	var d Difference
	d.Length = lengthCost(around(a.lengthClass(), b.lengthClass(), lengthClasses))
	a1, a2 := a.quartiles()
	b1, b2 := b.quartiles()
	d.Ratios = ratioCost(around(a1, b1, ratios)) + ratioCost(around(a2, b2, ratios))
	if a.checksum() != b.checksum() {
		d.Checksum = 1
	}
	x, y := a.body(), b.body()
	for i := 0; i < bodySize; i += 8 {
		d.Buckets += bucketCost(binary.LittleEndian.Uint64(x[i:]), binary.LittleEndian.Uint64(y[i:]))
	}
	return d
}

// around is the distance of two places on a circle.
func around(a, b byte, circle int) int {
	d := int(a) - int(b)
	if d < 0 {
		d = -d
	}
	return min(d, circle-d)
}

func lengthCost(steps int) int {
	if steps <= 1 {
		return steps
	}
	return steps * stepWeight
}

func ratioCost(steps int) int {
	if steps <= 1 {
		return steps
	}
	return (steps - 1) * stepWeight
}

// bucketCost compares 32 buckets of two bits: 0, 1 or 2 for as many levels apart, 6 for the lowest level here
// and the highest there.
func bucketCost(x, y uint64) int {
	const low = 0x5555555555555555 // the lower bit of every bucket
	lower, upper := (x^y)&low, (x^y)>>1&low
	extremes := lower & upper &^ (x ^ x>>1) // both bits differ, and those of x are equal: 0 against 3
	return bits.OnesCount64(lower) + 2*bits.OnesCount64(upper&^lower) + 5*bits.OnesCount64(extremes)
}
