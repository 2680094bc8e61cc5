// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
)

// Size is how large a still is made.
type Size byte

// The sizes. A picture that is smaller stays as it is.
const (
	Small Size = iota // for a first look, and for many beside each other
	Large             // to see what it shows
)

// side is the longest side of a still, in pixels.
func (s Size) side() int {
	if s == Large {
		return 1400
	}
	return 360
}

// mostFrames is how many frames of an animation are shown beside each other.
const mostFrames = 9

// Still is what a file shows, drawn anew: bare pixels, so that not one byte of the file and not one that a decoder
// made up reaches whoever looks. An animation is a sheet of frames at even distances.
type Still struct {
	Format        Format // of the file
	Animated      bool
	Frames        int // that are on it; 1 unless it is animated
	Width, Height int
	Pixels        []byte // red, green and blue of each pixel, row by row
}

// quality of the JPEG files that stills are written as.
const quality = 85

// JPEG writes the still as a file, in this process and from its pixels alone: it holds nothing else.
func (s Still) JPEG() ([]byte, error) {
	if s.Width < 1 || s.Height < 1 || len(s.Pixels) != 3*s.Width*s.Height {
		return nil, fmt.Errorf("write still: %d bytes are no %d by %d pixels", len(s.Pixels), s.Width, s.Height)
	}
	img := image.NewRGBA(image.Rect(0, 0, s.Width, s.Height))
	for i, o := 0, 0; i < len(s.Pixels); i, o = i+3, o+4 {
		copy(img.Pix[o:o+3], s.Pixels[i:i+3])
		img.Pix[o+3] = 0xff
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write still: %w", err)
	}
	return out.Bytes(), nil
}

// Still draws what a file shows, as [Hasher.Picture] hashes it: in a child, with the same limits and errors.
// Orientation is applied; colour profiles are not, and what is transparent is white.
func (h *Hasher) Still(ctx context.Context, data []byte, size Size) (Still, error) {
	q := stillSmall
	if size == Large {
		q = stillLarge
	}
	a, f, err := h.examined(ctx, data, q)
	if err != nil {
		return Still{}, err
	}
	a.still.Format = f
	return a.still, nil
}
