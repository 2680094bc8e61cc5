// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"image"
	"image/color"
	"image/draw"

	"tocsin"
)

// gap lies between the frames of a sheet, in pixels.
const gap = 6

// show decodes a file and draws what it shows.
func show(data []byte, size Size) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{outcome: ReasonCrashed}
		}
	}()
	s, reason := drawn(data, size.side())
	if reason != "" {
		return answer{outcome: reason}
	}
	return answer{still: s}
}

func drawn(data []byte, side int) (Still, tocsin.Reason) {
	if c, known := codecFor(data); known && len(data) <= MaxBytes && c.animated(data) {
		if s, ok := animation(data, c, side); ok {
			return s, ""
		}
	}
	img, c, reason := decode(data)
	if reason != "" {
		return Still{}, reason
	}
	one := fitted(img, side)
	if c.format == JPEG {
		one = turned(one, orientation(data))
	}
	s := stillOf([]*image.RGBA{one})
	s.Format, s.Animated = c.format, c.animated(data)
	return s, ""
}

// animation draws frames of an animation; false where only its first can be had.
func animation(data []byte, c codec, side int) (Still, bool) {
	cell := func(n int) int { return (side - (columns(n)-1)*gap) / columns(n) }
	var cells []*image.RGBA
	each := func(n int, frame image.Image) { cells = append(cells, fitted(frame, cell(n))) }
	var err error
	switch c.format {
	case GIF:
		err = framesGIF(data, each)
	case WebP:
		err = framesWebP(data, each)
	default:
		return Still{}, false
	}
	if err != nil || len(cells) == 0 {
		return Still{}, false
	}
	s := stillOf(cells)
	s.Format, s.Animated = c.format, true
	return s, true
}

// columns of a sheet of n frames.
func columns(n int) int {
	for c := 1; ; c++ {
		if c*c >= n {
			return c
		}
	}
}

// picks are which of all frames are shown: the first, the last, and others at even distances.
func picks(all int) []int {
	n := min(all, mostFrames)
	if n == 1 {
		return []int{0}
	}
	chosen := make([]int, n)
	for i := range chosen {
		chosen[i] = i * (all - 1) / (n - 1)
	}
	return chosen
}

// fitted draws a picture into a square of a side, on white: each pixel is the mean of those it stands for. It is
// never made larger, and takes no more memory than a line of the source.
func fitted(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := within(b.Dx(), b.Dy(), side)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	sums, across := make([]uint64, 3*w), make([]uint64, w)
	for x := range b.Dx() {
		across[x*w/b.Dx()]++
	}
	down := uint64(0)
	for y := range b.Dy() {
		draw.Draw(line, line.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(line, line.Bounds(), src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		addLine(sums, line.Pix, b.Dx(), w)
		down++
		if row := y * h / b.Dy(); (y+1)*h/b.Dy() > row {
			mean(dst.Pix[row*dst.Stride:], sums, across, down)
			clear(sums)
			down = 0
		}
	}
	return dst
}

// addLine adds each pixel of a line to the one of w that it belongs to.
func addLine(sums []uint64, line []byte, wide, w int) {
	for x := range wide {
		at := 3 * (x * w / wide)
		sums[at] += uint64(line[4*x])
		sums[at+1] += uint64(line[4*x+1])
		sums[at+2] += uint64(line[4*x+2])
	}
}

func mean(pix []byte, sums, across []uint64, down uint64) {
	for x, n := range across {
		n *= down
		for c := range 3 {
			pix[4*x+c] = byte((sums[3*x+c] + n/2) / n)
		}
		pix[4*x+3] = 0xff
	}
}

func within(w, h, side int) (int, int) {
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	return w, h
}

// stillOf lays frames beside each other.
func stillOf(cells []*image.RGBA) Still {
	n := columns(len(cells))
	rows := (len(cells) + n - 1) / n
	cw, ch := 0, 0
	for _, c := range cells {
		cw, ch = max(cw, c.Bounds().Dx()), max(ch, c.Bounds().Dy())
	}
	sheet := image.NewRGBA(image.Rect(0, 0, n*cw+(n-1)*gap, rows*ch+(rows-1)*gap))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{Y: 0x80}), image.Point{}, draw.Src)
	for i, c := range cells {
		at := image.Pt(i%n*(cw+gap), i/n*(ch+gap))
		draw.Draw(sheet, c.Bounds().Add(at), c, image.Point{}, draw.Src)
	}
	size := sheet.Bounds().Size()
	s := Still{Frames: len(cells), Width: size.X, Height: size.Y, Pixels: make([]byte, 0, 3*size.X*size.Y)}
	for i := 0; i < len(sheet.Pix); i += 4 {
		s.Pixels = append(s.Pixels, sheet.Pix[i:i+3]...)
	}
	return s
}
