// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package pdq_test

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/match/pdq"
)

func decode(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func hashFile(t *testing.T, path string) (pdq.Hash, int) {
	t.Helper()
	p, err := pdq.FromImageReduced(decode(t, path))
	if err != nil {
		t.Fatal(err)
	}
	h, quality, err := pdq.Sum(p)
	if err != nil {
		t.Fatal(err)
	}
	return h, quality
}

func TestReferenceAgreesOnSyntheticPictures(t *testing.T) {
	t.Parallel()
	want := expectations(t)
	for _, s := range synthetics() {
		name := "synthetic/" + s.name + ".png"
		expected, ok := want[name]
		if !ok {
			t.Errorf("%s: the reference was not asked", name)
			continue
		}
		h, quality, err := pdq.Sum(s.picture)
		if err != nil || h != expected.hash || quality != expected.quality {
			t.Errorf("%s: %v %d %v, want %v %d", name, h, quality, err, expected.hash, expected.quality)
		}
		p, err := pdq.FromImage(decode(t, vectors(t, filepath.FromSlash(name))))
		if err != nil || !bytes.Equal(p.Pix, s.picture.Pix) || p.Width != s.picture.Width {
			t.Errorf("%s: our pixels are not those of the file (%v)", name, err)
		}
	}
}

// Decoders differ in the last bit of a JPEG sample, so its hash may differ a little, but a file without
// loss has one hash. Below the least quality rounding decides.
func TestReferenceAgreesOnFiles(t *testing.T) {
	t.Parallel()
	for name, want := range expectations(t) {
		h, quality := hashFile(t, vectors(t, filepath.FromSlash(name)))
		if name == "modes/I16.png" {
			continue // the reference hashes the low byte
		}
		distance, allowed := pdq.Distance(h, want.hash), 4
		if strings.HasSuffix(name, ".png") {
			allowed = 0
		}
		if want.quality < pdq.MinQuality && allowed > 0 {
			continue
		}
		if distance > allowed || quality < want.quality-1 || quality > want.quality+1 {
			t.Errorf("%s: distance %d (at most %d), quality %d, want %d",
				name, distance, allowed, quality, want.quality)
		}
	}
}

func TestReferenceAgreesOnDihedralHashes(t *testing.T) {
	t.Parallel()
	rows := readRows(t, vectors(t, "dihedral-expected.csv"))[1:]
	p, err := pdq.FromImage(decode(t, vectors(t, "dihedral", "bridge-1-original.jpg")))
	if err != nil {
		t.Fatal(err)
	}
	eight, quality, err := pdq.Dihedral(p)
	if err != nil || quality != 100 || len(rows) != len(eight) {
		t.Fatalf("quality %d, %v, %d rows", quality, err, len(rows))
	}
	for i, row := range rows {
		if row[0] != pdq.DihedralName(i) || row[2] != eight[i].String() {
			t.Errorf("%s: %v, want %s %s", pdq.DihedralName(i), eight[i], row[0], row[2])
		}
		turned, _ := hashFile(t, vectors(t, filepath.FromSlash(row[4])))
		if at, d := pdq.Nearest(eight, turned); at != i || d > 18 {
			t.Errorf("%s: the file's hash is nearest to %s, at %d", row[0], pdq.DihedralName(at), d)
		}
	}
}

func TestReferenceCountsTheSamePairs(t *testing.T) {
	t.Parallel()
	read := func(name string) (list []pdq.Hash) {
		text, err := os.ReadFile(vectors(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			h, err := pdq.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, h)
		}
		return list
	}
	needles, haystack := read("needles.txt"), read("haystack.txt")
	limits := [5]int{0, 15, 31, 47, 63}
	var found, among [5]int
	for i, h := range haystack {
		for _, n := range needles {
			count(&found, limits, pdq.Distance(n, h))
		}
		for _, other := range haystack[:i] {
			count(&among, limits, pdq.Distance(other, h))
		}
	}
	if found != [5]int{50, 151, 250, 287, 352} || among != [5]int{0, 251, 857, 2001, 3221} {
		t.Errorf("pairs %v and %v", found, among)
	}
}

func count(pairs *[5]int, limits [5]int, distance int) {
	for i, limit := range limits {
		if distance <= limit {
			pairs[i]++
		}
	}
}
