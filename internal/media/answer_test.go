// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/internal/media"
	"tocsin/match/pdq"
)

func TestAnswerComesBackAsItWent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := media.Picture{Format: rapid.SampledFrom([]media.Format{media.JPEG, media.PNG, media.GIF,
			media.WebP}).Draw(rt, "format"), Width: rapid.IntRange(1, media.MaxPixels).Draw(rt, "width"),
			Height:   rapid.IntRange(1, media.MaxPixels).Draw(rt, "height"),
			Animated: rapid.Bool().Draw(rt, "animated"),
			Quality:  rapid.IntRange(0, pdq.MaxQuality).Draw(rt, "quality"),
			Hashes:   make([]pdq.Hash, rapid.SampledFrom([]int{1, 8}).Draw(rt, "hashes"))}
		for i := range p.Hashes {
			copy(p.Hashes[i][:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "hash"))
		}
		sent := media.FoundAnswer(p)
		back, err := media.ReadAnswer(sent)
		if err != nil || !bytes.Equal(sent, back) {
			rt.Fatalf("%x came back as %x, %v", sent, back, err)
		}
	})
}

func TestWhatIsNoAnswerIsRefused(t *testing.T) {
	t.Parallel()
	good := media.FoundAnswer(media.Picture{Format: media.PNG, Width: 7, Height: 5, Quality: 80,
		Hashes: make([]pdq.Hash, 1)})
	for at, values := range map[int][]byte{0: {'X'}, 3: {'2'}, 4: {1, 4, 6, 255}, 5: {5, 255}, 6: {2, 255},
		7: {101, 255}, 8: {255}, 12: {128}, 11: {0}, 15: {0}, 16: {0, 2, 7, 9, 255}} {
		for _, v := range values {
			bad := bytes.Clone(good)
			bad[at] = v
			if _, err := media.ReadAnswer(bad); err == nil {
				t.Errorf("byte %d as %d is read as an answer", at, v)
			}
		}
	}
	for n := range len(good) {
		if _, err := media.ReadAnswer(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are read as an answer", n, len(good))
		}
	}
}

func FuzzAnswerIsReadInOneWayOnly(f *testing.F) {
	f.Add(media.FoundAnswer(media.Picture{Format: media.JPEG, Width: 7, Height: 5, Quality: 80,
		Hashes: make([]pdq.Hash, 8)}))
	f.Add([]byte("TMA1\x04\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("TMG1\x07\x07"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if back, err := media.ReadAnswer(b); err == nil && !bytes.HasPrefix(b, back) {
			t.Errorf("%x is read as %x", b, back)
		}
		if back, err := media.ReadGreeting(b); err == nil && !bytes.HasPrefix(b, back) {
			t.Errorf("%x is read as %x", b, back)
		}
	})
}

// FuzzDecoderNeverPanics decodes in this process.
func FuzzDecoderNeverPanics(f *testing.F) {
	for _, name := range []string{"plain.png", "baseline.jpeg", "progressive.jpeg", "cmyk.jpeg", "lossless.webp",
		"lossy.webp", "alpha-lossy.webp", "animated-alpha.webp"} {
		f.Add(fixture(f, name))
	}
	f.Add(asGIF(f, 3))
	f.Add(bomb(f, 100, 100, 1, 3, 13))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := media.PixelsClaimed(data); len(data) > 1<<16 || n > 1<<18 && n <= media.MaxPixels {
			return // honest work, and too much of it here
		}
		p, err := media.DecodeHere(data)
		switch {
		case err == nil && (len(p.Hashes) != 1 || p.Width < 1 || p.Height < 1 ||
			p.Width*p.Height > media.MaxPixels):
			t.Errorf("%+v", p)
		case err != nil && strings.Contains(err.Error(), "media_crashed"):
			t.Error("a decoder panicked")
		}
	})
}

func TestArgumentsOfAChildAreReadStrictly(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"x"}, {"x", "1", "2"}, {"x", "1", "2", "3", "4"}, {"x", "0", "2", "3"},
		{"x", "1", "-2", "3"}, {"x", "1", "2", "kettle"}, {"x", "99999999999999", "2", "3"}} {
		if media.LimitsFrom(args) == nil {
			t.Errorf("%q are read as limits", args)
		}
	}
}

func TestFileIsReadOnceForItsDigests(t *testing.T) {
	t.Parallel()
	picture := fixture(t, "plain.png")
	for _, c := range []struct {
		name  string
		bytes []byte
		kept  int
	}{{"picture", picture, len(picture)}, {"other", []byte(strings.Repeat("kettle", 1000)), 12}, {"short",
		[]byte("ket"), 3}, {"empty", nil, 0}, {"large picture", append(bytes.Clone(picture), make([]byte,
		media.MaxBytes)...), media.MaxBytes + 1}} {
		f, err := media.Read(t.Context(), iotest.HalfReader(bytes.NewReader(c.bytes)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Size != int64(len(c.bytes)) || len(f.Data) != c.kept || !bytes.HasPrefix(c.bytes, f.Data) {
			t.Errorf("%s: %d bytes, %d kept", c.name, f.Size, len(f.Data))
		}
	}
	f, err := media.Read(t.Context(), iotest.OneByteReader(strings.NewReader("kettle")))
	if err != nil {
		t.Fatal(err)
	}
	var digests []string
	for _, d := range f.Digests {
		digests = append(digests, d.String())
	}
	if diff := cmp.Diff([]string{"a442b5469d33091d0d022b38181dd88f", "95188fa66e3440610930f718e30ddeeebc41b4d7",
		"20cd4732ae60507a2e2e01ae3ca7a75cc3c0d5a4e98f9a69689e1f31df74493e"}, digests); diff != "" {
		t.Error(diff)
	}
	broken := errors.New("the line went dead")
	if _, err := media.Read(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
