// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"image"
	"image/draw"
	"strconv"
	"testing"

	"tocsin/internal/media"
)

// enlarged is the plain picture, stretched smoothly so that it compresses as a photograph does.
func enlarged(b *testing.B, w, h int) image.Image {
	b.Helper()
	small, large := plain(b), image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		fy := y * (height - 1) * 256 / h
		for x := range w {
			fx := x * (width - 1) * 256 / w
			for c := range 4 {
				at := func(i, j int) int { return int(small.Pix[small.PixOffset(fx/256+i, fy/256+j)+c]) }
				top := at(0, 0)*(256-fx%256) + at(1, 0)*(fx%256)
				low := at(0, 1)*(256-fx%256) + at(1, 1)*(fx%256)
				large.Pix[large.PixOffset(x, y)+c] = byte((top*(256-fy%256) + low*(fy%256)) >> 16)
			}
		}
	}
	return large
}

// benchmarked are files of each format in two sizes; there is no encoder of WebP.
func benchmarked(b *testing.B) map[string][]byte {
	b.Helper()
	files := map[string][]byte{"webp/96x80": fixture(b, "lossy.webp")}
	for _, size := range []image.Point{{1600, 1000}, {256, 256}} {
		img := enlarged(b, size.X, size.Y)
		name := strconv.Itoa(size.X) + "x" + strconv.Itoa(size.Y)
		files["jpeg/"+name] = asJPEG(b, img)
		files["png/"+name] = asPNG(b, img)
		indexed := image.NewPaletted(img.Bounds(), paletted(b).Palette)
		draw.FloydSteinberg.Draw(indexed, img.Bounds(), img, image.Point{})
		files["gif/"+name] = encodedGIF(b, indexed)
	}
	return files
}

// BenchmarkPictureInAChild is what a caller waits for: without children started ahead, with one, and decoding
// alone, without a child. The child here is the test program, which starts faster than the command.
func BenchmarkPictureInAChild(b *testing.B) {
	for name, data := range benchmarked(b) {
		for kind, ahead := range map[string]int{"started for it": 0, "started ahead": 1} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				h := hasher(b, media.Options{Processes: 1, Ahead: ahead}, media.Limits{})
				for b.Loop() {
					if _, err := h.Picture(b.Context(), data, media.Upright); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(name+"/no child", func(b *testing.B) {
			for b.Loop() {
				if _, err := media.DecodeHere(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPicturesAtOnce is how many files a second go through.
func BenchmarkPicturesAtOnce(b *testing.B) {
	for name, data := range benchmarked(b) {
		b.Run(name, func(b *testing.B) {
			h := hasher(b, media.Options{Ahead: 2}, media.Limits{})
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := h.Picture(b.Context(), data, media.Upright); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}
