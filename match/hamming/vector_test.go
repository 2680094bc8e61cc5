// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming_test

import (
	"bufio"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"tocsin/match/hamming"
)

// readHashes gives the hashes of a public vector file, one of 64 hex digits a line.
func readHashes(t *testing.T, name string) (all []hamming.Hash) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "vectors", "pdq", name)
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("NOT TESTED: THE PUBLISHED NEEDLES AND HAYSTACK ARE ABSENT: %v", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var hash hamming.Hash
		if n, err := hex.Decode(hash[:], lines.Bytes()); err != nil || n != len(hash) {
			t.Fatalf("%s: not a hash: %v", name, err)
		}
		all = append(all, hash)
	}
	if lines.Err() != nil || len(all) == 0 {
		t.Fatalf("%s: %d hashes, %v", name, len(all), lines.Err())
	}
	return all
}

// TestPublishedPairsAreFound counts pairs of the reference's own test data, which its linear search counts
// so.
func TestPublishedPairsAreFound(t *testing.T) {
	t.Parallel()
	needles, haystack := readHashes(t, "needles.txt"), readHashes(t, "haystack.txt")
	index := hamming.New(hamming.Options{Tail: 300})
	defer index.Close()
	for i, hash := range haystack {
		index.Add(hash, uint64(i))
	}
	for _, test := range []struct{ threshold, needles, haystack int }{
		{0, 50, 0}, {15, 151, 251}, {31, 250, 857}, {47, 287, 2001}, {63, 352, 3221},
	} {
		count := 0
		for _, result := range index.SearchAll(needles, test.threshold) {
			count += len(result.Hits)
		}
		if count != test.needles {
			t.Errorf("needles within %d: %d pairs instead of %d", test.threshold, count, test.needles)
		}
		count = 0
		for i, hash := range haystack {
			for _, hit := range index.Search(hash, test.threshold).Hits {
				if hit.ID > uint64(i) {
					count++
				}
			}
		}
		if count != test.haystack {
			t.Errorf("haystack within %d: %d pairs instead of %d", test.threshold, count, test.haystack)
		}
	}
}
