// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tocsin/bench/hashes"
)

// BenchmarkLayout puts beside each other what layoutFor chooses between, and what it might: the time of a
// query at threshold 31, the slowest of a hundred, and the memory of a hash.
func BenchmarkLayout(b *testing.B) {
	many := equalChunks(11, 20, 11) // the chunks of many keys and few rows that need no sketches
	for i := range many {
		many[i].radius = 2
	}
	layouts := []struct {
		name string
		layout
	}{
		{"16x16", equalChunks(16, 16, 16)},
		{"16x14", equalChunks(16, 14, 16)},
		{"15x17", equalChunks(15, 17, 13)},
		{"14x18", equalChunks(14, 18, 10)},
		{"11x20", many},
	}
	source := hashes.Uniform{Seed: 1}
	for _, count := range []uint64{20_000, 200_000, 1_000_000} {
		for _, l := range layouts {
			b.Run(fmt.Sprintf("%d/%s", count, l.name), func(b *testing.B) {
				measureLayout(b, l.layout, source, count)
			})
		}
	}
}

func measureLayout(b *testing.B, l layout, source hashes.Source, count uint64) {
	start := time.Now()
	s, err := builder{Heap, func(int) layout { return l }, 2}.build(int(count), func(yield func(Hash, uint64) bool) {
		for id := range count {
			if !yield(source.At(id), id) {
				return
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	built := time.Since(start)
	queries := make([]words, 1000)
	for i := range queries {
		q := Hash(hashes.Query(source, uint64(i), count))
		queries[i] = q.words()
	}
	found, work := collector{limit: DefaultLimit}, new(scratch)
	var took []time.Duration
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		found.hits = found.hits[:0]
		start := time.Now()
		s.search(&queries[i%len(queries)], 31, &found, work)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
	b.ReportMetric(float64(len(s.block.Bytes()))/float64(count), "B/hash")
	b.ReportMetric(built.Seconds(), "build-s")
}
