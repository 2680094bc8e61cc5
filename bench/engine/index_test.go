// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"tocsin/bench/hashes"
)

// writeSet writes a small set as the driver does.
func writeSet(t *testing.T, count uint64) string {
	t.Helper()
	dir, source := t.TempDir(), hashes.Uniform{Seed: 1}
	for name, at := range map[string]func(uint64) [32]byte{
		"hashes":  source.At,
		"queries": func(n uint64) [32]byte { return hashes.Query(source, n, count) },
		"learn":   hashes.Uniform{Seed: 2}.At,
	} {
		var data []byte
		for number := range count {
			h := at(number)
			data = append(data, h[:]...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestIndexAnswersAndLearns(t *testing.T) {
	t.Parallel()
	const count = 500
	x, err := newIndex([]string{writeSet(t, count), t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	if _, err := x.run("build", 0, count); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"single", "batch"} {
		told, err := x.run(word, 10, 20)
		if err != nil || len(told.Count) != 10 || len(told.Sum) != 10 {
			t.Fatalf("%s: %+v, %v", word, told, err)
		}
		for i, n := range told.Count {
			if n != 1-i%2 {
				t.Errorf("%s: query %d has %d answers", word, 10+i, n)
			}
		}
	}
	if told, err := x.run("learn", 0, 3); err != nil || len(told.NS) != 3 {
		t.Errorf("learned %d of 3: %v", len(told.NS), err)
	}
	if _, err := x.run("boil", 0, 1); err == nil {
		t.Error("an unknown command was obeyed")
	}
}

func TestSumCoversIdsAndDistances(t *testing.T) {
	t.Parallel()
	x, err := newIndex([]string{writeSet(t, 100), t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	if _, err := x.run("build", 0, 100); err != nil {
		t.Fatal(err)
	}
	hits := x.store.Search(x.queries[0], threshold).Hits
	if len(hits) != 1 {
		t.Fatalf("the planted query has %d answers", len(hits))
	}
	want := crc32.ChecksumIEEE(binary.LittleEndian.AppendUint64(nil, hits[0].ID*512+uint64(hits[0].Distance)))
	if got := sumOf(hits); got != want {
		t.Errorf("the sum is %x, want %x", got, want)
	}
	if sumOf(nil) != 0 {
		t.Error("no hits have a sum")
	}
}
