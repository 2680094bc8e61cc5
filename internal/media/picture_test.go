// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"tocsin"
	"tocsin/internal/media"
	"tocsin/match/pdq"
)

const (
	width, height = 96, 80 // of every picture in testdata
	sameTo        = 10     // bits by which lossy encodings of one picture may differ
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// plain is the picture that the others are encodings of.
func plain(t testing.TB) *image.NRGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(fixture(t, "plain.png")))
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewNRGBA(img.Bounds())
	draw.Draw(m, m.Bounds(), img, image.Point{}, draw.Src)
	return m
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// converted is the plain picture in another kind of memory.
func converted(t testing.TB, m draw.Image) image.Image {
	t.Helper()
	draw.Draw(m, m.Bounds(), plain(t), image.Point{}, draw.Src)
	return m
}

// veiled is the plain picture under an alpha that must not matter.
func veiled(t testing.TB) image.Image {
	t.Helper()
	m := plain(t)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = byte(i)
	}
	return m
}

func asGIF(t testing.TB, frames int) []byte {
	t.Helper()
	palette := color.Palette{}
	for i := range 216 {
		palette = append(palette, color.RGBA{byte(i / 36 * 51), byte(i / 6 % 6 * 51), byte(i % 6 * 51), 255})
	}
	first := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	draw.FloydSteinberg.Draw(first, first.Bounds(), plain(t), image.Point{})
	images := []*image.Paletted{first}
	for range frames - 1 {
		images = append(images, image.NewPaletted(image.Rect(0, 0, 2, 2), palette))
	}
	return encodedGIF(t, images...)
}

func encodedGIF(t testing.TB, images ...*image.Paletted) []byte {
	t.Helper()
	var b bytes.Buffer
	g := &gif.GIF{Image: images, Delay: make([]int, len(images))}
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryEncodingOfAPictureHasItsHash(t *testing.T) {
	t.Parallel()
	area := image.Rect(0, 0, width, height)
	full, grey, few := plain(t), converted(t, image.NewGray(area)), paletted(t)
	cases := map[string]struct {
		data     []byte
		of       image.Image // whose hash is wanted
		format   media.Format
		lossy    bool
		animated bool
	}{
		"PNG":                      {fixture(t, "plain.png"), full, media.PNG, false, false},
		"PNG, animated":            {fixture(t, "animated.png"), full, media.PNG, false, true},
		"PNG, alpha":               {asPNG(t, veiled(t)), full, media.PNG, false, false},
		"PNG, 16 bits":             {asPNG(t, converted(t, image.NewNRGBA64(area))), full, media.PNG, false, false},
		"PNG, grey":                {asPNG(t, grey), grey, media.PNG, false, false},
		"PNG, grey, 16 bits":       {asPNG(t, converted(t, image.NewGray16(area))), grey, media.PNG, true, false},
		"PNG, palette":             {asPNG(t, few), few, media.PNG, false, false},
		"PNG, palette, alpha":      {asPNG(t, palettedVeiled(t)), few, media.PNG, false, false},
		"PNG, bytes behind it":     {append(fixture(t, "plain.png"), "\xff\xd8"...), full, media.PNG, false, false},
		"JPEG, baseline":           {fixture(t, "baseline.jpeg"), full, media.JPEG, true, false},
		"JPEG, progressive":        {fixture(t, "progressive.jpeg"), full, media.JPEG, true, false},
		"JPEG, CMYK":               {fixture(t, "cmyk.jpeg"), full, media.JPEG, true, false},
		"JPEG, meant to be turned": {fixture(t, "turned.jpeg"), full, media.JPEG, true, false},
		"JPEG, grey":               {asJPEG(t, grey), grey, media.JPEG, true, false},
		"JPEG, bytes behind it":    {append(fixture(t, "baseline.jpeg"), "<p>"...), full, media.JPEG, true, false},
		"GIF":                      {asGIF(t, 1), few, media.GIF, false, false},
		"GIF, many frames":         {asGIF(t, 3000), few, media.GIF, false, true},
		"WebP, lossless":           {fixture(t, "lossless.webp"), full, media.WebP, false, false},
		"WebP, lossless, alpha":    {fixture(t, "alpha-lossless.webp"), full, media.WebP, false, false},
		"WebP, lossy":              {fixture(t, "lossy.webp"), full, media.WebP, true, false},
		"WebP, lossy, alpha":       {fixture(t, "alpha-lossy.webp"), full, media.WebP, true, false},
		"WebP, animated":           {fixture(t, "animated.webp"), full, media.WebP, true, true},
		"WebP, animated, alpha":    {fixture(t, "animated-alpha.webp"), full, media.WebP, true, true},
	}
	h := hasher(t, media.Options{}, media.Limits{})
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := h.Picture(t.Context(), c.data, media.Upright)
			if err != nil {
				t.Fatal(err)
			}
			want, quality := hashHere(t, c.of)
			if distance := pdq.Distance(want, p.Hashes[0]); distance > sameTo || !c.lossy && distance > 0 {
				t.Errorf("distance %d", distance)
			}
			if off := p.Quality - quality; off < -2 || off > 2 {
				t.Errorf("quality %d, want %d", p.Quality, quality)
			}
			if p.Format != c.format || p.Animated != c.animated || p.Width != width || p.Height != height {
				t.Errorf("%+v", p)
			}
		})
	}
}

