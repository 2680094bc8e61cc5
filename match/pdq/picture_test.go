// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"errors"
	"fmt"
	"testing"

	"tocsin/match/pdq"
)

func TestPictureWhoseSizesDoNotFitIsRefused(t *testing.T) {
	t.Parallel()
	huge := int(^uint(0)>>1)/3 + 1
	for _, p := range []pdq.Picture{
		{},
		{Width: 8, Height: 8, Channels: 2, Pix: make([]byte, 128)},
		{Width: 8, Height: 8, Channels: 4, Pix: make([]byte, 256)},
		{Width: 8, Height: 8, Channels: 3, Pix: make([]byte, 191)},
		{Width: 8, Height: 8, Channels: 1, Pix: make([]byte, 65)},
		{Width: 0, Height: 8, Channels: 1},
		{Width: -8, Height: -8, Channels: 1, Pix: make([]byte, 64)},
		{Width: 8, Height: -8, Channels: -1, Pix: make([]byte, 64)},
		{Width: huge, Height: 3, Channels: 3, Pix: make([]byte, 9)},
	} {
		_, _, sum := pdq.Sum(p)
		_, _, frame := pdq.SumFrame(p)
		_, _, eight := pdq.Dihedral(p)
		for _, err := range []error{sum, frame, eight} {
			if !errors.Is(err, pdq.ErrPicture) {
				t.Errorf("%d×%d×%d: %v", p.Width, p.Height, p.Channels, err)
			}
		}
	}
}

func TestFrameAboveTheLimitIsRefusedAndPictureIsReduced(t *testing.T) {
	t.Parallel()
	p := pdq.Picture{Width: pdq.MaxPixels/4 + 1, Height: 4, Channels: 1}
	p.Pix = make([]byte, p.Width*p.Height)
	if _, _, err := pdq.SumFrame(p); !errors.Is(err, pdq.ErrPicture) {
		t.Errorf("frame: %v", err)
	}
	if _, _, err := pdq.Sum(p); err != nil {
		t.Errorf("picture: %v", err)
	}
}

func TestPictureWithASideBelowFiveHasNoHash(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{4, 100}, {100, 4}, {1, 1}, {4, 512}} {
		w, h := size[0], size[1]
		hash, quality, err := pdq.Sum(pdq.Picture{Width: w, Height: h, Channels: 1, Pix: noise(1, w*h)})
		if err != nil || !hash.IsZero() || quality != 0 {
			t.Errorf("%d×%d: %v %d %v", w, h, hash, quality, err)
		}
	}
	// Longer than 512, it is reduced first and then has sides enough.
	hash, _, err := pdq.Sum(pdq.Picture{Width: 4, Height: 513, Channels: 1, Pix: noise(1, 4*513)})
	if err != nil || hash.IsZero() {
		t.Errorf("4×513: %v %v", hash, err)
	}
}

func TestBlackPictureHasTheZeroHash(t *testing.T) {
	t.Parallel()
	hash, quality, err := pdq.Sum(pdq.Picture{Width: 90, Height: 60, Channels: 3, Pix: make([]byte, 90*60*3)})
	if err != nil || !hash.IsZero() || quality != 0 {
		t.Errorf("%v %d %v", hash, quality, err)
	}
}

func TestTurnedPictureIsFoundByADihedralHash(t *testing.T) {
	t.Parallel()
	const side, last = 320, 319 // so that windows and fields are symmetric
	for seed := range uint64(6) {
		source := blobs(seed, side, side, 12+4*int(seed))
		eight, _, err := pdq.Dihedral(paint(side, side, source))
		if err != nil {
			t.Fatal(err)
		}
		for i, turn := range []painter{
			source,
			nil, // which way rotate-90 turns is held by the reference's own files
			func(x, y int) int { return source(last-x, last-y) },
			nil,
			func(x, y int) int { return source(x, last-y) },
			func(x, y int) int { return source(last-x, y) },
			func(x, y int) int { return source(y, x) },
			func(x, y int) int { return source(last-y, last-x) },
		} {
			if turn == nil {
				continue
			}
			h, _, err := pdq.Sum(paint(side, side, turn))
			if at, d := pdq.Nearest(eight, h); err != nil || at != i || d > 2 {
				t.Errorf("%s: nearest %s at %d, %v", pdq.DihedralName(i), pdq.DihedralName(at), d, err)
			}
		}
	}
}

func FuzzSum(f *testing.F) {
	f.Add(8, 8, 1, noise(1, 64))
	f.Add(700, 5, 1, noise(2, 3500))
	f.Add(9, 9, 3, noise(3, 243))
	f.Add(1<<62, 4, 1, []byte{})
	f.Fuzz(func(t *testing.T, w, h, channels int, pix []byte) {
		p := pdq.Picture{Width: w, Height: h, Channels: channels, Pix: pix}
		hash, quality, err := pdq.Sum(p)
		if err != nil {
			return
		}
		if quality < 0 || quality > pdq.MaxQuality {
			t.Fatalf("quality %d", quality)
		}
		if again, _, _ := pdq.Sum(p); again != hash {
			t.Fatalf("%v, then %v", hash, again)
		}
	})
}

func BenchmarkSum(b *testing.B) {
	for _, channels := range []int{1, 3} {
		for _, n := range []int{64, 128, 256, 384, 512, 1600} {
			p := pdq.Picture{Width: n, Height: n, Channels: channels, Pix: noise(7, n*n*channels)}
			b.Run(fmt.Sprintf("%dx%dx%d", n, n, channels), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := pdq.Sum(p); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkSumFrame(b *testing.B) {
	p := pdq.Picture{Width: 1920, Height: 1080, Channels: 3, Pix: noise(7, 1920*1080*3)}
	for b.Loop() {
		if _, _, err := pdq.SumFrame(p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDihedral(b *testing.B) {
	p := pdq.Picture{Width: 512, Height: 512, Channels: 3, Pix: noise(7, 512*512*3)}
	for b.Loop() {
		if _, _, err := pdq.Dihedral(p); err != nil {
			b.Fatal(err)
		}
	}
}
