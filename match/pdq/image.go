// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

import (
	"fmt"
	"image"
	"image/color"
)

// FromImage makes a Picture of a decoded picture as the reference sees it: alpha dropped and the colour
// under it kept, the high byte of 16-bit samples, palette and CMYK as RGB, one channel when every pixel
// is grey. Colour profile and orientation are ignored. The error wraps ErrPicture and says that there
// are no pixels.
func FromImage(img image.Image) (Picture, error) {
	b := img.Bounds()
	return convert(img, every(b.Dx()), every(b.Dy()))
}

// FromImageReduced is FromImage with the reduction of Sum done at once, so that of a large picture only
// the pixels that count are converted. Sum and Dihedral give the same as after FromImage.
func FromImageReduced(img image.Image) (Picture, error) {
	b := img.Bounds()
	columns, rows := reduced(b.Dx(), b.Dy())
	return convert(img, columns, rows)
}

// convert takes the pixels at the crossings of columns and rows. Whether the picture is grey depends on
// all its pixels, which are looked at only when those taken do not settle it.
func convert(img image.Image, columns, rows []int) (Picture, error) {
	b := img.Bounds()
	if b.Empty() {
		return Picture{}, fmt.Errorf("%w: no pixels", ErrPicture)
	}
	p := Picture{Width: len(columns), Height: len(rows), Channels: 1}
	p.Pix = make([]byte, 0, p.Width*p.Height)
	if grey := greyRow(img); grey != nil {
		for _, y := range rows {
			p.Pix = grey(p.Pix, b.Min.Y+y, b.Min.X, columns)
		}
		return p, nil
	}
	p.Pix = make([]byte, 0, 3*p.Width*p.Height)
	row := colourRow(img)
	for _, y := range rows {
		p.Pix = row(p.Pix, b.Min.Y+y, b.Min.X, columns)
	}
	if !allGrey(p.Pix) || !greyThroughout(b, row) {
		p.Channels = 3
		return p, nil
	}
	single := p.Pix[:0]
	for i := 0; i < len(p.Pix); i += 3 {
		single = append(single, p.Pix[i])
	}
	p.Pix = single
	return p, nil
}

func allGrey(pix []byte) bool {
	for i := 0; i+2 < len(pix); i += 3 {
		if pix[i] != pix[i+1] || pix[i] != pix[i+2] {
			return false
		}
	}
	return true
}

func greyThroughout(b image.Rectangle, row rowReader) bool {
	columns := every(b.Dx())
	var pix []byte
	for y := b.Min.Y; y < b.Max.Y; y++ {
		if pix = row(pix[:0], y, b.Min.X, columns); !allGrey(pix) {
			return false
		}
	}
	return true
}

// rowReader appends the samples of row y at the columns, counted from left.
type rowReader func(pix []byte, y, left int, columns []int) []byte

// greyRow reads the kinds of picture that hold grey only; for others it is nil.
func greyRow(img image.Image) rowReader {
	switch img := img.(type) {
	case *image.Gray:
		return func(pix []byte, y, left int, columns []int) []byte {
			row := img.Pix[img.PixOffset(left, y):]
			for _, x := range columns {
				pix = append(pix, row[x])
			}
			return pix
		}
	case *image.Gray16:
		return func(pix []byte, y, left int, columns []int) []byte {
			row := img.Pix[img.PixOffset(left, y):]
			for _, x := range columns {
				pix = append(pix, row[2*x]) // the high byte; the reference keeps the low one, which is noise
			}
			return pix
		}
	}
	return nil
}

// colourRow reads every kind of picture as RGB.
func colourRow(img image.Image) rowReader {
	switch img := img.(type) {
	case *image.NRGBA:
		return func(pix []byte, y, left int, columns []int) []byte {
			row := img.Pix[img.PixOffset(left, y):]
			for _, x := range columns {
				pix = append(pix, row[4*x], row[4*x+1], row[4*x+2])
			}
			return pix
		}
	case *image.RGBA:
		return opaqueRow(img)
	case *image.NRGBA64:
		return func(pix []byte, y, left int, columns []int) []byte {
			row := img.Pix[img.PixOffset(left, y):]
			for _, x := range columns {
				pix = append(pix, row[8*x], row[8*x+2], row[8*x+4])
			}
			return pix
		}
	case *image.YCbCr:
		return lumaChromaRow(img)
	case *image.NYCbCrA:
		return lumaChromaRow(&img.YCbCr)
	case *image.Paletted:
		return palettedRow(img)
	}
	return func(pix []byte, y, left int, columns []int) []byte {
		for _, x := range columns {
			r, g, b := stored(img.At(left+x, y))
			pix = append(pix, r, g, b)
		}
		return pix
	}
}

func lumaChromaRow(img *image.YCbCr) rowReader {
	return func(pix []byte, y, left int, columns []int) []byte {
		for _, x := range columns {
			at := img.COffset(left+x, y)
			r, g, b := color.YCbCrToRGB(img.Y[img.YOffset(left+x, y)], img.Cb[at], img.Cr[at])
			pix = append(pix, r, g, b)
		}
		return pix
	}
}

// opaqueRow reads what decoders make of a picture without alpha; a pixel that is not opaque takes longer.
func opaqueRow(img *image.RGBA) rowReader {
	return func(pix []byte, y, left int, columns []int) []byte {
		row := img.Pix[img.PixOffset(left, y):]
		for _, x := range columns {
			pixel := row[4*x:][:4]
			r, g, b := pixel[0], pixel[1], pixel[2]
			if pixel[3] != 0xff {
				r, g, b = stored(img.RGBAAt(left+x, y))
			}
			pix = append(pix, r, g, b)
		}
		return pix
	}
}

func palettedRow(img *image.Paletted) rowReader {
	var palette [256][3]byte
	for i, c := range img.Palette[:min(len(img.Palette), len(palette))] {
		palette[i][0], palette[i][1], palette[i][2] = stored(c)
	}
	return func(pix []byte, y, left int, columns []int) []byte {
		row := img.Pix[img.PixOffset(left, y):]
		for _, x := range columns {
			pix = append(pix, palette[row[x]][:]...)
		}
		return pix
	}
}

// stored gives the colour of a pixel without its alpha. What was multiplied by alpha is divided by it
// again; under full transparency nothing is left to find.
func stored(c color.Color) (r, g, b byte) {
	switch c := c.(type) {
	case color.NRGBA:
		return c.R, c.G, c.B
	case color.NRGBA64:
		return byte(c.R >> 8), byte(c.G >> 8), byte(c.B >> 8)
	case color.NYCbCrA:
		return color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
	case color.CMYK:
		return color.CMYKToRGB(c.C, c.M, c.Y, c.K)
	}
	n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	return byte(n.R >> 8), byte(n.G >> 8), byte(n.B >> 8)
}
