// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"strings"
	"testing"
)

// bomb is a PNG of a few bytes whose header claims a picture of that size.
func bomb(t testing.TB, width, height uint32) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	b := buf.Bytes()
	header := b[12 : 12+4+13] // "IHDR" and its data, which follow the signature and the length
	binary.BigEndian.PutUint32(header[4:], width)
	binary.BigEndian.PutUint32(header[8:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(header))
	return b
}

func TestClaimedSizeIsJudgedBeforeDecoding(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"wide":     bomb(t, MaxSide+1, 1),
		"high":     bomb(t, 1, MaxSide+1),
		"area":     bomb(t, 4096, 1025),
		"overflow": bomb(t, 1<<16, 1<<16), // the product is zero in 32 bits
	} {
		_, err := Read(data)
		if !isRefusal(err) || !strings.Contains(err.Error(), "too many pixels") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func isRefusal(err error) bool {
	var refused Error
	return errors.As(err, &refused)
}

func TestOnlyPNGAndJPEGAreRead(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "gif": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
	} {
		if _, err := Read(data); !isRefusal(err) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestMotifIsDrawnTheSameFromTheSameSeed(t *testing.T) {
	t.Parallel()
	for _, m := range Motifs {
		first, err := m.Draw(7)
		if err != nil {
			t.Fatalf("draw %s: %v", m.Name, err)
		}
		again, _ := m.Draw(7)
		other, _ := m.Draw(8)
		if !bytes.Equal(first.PNG, again.PNG) || bytes.Equal(first.PNG, other.PNG) {
			t.Errorf("%s does not follow its seed", m.Name)
		}
		if _, err := Read(first.PNG); err != nil {
			t.Errorf("%s is not a picture the board accepts: %v", m.Name, err)
		}
	}
	if _, ok := FindMotif("nothing"); ok {
		t.Error("found a motif that does not exist")
	}
}

func FuzzUploadIsRefusedOrReencoded(f *testing.F) {
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewNRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add(bomb(f, 64, 64))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(data)
		if err != nil {
			if !isRefusal(err) {
				t.Fatalf("failed instead of refusing: %v", err)
			}
			return
		}
		head, err := png.DecodeConfig(bytes.NewReader(p.PNG))
		if err != nil || head.Width != p.Width || head.Height != p.Height || p.Width*p.Height > MaxPixels {
			t.Fatalf("re-encoded as %+v: %v", head, err)
		}
	})
}
