// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"slices"
	"testing"

	"tocsin"
	"tocsin/internal/media"
)

// stillOf has a still made and read again as a browser would.
func stillOf(t *testing.T, h *media.Hasher, data []byte, size media.Size) (media.Still, image.Image) {
	t.Helper()
	s, err := h.Still(t.Context(), data, size)
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.JPEG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil || img.Bounds().Dx() != s.Width || img.Bounds().Dy() != s.Height {
		t.Fatalf("%v, %v, want %d by %d", err, img.Bounds(), s.Width, s.Height)
	}
	return s, img
}

func near(t *testing.T, what string, got color.Color, r, g, b uint32) {
	t.Helper()
	gr, gg, gb, _ := got.RGBA()
	for _, d := range [][2]uint32{{gr >> 8, r}, {gg >> 8, g}, {gb >> 8, b}} {
		if max(d[0], d[1])-min(d[0], d[1]) > 40 {
			t.Errorf("%s: %d %d %d, want %d %d %d", what, gr>>8, gg>>8, gb>>8, r, g, b)
			return
		}
	}
}

// TestStillIsDrawnAnew: of every format there is a picture, upright, and not one byte of the file comes through.
func TestStillIsDrawnAnew(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 2}, media.Limits{})
	for _, name := range []string{"plain.png", "baseline.jpeg", "progressive.jpeg", "cmyk.jpeg", "lossy.webp", "lossless.webp",
		"alpha-lossy.webp", "animated.png", "animated.webp", "animated-alpha.webp"} {
		s, _ := stillOf(t, h, fixture(t, name), media.Large)
		if s.Frames == 1 && (s.Width != width || s.Height != height) {
			t.Errorf("%s: %d by %d, never larger than it is", name, s.Width, s.Height)
		}
	}
	secret := []byte("GPS 48.85 N, by somebody")
	file := withExif(t, plain(t), 6, secret)
	s, _ := stillOf(t, h, file, media.Large)
	if s.Width != height || s.Height != width {
		t.Errorf("held sideways it is %d by %d", s.Width, s.Height)
	}
	if out, err := s.JPEG(); err != nil || bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, secret) {
		t.Errorf("metadata come through: %v", err)
	}
	wide := image.NewNRGBA(image.Rect(0, 0, 3000, 40))
	for _, c := range []struct {
		size media.Size
		w    int
	}{{media.Small, 360}, {media.Large, 1400}} {
		if s, _ := stillOf(t, h, asPNG(t, wide), c.size); s.Width != c.w || s.Height != 40*c.w/3000 {
			t.Errorf("of 3000 by 40: %d by %d", s.Width, s.Height)
		}
	}
}

// TestEveryOrientationIsTurnedUpright paints one corner and finds it again.
func TestEveryOrientationIsTurnedUpright(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 2}, media.Limits{})
	img := image.NewNRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			img.Set(x, y, color.NRGBA{0, 0, 200, 255})
			if x < 16 && y < 16 {
				img.Set(x, y, color.NRGBA{220, 0, 0, 255})
			}
		}
	}
	// Where the stored first corner stands once the picture is upright (TIFF 6.0, Orientation).
	corners := []image.Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}, {1, 0}, {1, 1}, {0, 1}}
	for i, at := range corners {
		_, out := stillOf(t, h, withExif(t, img, i+1, nil), media.Large)
		b := out.Bounds()
		if wide := i < 4; wide != (b.Dx() > b.Dy()) {
			t.Errorf("orientation %d: %v", i+1, b)
		}
		near(t, "its corner", out.At(4+at.X*(b.Dx()-8), 4+at.Y*(b.Dy()-8)), 220, 0, 0)
		near(t, "the other", out.At(4+(1-at.X)*(b.Dx()-8), 4+(1-at.Y)*(b.Dy()-8)), 0, 0, 200)
	}
}

// withExif is a JPEG file whose metadata say how the camera was held.
func withExif(t *testing.T, img image.Image, orientation int, more []byte) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	body := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	body = binary.BigEndian.AppendUint16(body, uint16(orientation))
	body = append(append(body, 0, 0, 0, 0, 0, 0), more...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return slices.Concat(plain.Bytes()[:2], segment, body, plain.Bytes()[2:])
}

