// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"fmt"
	"iter"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"tocsin/bench/hashes"
	"tocsin/match/hamming"
)

// big says that measurements and tests with ten million hashes are wanted: they need 3 GB and minutes.
var big = os.Getenv("TOCSIN_BIG") != ""

// stream gives the first count hashes of a source, the number of each being its id. Two goroutines make them
// ahead, so that what is measured waits little for them.
func stream(source hashes.Source, count uint64) func(yield func(hamming.Hash, uint64) bool) {
	const share = 4096
	return func(yield func(hamming.Hash, uint64) bool) {
		var made [2]chan []hamming.Hash
		stop := make(chan struct{})
		var group sync.WaitGroup
		defer group.Wait()
		defer close(stop)
		for i := range uint64(2) {
			made[i] = make(chan []hamming.Hash, 64)
			group.Go(func() {
				for begin := i * share; begin < count; begin += 2 * share {
					var part []hamming.Hash
					for number := begin; number < min(begin+share, count); number++ {
						part = append(part, source.At(number))
					}
					select {
					case made[i] <- part:
					case <-stop:
						return
					}
				}
			})
		}
		for id, i := uint64(0), 0; id < count; i ^= 1 {
			for _, hash := range <-made[i] {
				if !yield(hash, id) {
					return
				}
				id++
			}
		}
	}
}

var sources = []struct {
	name   string
	source hashes.Source
}{{"uniform", hashes.Uniform{Seed: 1}}, {"clustered", hashes.NewClustered(1)}}

// BenchmarkSearch measures single queries at threshold 31 on one segment, half of them with a match.
func BenchmarkSearch(b *testing.B) {
	sizes := []uint64{1_000_000}
	if big {
		sizes = append(sizes, 10_000_000)
	}
	for _, count := range sizes {
		for _, s := range sources {
			for _, resident := range []bool{true, false} {
				name := fmt.Sprintf("%s/%d/resident=%t", s.name, count, resident)
				b.Run(name, func(b *testing.B) { measureSearch(b, s.source, count, resident) })
			}
		}
	}
}

func measureSearch(b *testing.B, source hashes.Source, count uint64, resident bool) {
	d, err := Open(b.TempDir(), Options{Resident: resident})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	start := time.Now()
	if err := d.Load(int(count), stream(source, count)); err != nil {
		b.Fatal(err)
	}
	load := time.Since(start)
	measureQueries(b, d.Index, source, count)
	b.ReportMetric(load.Seconds(), "load-s")
	b.ReportMetric(float64(d.Size().Bytes)/float64(count), "B/hash")
}

// BenchmarkUnmerged measures the same with as many segments as an index at rest can have, and half a tail.
func BenchmarkUnmerged(b *testing.B) {
	for _, s := range sources {
		b.Run(s.name, func(b *testing.B) {
			d, err := Open(b.TempDir(), Options{Resident: true})
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			parts := []int{1_000_000, 180_000, 35_000, 7_000, hamming.DefaultTail / 2}
			if big {
				parts[0], parts[1], parts[2] = 8_000_000, 1_600_000, 300_000
			}
			total := uint64(0)
			next, stop := iter.Pull2(stream(s.source, 1<<40))
			defer stop()
			for i, count := range parts {
				part := func(yield func(hamming.Hash, uint64) bool) {
					for range count {
						if hash, id, ok := next(); !ok || !yield(hash, id) {
							return
						}
					}
				}
				if i < len(parts)-1 {
					if err := d.Load(count, part); err != nil {
						b.Fatal(err)
					}
				} else {
					for hash, id := range part {
						d.Add(hash, id)
					}
				}
				total += uint64(count)
			}
			d.Wait()
			if size := d.Size(); size.Segments != 4 || size.Tail == 0 {
				b.Fatalf("%+v", size)
			}
			measureQueries(b, d.Index, s.source, total)
		})
	}
}

func measureQueries(b *testing.B, x *hamming.Index, source hashes.Source, count uint64) {
	queries := make([]hamming.Hash, 2000)
	for i := range queries {
		queries[i] = hashes.Query(source, uint64(i), count)
	}
	for _, q := range queries[:200] {
		x.Search(q, 31)
	}
	took := make([]time.Duration, 0, len(queries))
	hits := 0
	b.ResetTimer()
	for b.Loop() {
		for _, q := range queries {
			start := time.Now()
			hits += len(x.Search(q, 31).Hits)
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	at := func(part float64) float64 { return float64(took[int(part*float64(len(took)-1))].Nanoseconds()) / 1000 }
	b.ReportMetric(at(0.1), "p10-µs")
	b.ReportMetric(at(0.5), "p50-µs")
	b.ReportMetric(at(0.99), "p99-µs")
	b.ReportMetric(at(1), "max-µs")
	b.ReportMetric(float64(hits)/float64(len(took)), "hits/query")
	b.ReportMetric(0, "ns/op")
}