func hashHere(t *testing.T, img image.Image) (pdq.Hash, int) {
	t.Helper()
	p, err := pdq.FromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	h, quality, err := pdq.Sum(p)
	if err != nil || quality < pdq.MinQuality {
		t.Fatalf("quality %d, %v", quality, err)
	}
	return h, quality
}

func paletted(t testing.TB) *image.Paletted {
	t.Helper()
	g, err := gif.Decode(bytes.NewReader(asGIF(t, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return g.(*image.Paletted)
}

func palettedVeiled(t testing.TB) *image.Paletted {
	t.Helper()
	m := paletted(t)
	for i, c := range m.Palette {
		r, g, b, _ := c.RGBA()
		m.Palette[i] = color.NRGBA{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(128 + i%100)}
	}
	return m
}

func TestDihedralHashesComeOnDemand(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	one, err := h.Picture(t.Context(), fixture(t, "plain.png"), media.Upright)
	if err != nil {
		t.Fatal(err)
	}
	eight, err := h.Picture(t.Context(), fixture(t, "plain.png"), media.Dihedral)
	if err != nil {
		t.Fatal(err)
	}
	if len(one.Hashes) != 1 || len(eight.Hashes) != 8 || one.Hashes[0] != eight.Hashes[0] {
		t.Errorf("%d and %d hashes", len(one.Hashes), len(eight.Hashes))
	}
}

// bomb is a PNG that claims a size and holds one row of one bit a pixel.
func bomb(t testing.TB, w, h uint32, depth, kind byte, row int) []byte {
	t.Helper()
	b := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	part := func(id string, data []byte) {
		_ = binary.Write(b, binary.BigEndian, uint32(len(data)))
		sum := crc32.NewIEEE()
		_, _ = sum.Write(append([]byte(id), data...))
		b.WriteString(id)
		b.Write(data)
		_ = binary.Write(b, binary.BigEndian, sum.Sum32())
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	part("IHDR", append(header, depth, kind, 0, 0, 0))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(make([]byte, 1+row)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	part("IDAT", packed.Bytes())
	part("IEND", nil)
	return b.Bytes()
}

func TestSizeIsRefusedBeforeMemoryIsSpent(t *testing.T) {
	t.Parallel()
	frame := asGIF(t, 1)
	binary.LittleEndian.PutUint16(frame[6:], 60_000)
	binary.LittleEndian.PutUint16(frame[8:], 60_000)
	h := hasher(t, media.Options{}, media.Limits{Memory: 64 << 20})
	for _, c := range []struct {
		name string
		data []byte
		want tocsin.Reason
	}{
		{"40,000 × 40,000 in 89 bytes", bomb(t, 40_000, 40_000, 1, 0, 5_000), media.ReasonTooLarge},
		{"20,000 × 20,000, grey", bomb(t, 20_000, 20_000, 1, 0, 2_500), media.ReasonTooLarge},
		{"8,000 × 8,000, 64 bits", bomb(t, 8_000, 8_000, 16, 6, 64_000), media.ReasonTooLarge},
		{"7,000 × 7,000, 64 bits", bomb(t, 7_000, 7_000, 16, 6, 56_000), media.ReasonTooLarge}, // 392 MB
		{"no pixels", bomb(t, 0, 7, 1, 0, 1), media.ReasonDamaged},
		{"GIF that claims 3,600 million", frame, media.ReasonTooLarge},
		{"one row of 100", bomb(t, 100, 100, 1, 0, 13), media.ReasonDamaged},
	} {
		if _, err := h.Picture(t.Context(), c.data, media.Upright); tocsin.ReasonOf(err) != c.want {
			t.Errorf("%s, %d bytes: %v, want %s", c.name, len(c.data), err, c.want)
		}
	}
}

func TestCutFileIsDamagedAndNeverHashed(t *testing.T) {
	t.Parallel()
	h := hasher(t, media.Options{}, media.Limits{})
	for _, name := range []string{"plain.png", "baseline.jpeg", "progressive.jpeg", "cmyk.jpeg", "lossless.webp",
		"lossy.webp", "alpha-lossy.webp", "animated.webp", "animated-alpha.webp"} {
		whole := fixture(t, name)
		for _, part := range []int{16, len(whole) / 4, len(whole) / 2} {
			if p, err := h.Picture(t.Context(), whole[:part], media.Upright); tocsin.ReasonOf(err) !=
				media.ReasonDamaged {
				t.Errorf("%s cut at %d of %d: %+v, %v", name, part, len(whole), p, err)
			}
		}
	}
	whole := asGIF(t, 1)
	if _, err := h.Picture(t.Context(), whole[:len(whole)/2], media.Upright); tocsin.ReasonOf(err) !=
		media.ReasonDamaged {
		t.Errorf("GIF: %v", err)
	}
}

// TestLossyWebPKeepsItsContrast compares brightness with the picture that was encoded.
func TestLossyWebPKeepsItsContrast(t *testing.T) {
	t.Parallel()
	want, got := plain(t), media.PixelsHere(fixture(t, "lossy.webp"))
	sum := 0
	for y := range height {
		for x := range width {
			a := color.GrayModel.Convert(want.At(x, y)).(color.Gray)
			b := color.GrayModel.Convert(got.At(x, y)).(color.Gray)
			sum += max(int(a.Y)-int(b.Y), int(b.Y)-int(a.Y))
		}
	}
	if mean := float64(sum) / (width * height); mean > 3 {
		t.Errorf("brightness is off by %.1f on average", mean)
	} else {
		t.Logf("brightness is off by %.2f on average", mean)
	}
}
