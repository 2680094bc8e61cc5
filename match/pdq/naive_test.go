// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tocsin/match/pdq"
)

// The format as it is described, one value after another, to hold the quick way against.

type naivePicture struct {
	w, h int
	v    []float32
}

func naiveLuma(p pdq.Picture) naivePicture {
	n := naivePicture{w: p.Width, h: p.Height}
	for i := range p.Width * p.Height {
		if p.Channels == 1 {
			n.v = append(n.v, float32(p.Pix[i]))
			continue
		}
		r, g, b := float32(p.Pix[3*i]), float32(p.Pix[3*i+1]), float32(p.Pix[3*i+2])
		sum := float32(float32(0.299)*r) + float32(float32(0.587)*g)
		n.v = append(n.v, sum+float32(float32(0.114)*b))
	}
	return n
}

func naiveReduce(p pdq.Picture) pdq.Picture {
	if p.Width <= 512 && p.Height <= 512 {
		return p
	}
	out := pdq.Picture{Width: 512, Height: 512, Channels: p.Channels}
	for y := range 512 {
		for x := range 512 {
			at := (y*p.Height/512*p.Width + x*p.Width/512) * p.Channels
			out.Pix = append(out.Pix, p.Pix[at:at+p.Channels]...)
		}
	}
	return out
}

// naiveBox is the mean over a window of w along the n values that begin at v[0], a step apart.
func naiveBox(v []float32, n, step, w int) {
	in := make([]float32, n)
	for i := range in {
		in[i] = v[i*step]
	}
	half := (w + 2) / 2
	var sum float32
	enter, leave, at := 0, 0, 0
	write := func() {
		v[at*step] = sum / float32(enter-leave)
		at++
	}
	for range half - 1 {
		sum += in[enter]
		enter++
	}
	for range w - half + 1 {
		sum += in[enter]
		enter++
		write()
	}
	for range n - w {
		sum += in[enter]
		enter++
		sum -= in[leave]
		leave++
		write()
	}
	for range half - 1 {
		sum -= in[leave]
		leave++
		write()
	}
}

func naiveMatrix(n naivePicture) (a [64][64]float32) {
	if n.w != 64 || n.h != 64 {
		for range 2 {
			for y := range n.h {
				naiveBox(n.v[y*n.w:], n.w, 1, (n.w+127)/128)
			}
			for x := range n.w {
				naiveBox(n.v[x:], n.h, n.w, (n.h+127)/128)
			}
		}
	}
	for i := range a {
		for j := range a[i] {
			y, x := int((float64(i)+0.5)*float64(n.h)/64), int((float64(j)+0.5)*float64(n.w)/64)
			a[i][j] = n.v[y*n.w+x]
		}
	}
	return a
}

func naiveHash(a *[64][64]float32) string {
	table := pdq.Cosine()
	var half [16][64]float32
	var b []float32
	for i := range half {
		for j := range half[i] {
			for k := range 64 {
				half[i][j] += float32(table[i*64+k] * a[k][j])
			}
		}
	}
	for i := range 16 {
		for j := range 16 {
			var sum float32
			for k := range 64 {
				sum += float32(half[i][k] * table[j*64+k])
			}
			b = append(b, sum)
		}
	}
	median := slices.Sorted(slices.Values(b))[127]
	text := make([]byte, 64)
	for digit := range text {
		value := 0
		for bit := range 4 {
			if b[4*(63-digit)+bit] > median {
				value |= 1 << bit
			}
		}
		text[digit] = "0123456789abcdef"[value]
	}
	return string(text)
}

func naiveQuality(a *[64][64]float32) int {
	sum := 0
	add := func(u, v float32) {
		d := int((u - v) * 100 / 255)
		sum += max(d, -d)
	}
	for i := range 64 {
		for j := range 64 {
			if i < 63 {
				add(a[i][j], a[i+1][j])
			}
			if j < 63 {
				add(a[i][j], a[i][j+1])
			}
		}
	}
	return min(sum/90, 100)
}

func drawPicture(t *rapid.T, longest int) pdq.Picture {
	w, h := rapid.IntRange(5, longest).Draw(t, "w"), rapid.IntRange(5, longest).Draw(t, "h")
	c := rapid.SampledFrom([]int{1, 3}).Draw(t, "channels")
	p := pdq.Picture{Width: w, Height: h, Channels: c, Pix: noise(rapid.Uint64().Draw(t, "seed"), w*h*c)}
	if rapid.Bool().Draw(t, "smooth") {
		for i := 1; i < len(p.Pix); i++ {
			p.Pix[i] = p.Pix[i-1] + p.Pix[i]%3 - 1
		}
	}
	return p
}

func TestQuickWayGivesWhatTheDescriptionSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPicture(t, rapid.SampledFrom([]int{70, 70, 140, 140, 300, 600}).Draw(t, "longest"))
		for _, way := range []struct {
			sum    func(pdq.Picture) (pdq.Hash, int, error)
			pixels pdq.Picture
		}{{pdq.Sum, naiveReduce(p)}, {pdq.SumFrame, p}} {
			got, quality, err := way.sum(p)
			a := naiveMatrix(naiveLuma(way.pixels))
			if want := naiveHash(&a); err != nil || got.String() != want || quality != naiveQuality(&a) {
				t.Fatalf("%d×%d×%d: %v %d %v, want %s %d",
					p.Width, p.Height, p.Channels, got, quality, err, want, naiveQuality(&a))
			}
		}
	})
}

func TestWideFrameGivesWhatTheDescriptionSays(t *testing.T) {
	t.Parallel()
	p := pdq.Picture{Width: 1920, Height: 270, Channels: 3, Pix: noise(12, 1920*270*3)}
	got, quality, err := pdq.SumFrame(p)
	a := naiveMatrix(naiveLuma(p))
	if want := naiveHash(&a); err != nil || got.String() != want || quality != naiveQuality(&a) {
		t.Errorf("%v %d %v, want %s %d", got, quality, err, want, naiveQuality(&a))
	}
}
