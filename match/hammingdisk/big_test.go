// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"cmp"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	gocmp "github.com/google/go-cmp/cmp"

	"tocsin/bench/hashes"
	"tocsin/match/hamming"
)

// everything is a set of hashes that is compared one by one. It shares no code with the index.
type everything [][4]uint64

func makeEverything(source hashes.Source, count uint64) everything {
	all := make(everything, count)
	parallelly(int(count), func(i int) { all[i] = [4]uint64(asWords(source.At(uint64(i)))) })
	return all
}

func asWords(h [32]byte) [4]uint64 { return *(*[4]uint64)(unsafe.Pointer(&h)) }

func asHash(w [4]uint64) hamming.Hash { return *(*hamming.Hash)(unsafe.Pointer(&w)) }

func parallelly(count int, do func(i int)) {
	const share = 1024
	var group sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for begin := int(next.Add(share)) - share; begin < count; begin = int(next.Add(share)) - share {
				for i := begin; i < min(begin+share, count); i++ {
					do(i)
				}
			}
		})
	}
	group.Wait()
}

// search compares every hash with every query, a few hashes at a time so that they stay in the cache.
func (e everything) search(queries []hamming.Hash) [][]hamming.Hit {
	const tile = 1024
	var mu sync.Mutex
	found := make([][]hamming.Hit, len(queries))
	parallelly((len(e)+tile-1)/tile, func(part int) {
		begin := part * tile
		for i, query := range queries {
			q := asWords(query)
			for at, h := range e[begin:min(begin+tile, len(e))] {
				d := bits.OnesCount64(h[0]^q[0]) + bits.OnesCount64(h[1]^q[1]) +
					bits.OnesCount64(h[2]^q[2]) + bits.OnesCount64(h[3]^q[3])
				if d <= threshold {
					mu.Lock()
					found[i] = append(found[i], hamming.Hit{ID: uint64(begin + at), Distance: d, Hash: asHash(h)})
					mu.Unlock()
				}
			}
		}
	})
	for _, hits := range found {
		slices.SortFunc(hits, func(a, b hamming.Hit) int {
			return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID))
		})
	}
	return found
}

// A writer works while queries are checked: it removes and adds again each pair whose id is a multiple of
// touched, and adds and removes others above foreign.
const (
	touched = 1000
	foreign = 1 << 50
)

func keepWriting(d *Disk, source hashes.Source, count uint64, stop <-chan struct{}) (changes int) {
	random := rand.New(rand.NewPCG(9, 9))
	for number := uint64(0); ; number++ {
		select {
		case <-stop:
			return changes
		default:
		}
		id := random.Uint64N(count/touched) * touched
		d.Remove(source.At(id), id)
		other := hamming.Hash(hashes.Query(source, 2*number, count)) // near a stored hash
		d.Add(other, foreign+number)
		if number%2 == 0 {
			d.Remove(other, foreign+number)
		}
		d.Add(source.At(id), id)
		changes += 4
	}
}

// bigness is how many hashes there are, and how many queries.
type bigness struct{ count, queries int }

// smallest is as many as make several segments and a tail.
var smallest = bigness{30_000, 1_000}

// TestBigIndexIsExact is big with TOCSIN_BIG: a million hashes and ten million.
func TestBigIndexIsExact(t *testing.T) {
	sizes := []bigness{smallest}
	if big {
		sizes = append(sizes, bigness{1_000_000, 10_000}, bigness{10_000_000, 1_000})
	}
	for _, size := range sizes {
		for _, s := range sources {
			t.Run(fmt.Sprintf("%s/%d", s.name, size.count), func(t *testing.T) {
				checkBig(t, s.source, uint64(size.count), size.queries)
			})
		}
	}
}

