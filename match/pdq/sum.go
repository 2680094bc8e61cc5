// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

import (
	"fmt"
	"sync"
)

// SmallestSide is the side in pixels below which a picture has no hash.
const SmallestSide = 5

// work is the memory one hash needs, kept for the next.
type work struct {
	filter filter
	matrix [side * side]float32   // the picture reduced to 64 × 64
	block  [block * block]float32 // its lowest frequencies
}

var works = sync.Pool{New: func() any { return new(work) }}

// Sum hashes a picture and says how much there was to hash, 0 to MaxQuality. A picture longer than 512
// pixels on either side is first reduced to 512 × 512. One with a side below 5 has the zero hash and
// quality 0. The error wraps ErrPicture.
func Sum(p Picture) (h Hash, quality int, err error) {
	err = transform(p, true, func(b *coefficients, q int) { h, quality = b.hash(), q })
	return h, quality, err
}

// SumFrame is Sum without the reduction to 512 × 512, as video frames are hashed. A frame of more than
// MaxPixels is refused.
func SumFrame(p Picture) (h Hash, quality int, err error) {
	if len(p.Pix)/max(p.Channels, 1) > MaxPixels {
		return h, 0, fmt.Errorf("%w that is hashed: more than %d pixels", ErrPicture, MaxPixels)
	}
	err = transform(p, false, func(b *coefficients, q int) { h, quality = b.hash(), q })
	return h, quality, err
}

// Dihedral gives the hashes of a picture and of its seven rotations and reflections, in the order of
// DihedralName, derived from the one picture; the first is that of Sum. They differ by some bits from the
// hashes of pictures that were really turned. Ask for all eight, store the first only.
func Dihedral(p Picture) (eight [8]Hash, quality int, err error) {
	err = transform(p, true, func(b *coefficients, q int) { eight, quality = b.dihedral(), q })
	return eight, quality, err
}

// transform hands the frequencies of a picture and its quality to use; it does not call use when the
// picture is too small to have any.
func transform(p Picture, reduce bool, use func(*coefficients, int)) error {
	if err := p.check(); err != nil {
		return err
	}
	choose := func(w, h int) (columns, rows []int) { return every(w), every(h) }
	if reduce {
		choose = reduced
	}
	columns, rows := choose(p.Width, p.Height)
	if len(columns) < SmallestSide || len(rows) < SmallestSide {
		return nil
	}
	w := works.Get().(*work)
	defer works.Put(w)
	w.filter.run(p, columns, rows, &w.matrix)
	quality := gradients(&w.matrix)
	cosines(&w.matrix, &w.block)
	use((*coefficients)(&w.block), quality)
	return nil
}

// DihedralName names the eight hashes of Dihedral, i from 0 to 7.
func DihedralName(i int) string { return turns[i].name }

// Nearest gives the one of eight dihedral hashes that is nearest to a stored hash, for DihedralName, and
// its distance.
func Nearest(eight [8]Hash, stored Hash) (i, distance int) {
	distance = MaxDistance + 1
	for k, h := range eight {
		if d := Distance(h, stored); d < distance {
			i, distance = k, d
		}
	}
	return i, distance
}
