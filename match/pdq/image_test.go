// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/pdq"
)

// onePixel paints the only pixel of a picture and gives it as it is read.
func onePixel(t *testing.T, img draw.Image, c color.Color) []byte {
	t.Helper()
	img.Set(img.Bounds().Min.X, img.Bounds().Min.Y, c)
	p, err := pdq.FromImage(img)
	if err != nil || len(p.Pix) != p.Channels {
		t.Fatalf("%T: %d bytes, %d channels, %v", img, len(p.Pix), p.Channels, err)
	}
	return p.Pix
}

func TestAlphaIsDroppedAndItsColourKept(t *testing.T) {
	t.Parallel()
	r := image.Rect(3, 5, 4, 6)
	clear := color.NRGBA{R: 200, G: 100, B: 50, A: 0}
	half := color.NRGBA{R: 200, G: 100, B: 50, A: 128}
	want := []byte{200, 100, 50}
	deep := color.NRGBA64{R: 200<<8 | 255, G: 100 << 8, B: 50<<8 | 1, A: 7}
	solid := color.NRGBA64{R: 200<<8 | 9, G: 100<<8 | 9, B: 50<<8 | 9, A: 0xffff}
	palette := image.NewPaletted(r, color.Palette{clear})
	for name, got := range map[string][]byte{
		"clear":          onePixel(t, image.NewNRGBA(r), clear),
		"half":           onePixel(t, image.NewNRGBA(r), half),
		"16 bits":        onePixel(t, image.NewNRGBA64(r), deep),
		"palette":        onePixel(t, palette, clear),
		"opaque":         onePixel(t, image.NewRGBA(r), color.NRGBA{R: 200, G: 100, B: 50, A: 255}),
		"16, multiplied": onePixel(t, image.NewRGBA64(r), solid),
	} {
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestColourMultipliedByAlphaIsDividedAgain(t *testing.T) {
	t.Parallel()
	got := onePixel(t, image.NewRGBA(image.Rect(0, 0, 1, 1)), color.NRGBA{R: 200, G: 100, B: 50, A: 128})
	for i, want := range []int{200, 100, 50} {
		if d := int(got[i]) - want; d < -1 || d > 1 { // what the multiplication rounded away is lost
			t.Errorf("channel %d: %d, want %d", i, got[i], want)
		}
	}
}

func TestSixteenBitSamplesKeepTheirHighByte(t *testing.T) {
	t.Parallel()
	r := image.Rect(0, 0, 1, 1)
	if got := onePixel(t, image.NewGray16(r), color.Gray16{Y: 0x12ff}); len(got) != 1 || got[0] != 0x12 {
		t.Errorf("%x", got)
	}
	if got := onePixel(t, image.NewGray(r), color.Gray{Y: 0x34}); len(got) != 1 || got[0] != 0x34 {
		t.Errorf("%x", got)
	}
}

func TestPrintColoursBecomeRGB(t *testing.T) {
	t.Parallel()
	got := onePixel(t, image.NewCMYK(image.Rect(0, 0, 1, 1)), color.CMYK{C: 255, M: 128, Y: 0, K: 51})
	r, g, b := color.CMYKToRGB(255, 128, 0, 51)
	if d := cmp.Diff([]byte{r, g, b}, got); d != "" {
		t.Error(d)
	}
}

func TestSubsampledChromaIsRead(t *testing.T) {
	t.Parallel()
	img := image.NewYCbCr(image.Rect(0, 0, 6, 4), image.YCbCrSubsampleRatio420)
	copy(img.Y, noise(1, len(img.Y)))
	copy(img.Cb, noise(2, len(img.Cb)))
	copy(img.Cr, noise(3, len(img.Cr)))
	cut := img.SubImage(image.Rect(1, 1, 6, 4))
	p, err := pdq.FromImage(cut)
	if err != nil || p.Width != 5 || p.Height != 3 || p.Channels != 3 {
		t.Fatalf("%d×%d×%d %v", p.Width, p.Height, p.Channels, err)
	}
	veiled := &image.NYCbCrA{YCbCr: *img, AStride: 6, A: make([]byte, 24)}
	q, err := pdq.FromImage(veiled)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 15 {
		x, y := 1+i%5, 1+i/5
		c := img.YCbCrAt(x, y)
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		want := []byte{r, g, b}
		if d := cmp.Diff(want, p.Pix[3*i:3*i+3]); d != "" {
			t.Errorf("(%d,%d): %s", x, y, d)
		}
		if at := 3 * (y*6 + x); !cmp.Equal(want, q.Pix[at:at+3]) {
			t.Errorf("(%d,%d) under full transparency: %v, want %v", x, y, q.Pix[at:at+3], want)
		}
	}
}

func TestGreyPictureHasOneChannelWhateverItsFormat(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 1100, 700))
	for i := range img.Pix {
		img.Pix[i] = byte(i / 4 * 7)
	}
	for _, from := range []func(image.Image) (pdq.Picture, error){pdq.FromImage, pdq.FromImageReduced} {
		if p, err := from(img); err != nil || p.Channels != 1 || len(p.Pix) != p.Width*p.Height {
			t.Errorf("grey: %d channels, %v", p.Channels, err)
		}
	}
	img.Pix[4*1099]++ // one pixel that the reduction leaves out
	for _, from := range []func(image.Image) (pdq.Picture, error){pdq.FromImage, pdq.FromImageReduced} {
		if p, err := from(img); err != nil || p.Channels != 3 {
			t.Errorf("one pixel of colour: %d channels, %v", p.Channels, err)
		}
	}
}

func TestPictureWithoutPixelsIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := pdq.FromImage(image.NewGray(image.Rect(4, 4, 4, 9))); !errors.Is(err, pdq.ErrPicture) {
		t.Error(err)
	}
	if _, err := pdq.FromImageReduced(image.NewRGBA(image.Rectangle{})); !errors.Is(err, pdq.ErrPicture) {
		t.Error(err)
	}
}

func TestReducingWhileReadingChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPicture(t, rapid.SampledFrom([]int{90, 90, 90, 90, 90, 90, 90, 560}).Draw(t, "longest"))
		left, top := rapid.IntRange(-9, 9).Draw(t, "left"), rapid.IntRange(-9, 9).Draw(t, "top")
		img := image.NewNRGBA(image.Rect(left, top, left+p.Width, top+p.Height))
		for i := range p.Width * p.Height {
			for c := range 3 {
				img.Pix[4*i+c] = p.Pix[p.Channels*i+c%p.Channels]
			}
		}
		whole, err := pdq.FromImage(img)
		if err != nil || !cmp.Equal(p, whole) {
			t.Fatalf("%d×%d×%d became %d×%d×%d, %v",
				p.Width, p.Height, p.Channels, whole.Width, whole.Height, whole.Channels, err)
		}
		less, err := pdq.FromImageReduced(img)
		if err != nil {
			t.Fatal(err)
		}
		want, quality, _ := pdq.Sum(p)
		if got, q, err := pdq.Sum(less); err != nil || got != want || q != quality {
			t.Fatalf("%v %d %v, want %v %d", got, q, err, want, quality)
		}
	})
}

func BenchmarkFromImageReduced(b *testing.B) {
	img := image.NewYCbCr(image.Rect(0, 0, 1600, 1004), image.YCbCrSubsampleRatio420)
	copy(img.Y, noise(1, len(img.Y)))
	copy(img.Cb, noise(2, len(img.Cb)))
	copy(img.Cr, noise(3, len(img.Cr)))
	for b.Loop() {
		if _, err := pdq.FromImageReduced(img); err != nil {
			b.Fatal(err)
		}
	}
}
