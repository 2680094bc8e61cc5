// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tocsin/match/syntax"
	"tocsin/match/winnow"
)

func TestTheIndexFindsWhatComparingAllFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 11))
		x := winnow.NewIndex(winnow.Public.Key())
		held := map[uint64]*winnow.Fingerprint{}
		var texts []string
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			id := rapid.Uint64Range(0, 12).Draw(t, "id")
			if _, known := held[id]; known {
				if !x.Remove(id) || x.Remove(id) {
					t.Fatal("what was there is removed once")
				}
				delete(held, id)
				continue
			}
			text := prose(random, "latin", rapid.IntRange(10, 600).Draw(t, "size"))
			if len(texts) > 0 && rapid.Bool().Draw(t, "copy") {
				text = edit(random, "latin", rapid.SampledFrom(texts).Draw(t, "text"), .1)
			}
			texts, held[id] = append(texts, text), sum(text)
			if err := x.Add(id, held[id]); err != nil {
				t.Fatal(err)
			}
			if err := x.Add(id, held[id]); !errors.Is(err, winnow.ErrKnown) {
				t.Fatalf("a second time: %v", err)
			}
			checkSearch(t, x, held, sum(rapid.SampledFrom(texts).Draw(t, "query")))
		}
	})
}

func checkSearch(
	t *rapid.T, x *winnow.Index, held map[uint64]*winnow.Fingerprint, query *winnow.Fingerprint,
) {
	var want []uint64
	for id, known := range held {
		c, err := winnow.Compare(known, query)
		if err != nil {
			t.Fatal(err)
		}
		// A resemblance near the threshold is found with the probability of the bands.
		if c.Equal || c.Shared >= winnow.MinShared && c.Containment >= winnow.MatchContainment {
			want = append(want, id)
		}
	}
	hits, err := x.Search(query)
	if err != nil || x.Len() != len(held) {
		t.Fatalf("%d texts, want %d: %v", x.Len(), len(held), err)
	}
	for _, hit := range hits {
		if !hit.Matches() || held[hit.ID] == nil {
			t.Fatalf("%d is no match: %+v", hit.ID, hit.Comparison)
		}
		want = slices.DeleteFunc(want, func(id uint64) bool { return id == hit.ID })
	}
	if len(want) > 0 {
		t.Fatalf("%v were not found", want)
	}
}

func TestAFingerprintThatCannotBeReadBackIsNotFiled(t *testing.T) {
	t.Parallel()
	var b winnow.Builder
	b.Instead("a text about kettles and gardens that stands nowhere in any source at all", 5, 5)
	f, err := winnow.Public.SumFolded(b.Folded(10))
	if err != nil {
		t.Fatal(err)
	}
	x := winnow.NewIndex(winnow.Public.Key())
	var refused *syntax.Error
	if err := x.Add(1, &f); !errors.As(err, &refused) || x.Len() != 0 {
		t.Errorf("%d texts: %v", x.Len(), err)
	}
}

func TestSearchesSeeEveryTextThatStaysWhileOthersComeAndGo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(12, 12))
	x := winnow.NewIndex(winnow.Public.Key())
	stays := sum(prose(random, "latin", 500))
	if err := x.Add(0, stays); err != nil {
		t.Fatal(err)
	}
	var others []*winnow.Fingerprint
	for range 40 {
		others = append(others, sum(prose(random, "arabic", 400)))
	}
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for w := range uint64(2) {
		writers.Go(func() {
			for round := range uint64(200) {
				id := 1 + w + 2*(round%20)
				if err := x.Add(id, others[id-1]); err != nil {
					t.Error(err)
				}
				if hits, err := x.Search(others[id-1]); err != nil || len(hits) != 1 || hits[0].ID != id {
					t.Errorf("what was just added: %v %v", hits, err)
				}
				if !x.Remove(id) {
					t.Error("what was just added is not there")
				}
				if hits, err := x.Search(others[id-1]); err != nil || len(hits) != 0 {
					t.Errorf("what was just removed: %v %v", hits, err)
				}
			}
		})
	}
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if hits, err := x.Search(stays); err != nil || len(hits) != 1 || !hits[0].Equal {
				t.Errorf("what was never removed: %v %v", hits, err)
			}
		}
	})
	writers.Wait()
	close(done)
	readers.Wait()
	if x.Len() != 1 {
		t.Errorf("%d texts are left", x.Len())
	}
}
