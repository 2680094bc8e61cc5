// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// counted is memory that knows how much of it is in use, spoils what was released, and fails when told to.
type counted struct {
	used    atomic.Int64
	twice   atomic.Bool
	failing atomic.Bool
}

var errNoMemory = errors.New("no memory today")

func (m *counted) Allocate(size int) (Block, error) {
	if m.failing.Load() {
		return nil, errNoMemory
	}
	block, err := Heap.Allocate(size)
	m.used.Add(1)
	return &countedBlock{Block: block, memory: m}, err
}

type countedBlock struct {
	Block
	memory   *counted
	released atomic.Bool
}

func (b *countedBlock) Release() {
	if b.released.Swap(true) {
		b.memory.twice.Store(true)
	}
	clear(b.Bytes()) // whoever still reads finds nothing, and the race detector finds whoever reads
	b.memory.used.Add(-1)
}

// TestMemoryIsReleasedOnceNobodyReads searches all the time while segments come and go.
func TestMemoryIsReleasedOnceNobodyReads(t *testing.T) {
	t.Parallel()
	memory := new(counted)
	x := New(Options{Memory: memory, Tail: 64})
	random := rand.New(rand.NewPCG(1, 1))
	first := randomHash(random)
	x.Add(first, 1)
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if hits := x.Search(first, 0).Hits; len(hits) != 1 {
					t.Errorf("%d hits", len(hits))
					return
				}
			}
		})
	}
	for id := range uint64(6000) {
		x.Add(randomHash(random), id+2)
	}
	x.Wait()
	close(stop)
	group.Wait()
	if used, segments := memory.used.Load(), x.Size().Segments; int(used) != segments {
		t.Errorf("%d blocks are in use by %d segments", used, segments)
	}
	v := x.pin()
	x.Close()
	if memory.used.Load() == 0 {
		t.Error("released under a reader")
	}
	v.release()
	if memory.used.Load() != 0 || memory.twice.Load() {
		t.Errorf("%d blocks are left, released twice: %t", memory.used.Load(), memory.twice.Load())
	}
	if x.Add(first, 1) || len(x.Search(first, 31).Hits) > 0 {
		t.Error("a closed index goes on")
	}
}

func TestSearchWaitsForNoWriter(t *testing.T) {
	t.Parallel()
	x := New(Options{})
	defer x.Close()
	x.Add(Hash{1}, 1)
	x.mu.Lock() // a writer that never ends
	defer x.mu.Unlock()
	if hits := x.Search(Hash{}, 31).Hits; len(hits) != 1 {
		t.Errorf("%d hits", len(hits))
	}
}

func TestPairsStayFoundWhileMemoryIsShort(t *testing.T) {
	t.Parallel()
	memory := new(counted)
	memory.failing.Store(true)
	var reported atomic.Int64
	x := New(Options{Memory: memory, Tail: 32, Report: func(err error) {
		if !errors.Is(err, errNoMemory) {
			t.Error(err)
		}
		reported.Add(1)
	}})
	defer x.Close()
	random := rand.New(rand.NewPCG(2, 2))
	m := model{}
	add := func() {
		p := pair{randomHash(random), random.Uint64()}
		x.Add(p.hash, p.id)
		m[p] = true
	}
	for range 200 {
		add()
	}
	x.Wait()
	if reported.Load() == 0 || x.Size().Segments != 0 {
		t.Errorf("%d reports, %+v", reported.Load(), x.Size())
	}
	checkSame(t, x, m, Hash{}, Bits)
	memory.failing.Store(false)
	for range 64 {
		add()
	}
	x.Wait()
	if x.Size().Segments == 0 {
		t.Error("not tried again")
	}
	checkSame(t, x, m, Hash{}, Bits)
}

func TestLimitKeepsTheNearestAndSaysSo(t *testing.T) {
	t.Parallel()
	x := New(Options{Limit: 3})
	defer x.Close()
	for id := range uint64(20) {
		x.Add(Hash{byte(1<<(id%8) - 1)}, id) // at distance id%8
	}
	result := x.Search(Hash{}, 31)
	if diff := gocmp.Diff([]Hit{{0, 0, Hash{}}, {8, 0, Hash{}}, {16, 0, Hash{}}}, result.Hits); diff != "" || !result.More {
		t.Errorf("more: %t %s", result.More, diff)
	}
	if result := x.Search(Hash{0, 0xff}, 9); !result.More {
		t.Error("a cut result does not say so")
	}
	if result := x.Search(Hash{}, 0); result.More || len(result.Hits) != 3 {
		t.Errorf("a whole result: %+v", result)
	}
}

// TestRepetitionsAreNoFurtherHits: the same pair in two segments is one hit, and does not make a result look
// cut.
func TestRepetitionsAreNoFurtherHits(t *testing.T) {
	t.Parallel()
	x := New(Options{Limit: 2})
	defer x.Close()
	all := []Pair{{Hash{1}, 1}, {Hash{3}, 2}}
	for range 3 {
		if err := x.Load(len(all), each(all)); err != nil {
			t.Fatal(err)
		}
	}
	x.Wait()
	result := x.Search(Hash{}, 31)
	if diff := gocmp.Diff([]Hit{{1, 1, Hash{1}}, {2, 2, Hash{3}}}, result.Hits); diff != "" || result.More {
		t.Errorf("more: %t %s", result.More, diff)
	}
	if !x.Remove(Hash{1}, 1) || len(x.Search(Hash{}, 31).Hits) != 1 {
		t.Error("a pair that was loaded several times is still there")
	}
}

func TestServedTellsThePath(t *testing.T) {
	t.Parallel()
	x := New(Options{})
	defer x.Close()
	all := family(rand.New(rand.NewPCG(1, 1)), 5000)
	if err := x.Load(len(all), each(all)); err != nil {
		t.Fatal(err)
	}
	x.Add(Hash{5}, 1<<40)
	for threshold, want := range map[int]Served{
		31: {Probed: 5000, Tail: 1},
		32: {Scanned: 5000, Tail: 1},
	} {
		one, batch := x.Search(Hash{}, threshold), x.SearchAll([]Hash{{}}, threshold)
		if one.Served != want || batch[0].Served != want {
			t.Errorf("threshold %d: %+v and %+v", threshold, one.Served, batch[0].Served)
		}
	}
}
