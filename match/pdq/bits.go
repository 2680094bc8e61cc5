// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

// coefficients are the 16 × 16 lowest frequencies of a picture, vertical by rows, horizontal by columns.
type coefficients [block * block]float32

// hash sets the bits of what is above the median.
func (c *coefficients) hash() Hash {
	var h Hash
	m := c.median()
	for k, v := range c {
		if v > m {
			h.set(k)
		}
	}
	return h
}

// median is the lower median, the 128th smallest of the 256.
func (c *coefficients) median() float32 {
	v := *c
	const want = len(v)/2 - 1
	low, high := 0, len(v)-1
	for low < high {
		pivot := v[(low+high)/2]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case want <= j:
			high = j
		case want >= i:
			low = i
		default:
			return v[want]
		}
	}
	return v[want]
}

// turns are the rotations and reflections of a picture as they act on its frequencies, in the order of
// Dihedral: rows and columns change places, and where negated says so the sign changes.
var turns = [8]struct {
	name       string
	transposed bool
	negated    func(i, j int) bool
}{
	{"original", false, never},
	{"rotate-90", true, evenColumn},
	{"rotate-180", false, oddSum},
	{"rotate-270", true, evenRow},
	{"flip-x", false, evenRow},
	{"flip-y", false, evenColumn},
	{"flip-plus-1", true, never},
	{"flip-minus-1", true, oddSum},
}

func never(int, int) bool      { return false }
func evenRow(i, _ int) bool    { return i%2 == 0 }
func evenColumn(_, j int) bool { return j%2 == 0 }
func oddSum(i, j int) bool     { return (i+j)%2 == 1 }

func (c *coefficients) dihedral() (eight [8]Hash) {
	for n, turn := range turns {
		var turned coefficients
		for k, v := range c {
			i, j := k/block, k%block
			if turn.negated(i, j) {
				v = -v
			}
			if turn.transposed {
				i, j = j, i
			}
			turned[i*block+j] = v
		}
		eight[n] = turned.hash()
	}
	return eight
}
