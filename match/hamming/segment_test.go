// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"errors"
	"flag"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// family makes count pairs around a few centres, some hashes twice.
func family(random *rand.Rand, count int) (all []Pair) {
	centres := []Hash{{}, randomHash(random), randomHash(random)}
	for i := range count {
		p := Pair{flip(random, centres[random.IntN(3)], random.IntN(45)), uint64(i)}
		if i > 0 && random.IntN(10) == 0 {
			p.Hash = all[random.IntN(i)].Hash
		}
		all = append(all, p)
	}
	return all
}

func each(all []Pair) func(yield func(Hash, uint64) bool) {
	return func(yield func(Hash, uint64) bool) {
		for _, p := range all {
			if !yield(p.Hash, p.ID) {
				return
			}
		}
	}
}

func (s *Segment) answer(q Hash, threshold int) ([]Hit, bool) {
	found := collector{limit: 1 << 20}
	w := q.words()
	probed := s.search(&w, threshold, &found, new(scratch))
	return found.result(Served{}).Hits, probed
}

// TestEveryLayoutIsExactUpToItsGuarantee covers also layouts that only very large segments have.
func TestEveryLayoutIsExactUpToItsGuarantee(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]layout{
		"smallest":  layoutFor(scanRows),
		"million":   layoutFor(1_000_000),
		"large":     layoutFor(smallRows + 1),
		"one chunk": {{100, 16, 3}},
		"uneven":    {{0, 9, 1}, {60, 20, 0}, {120, 12, 3}, {200, 16, 2}},
		"none":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 1))
			all := family(random, 3000)
			m := model{}
			for _, p := range all {
				m[pair{p.Hash, p.ID}] = true
			}
			s, err := builder{Heap, func(int) layout { return l }, 2}.build(len(all), each(all))
			if err != nil {
				t.Fatal(err)
			}
			for threshold := -1; threshold < 36; threshold++ {
				for range 8 {
					q := flip(random, all[random.IntN(len(all))].Hash, random.IntN(threshold+3))
					hits, probed := s.answer(q, threshold)
					if probed != (threshold <= l.guarantee()) {
						t.Fatalf("threshold %d: probed is %t", threshold, probed)
					}
					if want := m.search(q, threshold); !slices.Equal(want, hits) {
						t.Fatalf("threshold %d: %s", threshold, gocmp.Diff(want, hits))
					}
				}
			}
		})
	}
}

func TestLayoutsAreSoundAndFitTheMemory(t *testing.T) {
	t.Parallel()
	last := 0
	for rows := 1; rows < 200_000_000; rows += 1 + rows/50 {
		l := layoutFor(rows)
		if err := l.check(); err != nil {
			t.Fatal(err)
		}
		if rows >= scanRows && l.guarantee() < 31 {
			t.Errorf("%d rows: exact to %d only", rows, l.guarantee())
		}
		_, size := shape{rows: rows, layout: l}.sections()
		if size < last {
			t.Errorf("%d rows need less than fewer do", rows)
		}
		last = size
		if each := float64(size) / float64(rows); rows >= 1<<19 && each > 132 {
			t.Errorf("%d rows: %.1f bytes each", rows, each)
		}
	}
}

func TestPlanUsesTheSmallestRadiiThatAreExact(t *testing.T) {
	t.Parallel()
	l := layoutFor(smallRows + 1)
	for threshold := -1; threshold <= l.guarantee(); threshold++ {
		sum := 0
		for i, radius := range l.plan(threshold) {
			sum += int(radius) + 1
			if i < len(l) && int(radius) > l[i].radius {
				t.Errorf("threshold %d: chunk %d has radius %d", threshold, i, radius)
			}
		}
		if sum != threshold+1 {
			t.Errorf("threshold %d: %d", threshold, sum)
		}
	}
}

