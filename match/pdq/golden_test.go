// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/match/pdq"
)

var update = flag.Bool("update", false, "write the golden file anew")

var goldenFile = filepath.Join("testdata", "synthetic.csv")

// A platform on which this fails would not find what another one stored.
func TestSyntheticPicturesHashTheSameEverywhere(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, s := range synthetics() {
		eight, quality, err := pdq.Dihedral(s.picture)
		if err != nil {
			t.Fatal(err)
		}
		hash, again, err := pdq.Sum(s.picture)
		if err != nil || hash != eight[0] || again != quality {
			t.Errorf("%s: Sum %v %d %v, Dihedral %v %d", s.name, hash, again, err, eight[0], quality)
		}
		fmt.Fprintf(&got, "%s,%d", s.name, quality)
		for _, h := range eight {
			fmt.Fprintf(&got, ",%v", h)
		}
		got.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile(goldenFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); d != "" {
		t.Errorf("hashes differ from the golden file (-want +got):\n%s", d)
	}
}

func TestConcurrentHashesDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	pictures := synthetics()
	var want []pdq.Hash
	for _, s := range pictures {
		h, _, _ := pdq.Sum(s.picture)
		want = append(want, h)
	}
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := range pictures {
				at := (i*(n+1) + n) % len(pictures)
				if h, _, _ := pdq.Sum(pictures[at].picture); h != want[at] {
					t.Errorf("%s: %v, alone %v", pictures[at].name, h, want[at])
				}
			}
		})
	}
	all.Wait()
}

func TestCosinesAreThoseOfTheReference(t *testing.T) {
	t.Parallel()
	sum := sha256.New()
	if err := binary.Write(sum, binary.LittleEndian, pdq.Cosine()); err != nil {
		t.Fatal(err)
	}
	const want = "db354678fc6c99b7d442c35d8e89b002b71cb35eff6ae436c5f36392277a83c8"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("SHA-256 of the table %s, want %s", got, want)
	}
}

// expectation is what the reference said of a file.
type expectation struct {
	hash    pdq.Hash
	quality int
}

// vectors finds the reference's answers, which are not part of this repository.
func vectors(t *testing.T, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "vectors", "pdq"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT TESTED: THE REFERENCE'S ANSWERS ARE ABSENT (%v): our own golden file was checked and nothing else", err)
	}
	return path
}

func readRows(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readHash(t *testing.T, text string) (h pdq.Hash) {
	t.Helper()
	if n, err := hex.Decode(h[:], []byte(text)); err != nil || n != len(h) {
		t.Fatalf("hash of the reference: %d bytes, %v", n, err)
	}
	return h
}

func expectations(t *testing.T) map[string]expectation {
	t.Helper()
	all := map[string]expectation{}
	for _, row := range readRows(t, vectors(t, "expected.csv"))[1:] {
		quality, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		all[row[0]] = expectation{readHash(t, row[1]), quality}
	}
	return all
}