func checkBig(t *testing.T, source hashes.Source, count uint64, asked int) {
	start := time.Now()
	all := makeEverything(source, count)
	t.Logf("hashes made in %v", time.Since(start))
	queries := make([]hamming.Hash, asked)
	for i := range queries {
		queries[i] = hashes.Query(source, uint64(i), count)
	}
	timed := make([]hamming.Hash, 2000)
	for i := range timed {
		timed[i] = hashes.Query(source, uint64(i), count)
	}
	start = time.Now()
	want := all.search(queries)
	t.Logf("compared one by one in %v", time.Since(start))

	d := open(t, t.TempDir(), Options{Resident: true, Limit: 1 << 20})
	start = time.Now()
	// Nine tenths in one segment, the rest as it comes: in smaller segments and the tail.
	must(t, d.Load(int(count*9/10), all.pairs(0, count*9/10)))
	for hash, id := range all.pairs(count*9/10, count) {
		d.Add(hash, id)
	}
	t.Logf("stored in %v: %+v", time.Since(start), d.Size())

	logLatencies(t, "with a tail and several segments", d, timed)

	stop, changes := make(chan struct{}), make(chan int)
	go func() { changes <- keepWriting(d, source, count, stop) }()
	hits := 0
	for i, q := range queries {
		found := d.Search(q, threshold)
		if found.More {
			t.Fatalf("query %d is cut", i)
		}
		stable := func(h hamming.Hit) bool { return h.ID < foreign && h.ID%touched != 0 }
		if diff := gocmp.Diff(only(stable, want[i]), only(stable, found.Hits)); diff != "" {
			t.Fatalf("query %d: %s", i, diff)
		}
		for _, hit := range found.Hits {
			if hit.ID < foreign && !slices.Contains(want[i], hit) {
				t.Fatalf("query %d: %v is no hit", i, hit)
			}
		}
		hits += len(found.Hits)
	}
	close(stop)
	t.Logf("%d queries with %d hits while %d changes came: %+v", asked, hits, <-changes, d.Size())
	for i, result := range d.SearchAll(queries, threshold) {
		ours := only(func(h hamming.Hit) bool { return h.ID < foreign }, result.Hits)
		if diff := gocmp.Diff(want[i], ours); diff != "" {
			t.Fatalf("query %d at rest: %s", i, diff)
		}
	}
	measureRestart(t, d, timed)
}

// measureRestart merges everything and opens it again in both ways.
func measureRestart(t *testing.T, d *Disk, queries []hamming.Hash) {
	t.Helper()
	start := time.Now()
	must(t, d.Settle())
	t.Logf("merged in %v: %+v", time.Since(start), d.Size())
	logLatencies(t, "merged", d, queries)
	dir := d.memory.folder.dir
	start = time.Now()
	must(t, d.Checkpoint(1))
	t.Logf("checkpoint took %v", time.Since(start))
	must(t, d.Close())
	for _, resident := range []bool{true, false} {
		runtime.GC()
		start = time.Now()
		d := open(t, dir, Options{Resident: resident})
		opened := time.Since(start)
		d.Search(queries[0], threshold)
		huge, err := HugePages()
		t.Logf("resident=%t: open in %v, first answer after %v, %d MB in huge pages (%v), problem %v",
			resident, opened, time.Since(start), huge>>20, err, d.Problem())
		logLatencies(t, fmt.Sprintf("opened, resident=%t", resident), d, queries)
		must(t, d.Close())
	}
}

func logLatencies(t *testing.T, state string, d *Disk, queries []hamming.Hash) {
	t.Helper()
	took := make([]time.Duration, 0, len(queries))
	for range 2 { // the first round warms up
		took = took[:0]
		for _, q := range queries {
			start := time.Now()
			d.Search(q, threshold)
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	t.Logf("%s: p10 %v, p50 %v, p99 %v, max %v", state, took[len(took)/10], took[len(took)/2],
		took[len(took)*99/100], took[len(took)-1])
}

// threshold is that of PDQ.
const threshold = 31

func (e everything) pairs(from, to uint64) func(yield func(hamming.Hash, uint64) bool) {
	return func(yield func(hamming.Hash, uint64) bool) {
		for id := from; id < to; id++ {
			if !yield(asHash(e[id]), id) {
				return
			}
		}
	}
}

func only(keep func(hamming.Hit) bool, hits []hamming.Hit) (kept []hamming.Hit) {
	for _, hit := range hits {
		if keep(hit) {
			kept = append(kept, hit)
		}
	}
	return kept
}