func TestSmallestSegments(t *testing.T) {
	t.Parallel()
	for count := range 3 {
		all := family(rand.New(rand.NewPCG(3, 3)), count)
		s, err := Build(Heap, 2, each(all))
		if err != nil {
			t.Fatal(err)
		}
		again, err := OpenSegment(Bytes(s.Block().Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if hits, _ := again.answer(p.Hash, 0); !slices.Contains(hits, Hit{p.ID, 0, p.Hash}) {
				t.Errorf("%d pairs: one is not found", count)
			}
		}
		if again.Len() != count {
			t.Errorf("%d pairs instead of %d", again.Len(), count)
		}
	}
}

func TestMoreRowsThanAnnouncedAreRefused(t *testing.T) {
	t.Parallel()
	all := family(rand.New(rand.NewPCG(3, 3)), 3)
	if _, err := Build(Heap, 2, each(all)); !errors.Is(err, ErrTooMany) {
		t.Errorf("%v", err)
	}
}

func TestSegmentsOfTheSameStreamAreTheSameBytes(t *testing.T) {
	t.Parallel()
	all := family(rand.New(rand.NewPCG(4, 4)), 5000)
	exact, err := Build(Heap, 5000, each(all))
	if err != nil {
		t.Fatal(err)
	}
	roomy, err := Build(Heap, 9000, each(all))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(exact.Block().Bytes(), roomy.Block().Bytes()) {
		t.Error("the bytes depend on what was announced")
	}
}

// smallSegment has chunks, shared hashes and padding, and is small enough to damage everywhere.
func smallSegment(tb testing.TB) []byte {
	tb.Helper()
	all := family(rand.New(rand.NewPCG(5, 5)), 40)
	l := layout{{0, 3, 1}, {128, 4, 2}}
	s, err := builder{Heap, func(int) layout { return l }, 2}.build(len(all), each(all))
	if err != nil {
		tb.Fatal(err)
	}
	return s.Block().Bytes()
}

func TestDamagedSegmentIsRefused(t *testing.T) {
	t.Parallel()
	data := smallSegment(t)
	s, err := parseHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	padding := make([]bool, len(data))
	all, _ := s.sections()
	for i := range all[1:] {
		for at := all[i].end; at < all[i+1].begin; at++ {
			padding[at] = true
		}
	}
	for at := all[len(all)-1].end; at < len(data); at++ {
		padding[at] = true
	}
	for at := range data {
		damaged := slices.Clone(data)
		damaged[at] ^= 1 << (at % 8)
		if _, err := OpenSegment(Bytes(damaged)); errors.Is(err, ErrCorrupt) == padding[at] {
			t.Fatalf("damage at %d: %v", at, err)
		}
	}
	for cut := range data {
		if _, err := OpenSegment(Bytes(data[:cut])); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	if _, err := OpenSegment(Bytes(append(slices.Clone(data), 0))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte too many: %v", err)
	}
}

// sign makes the checksums right, as an attacker or a bug would.
func sign(data []byte) {
	s, err := parseHeader(data)
	if err != nil {
		binary.LittleEndian.PutUint32(data[headChecksum:], crc32.Checksum(data[:headChecksum], castagnoli))
		if s, err = parseHeader(data); err != nil {
			return
		}
	}
	s.putHeader(data)
}

// FuzzOpenSegment opens bytes whose checksums are right: whatever is accepted must answer without harm.
func FuzzOpenSegment(f *testing.F) {
	f.Add(smallSegment(f))
	empty, err := Build(Heap, 0, each(nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(empty.Block().Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		data = slices.Clone(data)
		if len(data) >= headerSize {
			sign(data)
		}
		s, err := OpenSegment(Bytes(data))
		if err != nil {
			return
		}
		count := 0
		for hash, id := range s.pairs {
			s.answer(hash, 31)
			s.answer(hash, s.shape.layout.guarantee())
			w := hash.words()
			s.findSlot(&w, id)
			if count++; count == 4 {
				break
			}
		}
	})
}

// TestSegmentsOfOldVersionsOpen reads a file of each version that was ever released.
func TestSegmentsOfOldVersionsOpen(t *testing.T) {
	t.Parallel()
	const path = "testdata/segment-v1"
	if *update {
		if err := os.WriteFile(path, smallSegment(t), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenSegment(Bytes(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range family(rand.New(rand.NewPCG(5, 5)), 40) {
		if hits, _ := s.answer(p.Hash, 0); !slices.Contains(hits, Hit{p.ID, 0, p.Hash}) {
			t.Errorf("pair %d is not found", p.ID)
		}
	}
	if !slices.Equal(data, smallSegment(t)) {
		t.Error("the format changed without a new version")
	}
}

// TestByteOrderTurnsBackAndForth stands in for a machine of the other order.
func TestByteOrderTurnsBackAndForth(t *testing.T) {
	t.Parallel()
	data := smallSegment(t)
	s, err := parseHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	turned := slices.Clone(data)
	turnAll(turned, s)
	all, _ := s.sections()
	first := all[1].of(turned)[:8]
	if binary.BigEndian.Uint64(first) != binary.LittleEndian.Uint64(all[1].of(data)) {
		t.Error("ids are not turned")
	}
	turnAll(turned, s)
	if !slices.Equal(turned, data) {
		t.Error("turning twice changes something")
	}
}
