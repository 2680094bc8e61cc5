// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// Both tests compare what this build scans with, and what every build can, with counting one by one: at
// thresholds that lanes meet exactly, with all lanes equal, and in parts of every length.

func TestNearSketchesAreThoseThatCountingFinds(t *testing.T) {
	t.Parallel()
	t.Logf("vector instructions: %t", Vectors())
	random := rand.New(rand.NewPCG(1, 1))
	for length := range 70 {
		for limit := range 17 {
			query := uint16(random.Uint32())
			sketches := make([]uint16, length)
			var want []uint32
			for i := range sketches {
				sketches[i] = query ^ uint16(random.Uint32()&random.Uint32())
				if random.IntN(4) == 0 {
					sketches[i] = query ^ uint16(1<<limit-1)
				}
				if bits.OnesCount16(sketches[i]^query) <= limit {
					want = append(want, uint32(i))
				}
			}
			for name, scan := range map[string]func([]uint16, uint16, int, []uint32) []uint32{
				"this build": nearSketches, "portable": nearSketchesPortable,
			} {
				if diff := gocmp.Diff(want, scan(sketches, query, limit, nil)); diff != "" {
					t.Fatalf("%s, limit %d: %s", name, limit, diff)
				}
			}
		}
	}
}

func TestScannedPlanesAreThoseThatCountingFinds(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for blocks := range 20 {
		for _, limit := range []int{-1, 0, 1, 15, 16, 17, 31, 64, 128} {
			first, second := random.Uint64(), random.Uint64()
			planes := make([]plane, blocks)
			var want []uint32
			for i := range planes {
				for lane := range lanes {
					x := random.Uint64() & random.Uint64() & -uint64(random.IntN(2))
					y := random.Uint64() & random.Uint64() & -uint64(random.IntN(2))
					if random.IntN(4) == 0 {
						x, y = 1<<max(limit, 0)-1, 1<<(max(limit, 0)/2)-1 // places just at the limit
					}
					planes[i].put(lane, first^x, second^y)
					if bits.OnesCount64(x|y) <= limit {
						want = append(want, uint32(i*lanes+lane))
					}
				}
			}
			for name, scan := range map[string]func([]plane, uint64, uint64, int, []uint32) []uint32{
				"this build": scanPlanes, "portable": scanPlanesPortable,
			} {
				if diff := gocmp.Diff(want, scan(planes, first, second, limit, nil)); diff != "" {
					t.Fatalf("%s, limit %d: %s", name, limit, diff)
				}
			}
		}
	}
}

func BenchmarkTailScan(b *testing.B) {
	planes := make([]plane, DefaultTail/lanes)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range planes {
		for lane := range lanes {
			planes[i].put(lane, random.Uint64(), random.Uint64())
		}
	}
	var near []uint32
	for b.Loop() {
		near = scanPlanes(planes, 1, 2, 31, near[:0])
	}
}

func BenchmarkSketches(b *testing.B) {
	sketches := make([]uint16, 152)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range sketches {
		sketches[i] = uint16(random.Uint32())
	}
	var near []uint32
	for b.Loop() {
		near = nearSketches(sketches, 1, 2, near[:0])
	}
}
