// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// model is the index as anybody would write it: it compares with everything.
type model map[pair]bool

func (m model) search(q Hash, threshold int) (hits []Hit) {
	for p := range m {
		if d := Distance(p.hash, q); d <= threshold {
			hits = append(hits, Hit{p.id, d, p.hash})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.ID, b.ID), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	return hits
}

// flip changes count different bits of a hash.
func flip(random *rand.Rand, h Hash, count int) Hash {
	for _, bit := range random.Perm(Bits)[:count] {
		h[bit/8] ^= 1 << (bit % 8)
	}
	return h
}

func randomHash(random *rand.Rand) (h Hash) {
	for i := range h {
		h[i] = byte(random.Uint32())
	}
	return h
}

func checkSame(t rapid.TB, x *Index, m model, q Hash, threshold int) {
	t.Helper()
	want, got := m.search(q, threshold), x.Search(q, threshold)
	if got.More {
		t.Fatalf("cut at %d hits", len(got.Hits))
	}
	if !slices.Equal(want, got.Hits) { // before a comparison that can say what differs, and takes long
		t.Fatalf("threshold %d: %s", threshold, gocmp.Diff(want, got.Hits))
	}
	for i, result := range x.SearchAll([]Hash{{}, q, q}, threshold) {
		if i > 0 && !slices.Equal(want, result.Hits) {
			t.Fatalf("in a batch, threshold %d: %s", threshold, gocmp.Diff(want, result.Hits))
		}
	}
}

func TestIndexAnswersAsComparingWithEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x := New(Options{Tail: rapid.IntRange(1, 300).Draw(t, "tail"), Limit: 1 << 20})
		defer x.Close()
		m, centres := model{}, []Hash{randomHash(random), randomHash(random), {}}
		near := func() Hash { return flip(random, centres[random.IntN(len(centres))], random.IntN(40)) }
		some := func() pair {
			for p := range m {
				return p
			}
			return pair{near(), 1}
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				for range rapid.IntRange(1, 200).Draw(t, "count") {
					p := pair{near(), random.Uint64N(50)}
					if x.Add(p.hash, p.id) == m[p] {
						t.Fatal("Add says the wrong thing")
					}
					m[p] = true
				}
			},
			"share": func(t *rapid.T) {
				p := pair{some().hash, random.Uint64N(50)}
				x.Add(p.hash, p.id)
				m[p] = true
			},
			"remove": func(t *rapid.T) {
				for range rapid.IntRange(1, 50).Draw(t, "count") {
					p := some()
					if x.Remove(p.hash, p.id) != m[p] {
						t.Fatal("Remove says the wrong thing")
					}
					delete(m, p)
				}
			},
			"load": func(t *rapid.T) {
				count := rapid.SampledFrom([]int{0, 1, 2, 20, 50, 100, 100, 4200}).Draw(t, "count")
				if err := x.Load(count, func(yield func(Hash, uint64) bool) {
					for range count {
						p := pair{near(), random.Uint64N(50)}
						m[p] = true
						if !yield(p.hash, p.id) {
							return
						}
					}
				}); err != nil {
					t.Fatal(err)
				}
			},
			"settle": func(t *rapid.T) {
				if err := x.Settle(); err != nil {
					t.Fatal(err)
				}
				if size := x.Size(); size.Pairs != len(m) {
					t.Fatalf("%d pairs instead of %d", size.Pairs, len(m))
				}
			},
			"search": func(t *rapid.T) {
				checkSame(t, x, m, near(), rapid.SampledFrom([]int{-1, 0, 1, 8, 15, 31, 32, 33, 60}).Draw(t, "threshold"))
			},
		})
	})
}

// TestSearchesAreExactWhileOthersWrite has writers with their own ids, each of which knows what must be found
// of its own at any moment, while tails are sealed and segments merged.
func TestSearchesAreExactWhileOthersWrite(t *testing.T) {
	t.Parallel()
	x := New(Options{Tail: 256})
	defer x.Close()
	var group sync.WaitGroup
	for writer := range uint64(3) {
		group.Go(func() {
			random := rand.New(rand.NewPCG(writer, 2))
			m, centre := model{}, randomHash(random)
			for step := range 1000 {
				p := pair{flip(random, centre, random.IntN(20)), writer<<32 | random.Uint64N(300)}
				x.Add(p.hash, p.id)
				m[p] = true
				if step%3 == 0 {
					for gone := range m {
						if !x.Remove(gone.hash, gone.id) {
							t.Error("what was added is not there to remove")
						}
						delete(m, gone)
						break
					}
				}
				if step%50 == 0 {
					checkSame(t, x, m, flip(random, centre, random.IntN(12)), 31)
				}
			}
		})
	}
	group.Wait()
	x.Wait()
	if size := x.Size(); size.Segments == 0 || size.Segments > mostSegments {
		t.Errorf("%d segments at rest", size.Segments)
	}
}
