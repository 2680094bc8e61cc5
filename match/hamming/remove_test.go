// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"math/rand/v2"
	"testing"
)

// TestRemovedIDsAreGoneWhereverTheyLie removes ids from tails, segments and what is being built just then.
func TestRemovedIDsAreGoneWhereverTheyLie(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(6, 6))
	for range 20 {
		x, m, centre := New(Options{Tail: 64}), model{}, randomHash(random)
		some := func() pair { return pair{flip(random, centre, random.IntN(12)), random.Uint64N(90)} }
		for range 3 {
			if err := x.Load(500, func(yield func(Hash, uint64) bool) {
				for range 500 {
					p := some()
					m[p] = true
					if !yield(p.hash, p.id) {
						return
					}
				}
			}); err != nil {
				t.Fatal(err)
			}
			for range 200 {
				p := some()
				x.Add(p.hash, p.id)
				m[p] = true
			}
			third := random.Uint64N(3)
			gone := func(id uint64) bool { return id%3 == third }
			x.RemoveIDs(gone)
			for p := range m {
				if gone(p.id) {
					delete(m, p)
				}
			}
			checkSame(t, x, m, centre, 24)
		}
		x.Wait()
		checkSame(t, x, m, centre, 24)
		if again := x.RemoveIDs(func(uint64) bool { return true }); again < len(m) {
			t.Errorf("%d pairs removed, %d were there", again, len(m))
		}
		x.Close()
	}
}

func TestSegmentOfWhichLittleIsLeftIsBuiltAgain(t *testing.T) {
	t.Parallel()
	x := New(Options{})
	defer x.Close()
	all := family(rand.New(rand.NewPCG(7, 7)), 6000)
	if err := x.Load(len(all), each(all)); err != nil {
		t.Fatal(err)
	}
	before := x.Size().Bytes
	x.RemoveIDs(func(id uint64) bool { return id%4 != 0 })
	x.Wait()
	if after := x.Size().Bytes; after > before/2 {
		t.Errorf("%d bytes, after %d with all pairs", after, before)
	}
}
