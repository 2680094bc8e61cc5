// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package minhash

import "math"

// vacant stands in a slot that no member fell into.
const vacant = math.MaxUint64

const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio

// Sketch takes the members of a set, in any order and as often as they come. Its zero value is not ready:
// call Reset before the first set and before each further one.
type Sketch struct {
	least [Slots]uint64 // vacant where no member fell
	used  bool
}

// Reset empties the set.
func (s *Sketch) Reset() {
	for i := range s.least {
		s.least[i] = vacant
	}
	s.used = false
}

// Add puts a member into the set. Members must be spread evenly over all 64 bits.
func (s *Sketch) Add(member uint64) {
	slot := &s.least[member>>(64-7)]
	*slot = min(*slot, member, vacant-1) // the greatest number is a member as well
	s.used = true
}

// Signature draws the sixteen bits of each slot with the given function, which a keyed one makes useless to
// who lacks the key. A slot no member fell into borrows from another, chosen by its own fixed row of
// places, so that equal sets borrow alike (A. Shrivastava, "Optimal densification for fast and accurate
// minwise hashing", ICML 2017). The empty set has the signature of zeros.
func (s *Sketch) Signature(draw func(member uint64) uint64) (signature Signature) {
	if !s.used {
		return signature
	}
	for i := range signature {
		donor := uint64(i)
		for try := uint64(1); s.least[donor] == vacant; try++ {
			donor = mix(uint64(i)<<32+try) % Slots
		}
		signature[i] = uint16(draw(s.least[donor] ^ mix(uint64(i))))
	}
	return signature
}

// mix is the finisher of SplitMix64: every bit of the result depends on every bit given.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
