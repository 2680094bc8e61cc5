// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package minhash_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/minhash"
)

func plain(member uint64) uint64 { return member * 0xbf58476d1ce4e5b9 >> 40 }

func sign(members []uint64) minhash.Signature {
	var s minhash.Sketch
	s.Reset()
	for _, m := range members {
		s.Add(m)
	}
	return s.Signature(plain)
}

func TestOrderAndRepetitionDoNotChangeASignature(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.SliceOf(rapid.Uint64()).Draw(t, "members")
		shuffled := rapid.Permutation(append(members, members...)).Draw(t, "shuffled")
		if sign(members) != sign(shuffled) {
			t.Fatal("the signature of a set depends on how it was listed")
		}
	})
}

func TestResemblanceIsNearTheTruthForSetsOfEverySize(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{20, 100, 300, 3000} {
		for _, want := range []float64{0, .1, .3, .5, .8, 1} {
			const rounds = 200
			var sum float64
			for range rounds {
				common := int(math.Round(2 * float64(size) * want / (1 + want)))
				a, b := make([]uint64, size), make([]uint64, size)
				for i := range size {
					a[i], b[i] = random.Uint64(), random.Uint64()
					if i < common {
						b[i] = a[i]
					}
				}
				sa, sb := sign(a), sign(b)
				sum += minhash.Resemblance(&sa, &sb)
			}
			if got := sum / rounds; math.Abs(got-want) > .03 {
				t.Errorf("%d members, truth %.2f: %.3f on average", size, want, got)
			}
		}
	}
}

func TestBandsMeetAsOftenAsTheirArithmeticSays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	const rounds, size = 400, 900
	met := 0
	for range rounds {
		a, b := make([]uint64, size), make([]uint64, size)
		for i := range size {
			a[i], b[i] = random.Uint64(), random.Uint64()
			if i < size*2/3 { // a resemblance of one half
				b[i] = a[i]
			}
		}
		sa, sb := sign(a), sign(b)
		ka, kb := sa.BandKeys(), sb.BandKeys()
		for i := range ka {
			if ka[i] == kb[i] {
				met++
				break
			}
		}
	}
	if share := float64(met) / rounds; share < .8 || share > .94 {
		t.Errorf("%.3f of the pairs met, want about .87", share)
	}
}

func TestAWrittenSignatureResemblesAsTheReadOneDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := sign(rapid.SliceOfN(rapid.Uint64(), 1, 50).Draw(t, "members"))
		b := a
		for range rapid.IntRange(0, 128).Draw(t, "changes") {
			b[rapid.IntRange(0, minhash.Slots-1).Draw(t, "slot")]++
		}
		threshold := rapid.Float64Range(0, 1).Draw(t, "threshold")
		if want := minhash.Resemblance(&a, &b) >= threshold; a.Resembles(b.Append(nil), threshold) != want {
			t.Fatalf("resemblance %v, threshold %v", minhash.Resemblance(&a, &b), threshold)
		}
	})
}

func TestASignatureReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := sign([]uint64{1, math.MaxUint64, 1 << 63})
	data := s.Append(nil)
	if len(data) != minhash.Size {
		t.Errorf("%d bytes", len(data))
	}
	if diff := cmp.Diff(s, minhash.Read(data)); diff != "" {
		t.Error(diff)
	}
	if sign(nil) != (minhash.Signature{}) {
		t.Error("the empty set has members")
	}
}

func TestTheGreatestNumberIsAMember(t *testing.T) {
	t.Parallel()
	if sign([]uint64{math.MaxUint64}) == (minhash.Signature{}) {
		t.Error("a set of one member has the signature of none")
	}
	var s minhash.Sketch
	s.Reset()
	s.Add(math.MaxUint64)
	s.Signature(func(member uint64) uint64 { return member }) // ends
}

func Example() {
	sign := func(numbers ...uint64) minhash.Signature {
		var s minhash.Sketch
		s.Reset()
		for _, n := range numbers {
			s.Add(n * 0x9e3779b97f4a7c15)
		}
		return s.Signature(func(member uint64) uint64 { return member * 0xbf58476d1ce4e5b9 >> 40 })
	}
	a, b, c := sign(1, 2, 3, 4), sign(4, 3, 2, 1), sign(7, 8, 9)
	fmt.Println(minhash.Resemblance(&a, &b), minhash.Resemblance(&a, &c) < .1)
	// Output: 1 true
}

func BenchmarkAdd(b *testing.B) {
	var s minhash.Sketch
	s.Reset()
	for i := uint64(0); b.Loop(); i++ {
		s.Add(i * 0x9e3779b97f4a7c15)
	}
}

func BenchmarkSignature(b *testing.B) {
	var s minhash.Sketch
	s.Reset()
	for i := range uint64(300) {
		s.Add(i * 0x9e3779b97f4a7c15)
	}
	for b.Loop() {
		s.Signature(plain)
	}
}
