// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

import (
	"errors"
	"fmt"
)

// MaxPixels bounds the pixels of a frame given to SumFrame, a little above 7680 × 4320. Sum and Dihedral
// reduce what is larger than 512 × 512 first and need no bound.
const MaxPixels = 1 << 25

// ErrPicture is wrapped by the error for a Picture that is not one: sizes that do not fit its bytes.
var ErrPicture = errors.New("not a picture")

// Picture is decoded pixels, 8 bits a sample, row by row from the top, without padding: grey with 1
// channel or red, green and blue with 3. FromImage says how other kinds of picture become one of these.
type Picture struct {
	Width, Height, Channels int
	Pix                     []byte // Width · Height · Channels bytes
}

func (p Picture) check() error {
	if p.Channels != 1 && p.Channels != 3 {
		return fmt.Errorf("%w: %d channels", ErrPicture, p.Channels)
	}
	if p.Width < 1 || p.Height < 1 {
		return fmt.Errorf("%w: no pixels", ErrPicture)
	}
	row := len(p.Pix) / p.Height
	if row*p.Height != len(p.Pix) || row/p.Channels != p.Width || row%p.Channels != 0 {
		return fmt.Errorf("%w: %d bytes for %d × %d × %d",
			ErrPicture, len(p.Pix), p.Width, p.Height, p.Channels)
	}
	return nil
}

// reducedSide is the side that larger pictures are reduced to.
const reducedSide = 512

// reduced gives the columns and rows of a w × h picture that are hashed: all of them, or 512 of each by
// nearest neighbour when either side is longer. The aspect ratio is given up, and a short side repeats.
func reduced(w, h int) (columns, rows []int) {
	if w <= reducedSide && h <= reducedSide {
		return every(w), every(h)
	}
	return spread(w), spread(h)
}

func every(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func spread(n int) []int {
	list := make([]int, reducedSide)
	for i := range list {
		list[i] = int(uint64(i) * uint64(n) / reducedSide)
	}
	return list
}
