// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"image"
	"image/color"
	"testing"

	"tocsin/internal/media"
)

// TestPixelOfAStillIsTheMeanOfWhatItStandsFor reduces a part of a larger picture, whose every pixel is known, by whole
// and by broken factors, and compares each pixel with the mean that is counted one by one.
func TestPixelOfAStillIsTheMeanOfWhatItStandsFor(t *testing.T) {
	t.Parallel()
	whole := image.NewNRGBA(image.Rect(-3, -2, 40, 30))
	for y := whole.Rect.Min.Y; y < whole.Rect.Max.Y; y++ {
		for x := whole.Rect.Min.X; x < whole.Rect.Max.X; x++ {
			whole.SetNRGBA(x, y, color.NRGBA{uint8(7 * x), uint8(11 * y), uint8(x * y), uint8(255 - 60*(x&1))})
		}
	}
	for _, c := range []struct{ w, h, side int }{{12, 8, 6}, {13, 7, 5}, {30, 3, 9}, {3, 29, 4}, {5, 4, 9}} {
		part := whole.SubImage(image.Rect(2, 1, 2+c.w, 1+c.h))
		got := media.Fitted(part, c.side)
		if b := got.Bounds(); max(b.Dx(), b.Dy()) != min(c.side, max(c.w, c.h)) {
			t.Errorf("%d by %d in %d is %v", c.w, c.h, c.side, b)
		}
		for y := range got.Rect.Dy() {
			for x := range got.Rect.Dx() {
				want, have := meanOf(part, got.Rect, x, y), got.RGBAAt(x, y)
				for i, v := range []uint8{have.R, have.G, have.B} {
					if d := int(v) - want[i]; d < -1 || d > 1 { // white and alpha are mixed in whole numbers
						t.Errorf("%d by %d in %d: pixel %d, %d is %v, want %v", c.w, c.h, c.side, x, y, have, want)
					}
				}
				if have.A != 0xff {
					t.Errorf("pixel %d, %d is %v: one can see through it", x, y, have)
				}
			}
		}
	}
}

// meanOf is the mean, on white, of the source's pixels that fall on one of the still.
func meanOf(src image.Image, still image.Rectangle, x, y int) [3]int {
	var sums [3]float64
	n, b := 0.0, src.Bounds()
	for sy := range b.Dy() {
		for sx := range b.Dx() {
			if sx*still.Dx()/b.Dx() != x || sy*still.Dy()/b.Dy() != y {
				continue
			}
			c := color.NRGBAModel.Convert(src.At(b.Min.X+sx, b.Min.Y+sy)).(color.NRGBA)
			n++
			for i, v := range []uint8{c.R, c.G, c.B} {
				sums[i] += float64(v)*float64(c.A)/255 + 255 - float64(c.A)
			}
		}
	}
	var mean [3]int
	for i, s := range sums {
		mean[i] = int(s/n + 0.5)
	}
	return mean
}