// moving is an animation of so many frames, from dark to light.
func moving(t *testing.T, frames, w, h int) []byte {
	t.Helper()
	palette := color.Palette{color.Transparent}
	for i := range 250 {
		palette = append(palette, color.Gray{Y: uint8(i)})
	}
	g := &gif.GIF{Config: image.Config{Width: w, Height: h, ColorModel: palette}}
	for i := range frames {
		p := image.NewPaletted(image.Rect(0, 0, w, h), palette)
		for j := range p.Pix {
			p.Pix[j] = uint8(1 + i*249/max(1, frames-1))
		}
		g.Image, g.Delay, g.Disposal = append(g.Image, p), append(g.Delay, 5), append(g.Disposal, gif.DisposalNone)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, g); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestAnimationIsASheetOfStills: the first frame, the last, and others at even distances; nothing moves.
func TestAnimationIsASheetOfStills(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 2}, media.Limits{})
	for _, c := range []struct{ frames, shown int }{{2, 2}, {9, 9}, {40, 9}} {
		s, out := stillOf(t, h, moving(t, c.frames, 60, 60), media.Small)
		if s.Frames != c.shown || !s.Animated {
			t.Fatalf("%d frames: %+v", c.frames, s)
		}
		near(t, "the first frame", out.At(30, 30), 0, 0, 0)
		columns := 2
		if c.shown == 9 {
			columns = 3
		}
		last := c.shown - 1
		near(t, "the last frame", out.At(30+last%columns*66, 30+last/columns*66), 249, 249, 249)
	}
	if s, _ := stillOf(t, h, fixture(t, "animated.webp"), media.Small); s.Frames < 2 || !s.Animated {
		t.Errorf("a WebP animation: %d frames", s.Frames)
	}
	// Cut off in its middle, what came before is shown.
	whole := moving(t, 9, 60, 60)
	if s, _ := stillOf(t, h, whole[:len(whole)*2/3], media.Small); s.Frames < 1 {
		t.Error("nothing of what came before the cut")
	}
}

// TestStillOfABombIsRefused as its hash is, and an animation of too much is shown from its beginning.
func TestStillOfABombIsRefused(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{Processes: 2}, media.Limits{})
	for name, c := range map[string]struct {
		data []byte
		want tocsin.Reason
	}{
		"40,000 by 40,000 in 89 bytes": {bomb(t, 40_000, 40_000, 1, 0, 5000), media.ReasonTooLarge},
		"web page":                     {[]byte("<!doctype html><script>alert(1)</script>"), media.ReasonUnsupported},
		"drawing":                      {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), media.ReasonUnsupported},
		"film":                         {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"), media.ReasonUnsupported},
		"nothing":                      {nil, media.ReasonEmpty},
		"cut":                          {fixture(t, "plain.png")[:200], media.ReasonDamaged},
	} {
		if s, err := h.Still(t.Context(), c.data, media.Large); tocsin.ReasonOf(err) != c.want || s.Pixels != nil {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	many := moving(t, 1500, 4, 4)
	if s, _ := stillOf(t, h, many, media.Small); s.Frames != 9 {
		t.Errorf("of 1,500 frames: %d", s.Frames)
	}
	for _, what := range []string{"panic", "exit", "flood", "shout"} {
		if _, err := h.Still(t.Context(), media.Simulate(what), media.Small); tocsin.ReasonOf(err) != media.ReasonCrashed {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestWhatIsNoStillIsRefused: whoever answers has read a hostile file.
func TestWhatIsNoStillIsRefused(t *testing.T) {
	t.Parallel()
	good := append([]byte("TMS1\x00\x00\x01\x00\x02\x00\x01"), 1, 2, 3, 4, 5, 6)
	if err := media.ReadStill(good); err != nil {
		t.Fatal(err)
	}
	change := func(at int, b byte) []byte {
		c := slices.Clone(good)
		c[at] = b
		return c
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "short": good[:10], "without pixels": good[:11], "a pixel short": good[:len(good)-1],
		"of hashes": change(3, 'A'), "no such outcome": change(4, 200), "failed with pixels": change(4, 3),
		"half animated": change(5, 2), "no frame": change(6, 0), "too many frames": change(6, 10),
		"no width": change(8, 0), "too wide": change(7, 0xff), "no height": change(10, 0), "too high": change(9, 0xff),
	} {
		if media.ReadStill(b) == nil {
			t.Errorf("%s: taken for a still", name)
		}
	}
}
