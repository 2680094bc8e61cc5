// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tocsin/internal/media"
	"tocsin/match/pdq"
)

// vectors finds the reference's answers, which are not part of this repository.
func vectors(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "vectors", "pdq"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT TESTED: THE REFERENCE'S ANSWERS ARE ABSENT (%v)", err)
	}
	return path
}

func readRows(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(vectors(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[1:]
}

func parse(t testing.TB, hash string) pdq.Hash {
	t.Helper()
	if strings.Trim(hash, "0") == "" {
		return pdq.Hash{} // Parse refuses the sentinel
	}
	h, err := pdq.Parse(hash)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// tolerance is by how many bits a file's hash may differ from the reference's, and quality by how much; -1 is
// any. Lossless files must agree; two JPEG files differ between decoders by a known number of bits.
func tolerance(file string, quality int) (bits, off int) {
	switch {
	case file == "modes/I16.png": // the reference keeps the low byte of a sample, which is noise
		return -1, -1
	case strings.HasSuffix(file, ".png"):
		return 0, 0
	case quality < pdq.MinQuality:
		return -1, 1
	case strings.Contains(file, "square-128x128"):
		return 2, 1
	case file == "modes/rgb.jpeg":
		return 4, 1
	case quality >= 80:
		return 0, 1
	}
	return -1, 1
}

func TestFilesHashAsTheReferenceHashesThem(t *testing.T) {
	t.Parallel()
	rows := readRows(t, "expected.csv")
	h := hasher(t, media.Options{}, media.Limits{})
	for _, row := range rows {
		data, err := os.ReadFile(vectors(t, row[0]))
		if err != nil {
			t.Fatal(err)
		}
		quality, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.Picture(t.Context(), data, media.Upright)
		if err != nil {
			t.Errorf("%s: %v", row[0], err)
			continue
		}
		bits, off := tolerance(row[0], quality)
		if d := pdq.Distance(parse(t, row[1]), p.Hashes[0]); bits >= 0 && d > bits {
			t.Errorf("%s: distance %d, at most %d", row[0], d, bits)
		}
		if d := p.Quality - quality; off >= 0 && (d > off || d < -off) {
			t.Errorf("%s: quality %d, want %d", row[0], p.Quality, quality)
		}
		if row[3] != strconv.Itoa(p.Width) || row[4] != strconv.Itoa(p.Height) {
			t.Errorf("%s: %d × %d, want %s × %s", row[0], p.Width, p.Height, row[3], row[4])
		}
	}
	t.Logf("%d files", len(rows))
}

func TestDihedralHashesAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	rows := readRows(t, "dihedral-expected.csv")
	data, err := os.ReadFile(vectors(t, "dihedral", "bridge-1-original.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	h := hasher(t, media.Options{}, media.Limits{})
	p, err := h.Picture(t.Context(), data, media.Dihedral)
	if err != nil {
		t.Fatal(err)
	}
	ours := map[pdq.Hash]bool{}
	for _, hash := range p.Hashes {
		ours[hash] = true
	}
	for _, row := range rows {
		if !ours[parse(t, row[2])] {
			t.Errorf("%s: none of ours is the reference's", row[0])
		}
	}
}
