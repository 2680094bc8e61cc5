// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import "tocsin/match/pdq"

// generator gives bytes that are the same everywhere for a seed.
type generator uint64

func (g *generator) next() int {
	*g = *g*6364136223846793005 + 1442695040888963407
	return int(*g >> 56)
}

func noise(seed uint64, n int) []byte {
	g, pix := generator(seed), make([]byte, n)
	for i := range pix {
		pix[i] = byte(g.next())
	}
	return pix
}

// painter gives the value of a channel at column x and row y.
type painter func(x, y int) int

// blobs is a grid of random values, c pixels apart, with linear slopes between them.
func blobs(seed uint64, w, h, c int) painter {
	g := generator(seed)
	grid := make([][]int, h/c+2)
	for j := range grid {
		grid[j] = make([]int, w/c+2)
		for i := range grid[j] {
			grid[j][i] = g.next()
		}
	}
	return func(x, y int) int {
		i, j, fx, fy := x/c, y/c, x%c, y%c
		above := grid[j][i]*(c-fx) + grid[j][i+1]*fx
		below := grid[j+1][i]*(c-fx) + grid[j+1][i+1]*fx
		return (above*(c-fy) + below*fy) / (c * c)
	}
}

// bars is something like lines of print: ink of random widths on paper.
func bars(seed uint64, w, h int) painter {
	const paper, ink, margin, pitch, height = 240, 20, 8, 20, 12
	g, page := generator(seed), make([]int, w*h)
	for i := range page {
		page[i] = paper
	}
	for top := margin; top+height <= h; top += pitch {
		tone := paper
		for x := margin; x < w-margin; {
			run := min(2+g.next()%8, w-margin-x)
			for i := range run * height {
				page[(top+i/run)*w+x+i%run] = tone
			}
			x += run
			tone = paper + ink - tone
		}
	}
	return func(x, y int) int { return page[y*w+x] }
}

func paint(w, h int, channels ...painter) pdq.Picture {
	p := pdq.Picture{Width: w, Height: h, Channels: len(channels)}
	for i := range w * h {
		for _, channel := range channels {
			p.Pix = append(p.Pix, byte(channel(i%w, i/w)))
		}
	}
	return p
}

type synthetic struct {
	name    string
	picture pdq.Picture
}

// synthetics are pictures whose hashes must be the same everywhere. The first three on purpose have
// frequencies that are zero or equal but for rounding, so that a different order of operations shows.
func synthetics() []synthetic {
	lines, grain := bars(6, 700, 300), blobs(8, 384, 257, 20)
	tall, all := blobs(10, 80, 690, 16), blobs(11, 320, 180, 30)
	dust := noise(9, 384*257)
	return []synthetic{
		{"flat-128x128-grey", paint(128, 128, func(int, int) int { return 128 })},
		{"gradient-64x64-grey", paint(64, 64, func(x, y int) int { return 3*x + y })},
		{"checker-131x97-grey", paint(131, 97, checker)},
		{"noise-200x100-rgb", pdq.Picture{Width: 200, Height: 100, Channels: 3, Pix: noise(1, 200*100*3)}},
		{"blobs-256x256-rgb", paint(256, 256,
			blobs(2, 256, 256, 32), blobs(3, 256, 256, 16), blobs(4, 256, 256, 8))},
		{"bars-512x512-grey", paint(512, 512, bars(5, 512, 512))},
		{"bars-700x300-rgb", paint(700, 300, lines,
			func(x, y int) int { return (3*lines(x, y) + x%64) / 4 },
			func(x, y int) int { return (lines(x, y) + y%128) / 2 })},
		{"blobs-513x640-grey", paint(513, 640, blobs(7, 513, 640, 24))},
		{"blobs-noise-384x257-rgb", paint(384, 257,
			func(x, y int) int { return grain(x, y) ^ int(dust[y*384+x]&31) },
			grain,
			func(x, y int) int { return 255 - grain(x, y) })},
		{"tall-80x690-rgb", paint(80, 690, tall,
			func(x, _ int) int { return 3 * x },
			func(_, y int) int { return y / 3 })},
		{"ramp-640x640-rgb", paint(640, 640,
			func(x, _ int) int { return 255 * x / 639 },
			func(_, y int) int { return 255 * y / 639 },
			func(x, y int) int { return x ^ y })},
		{"tiny-4x16-grey", paint(4, 16, func(x, y int) int { return 60*x + y })},
		{"blobs-320x180-rgb-allgrey", paint(320, 180, all)},
	}
}

func checker(x, y int) int {
	if (x/9+y/13)%2 == 0 {
		return 30
	}
	return 200 + x%40
}
