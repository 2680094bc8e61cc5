// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"hash/crc32"
	"iter"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Segment is an immutable set of hashes, each with its ids, and marks of what was removed since. A row is a
// distinct hash; a slot is a pair of a hash and an id: slot i below rows is the first id of row i, the
// others are further ids of the rows that owners names.
type Segment struct {
	block Block
	shape shape

	hashes   []words
	ids      []uint64
	shared   []uint64 // bitmap of rows with further ids
	owners   []uint32
	extras   []uint64
	postings []posting

	dead    []atomic.Uint64 // bitmap of removed slots
	removed atomic.Int64

	users atomic.Int64 // views that hold the segment
}

// OpenSegment checks a finished segment and gives it for use. The bytes must not change while it is in use.
// An error that is ErrCorrupt means that they are to be thrown away and built again.
func OpenSegment(block Block) (*Segment, error) {
	data := block.Bytes()
	s, err := parseHeader(data)
	if err != nil {
		return nil, err
	}
	if !aligned(data) || !littleEndian {
		data = bytesOf(slices.Clone(slice[uint64](append(make([]byte, 0, len(data)+7), data...))))
	}
	if err := checkSums(data, s); err != nil {
		return nil, err
	}
	if !littleEndian {
		turnAll(data, s)
	}
	segment := newSegment(block, data, s)
	if err := segment.check(); err != nil {
		return nil, err
	}
	return segment, nil
}

// newSegment lays a segment over bytes in the order of this machine.
func newSegment(block Block, data []byte, s shape) *Segment {
	all, _ := s.sections()
	segment := &Segment{
		block:    block,
		shape:    s,
		hashes:   slice[words](all[0].of(data)),
		ids:      slice[uint64](all[1].of(data)),
		shared:   slice[uint64](all[2].of(data)),
		owners:   slice[uint32](all[3].of(data)),
		extras:   slice[uint64](all[4].of(data)),
		postings: make([]posting, len(s.layout)),
		dead:     make([]atomic.Uint64, (s.rows+s.extras+63)/64),
	}
	balls := ballsFor(s.layout)
	for i, c := range s.layout {
		parts := all[fixedSections+chunkSections*i:]
		segment.postings[i] = posting{
			chunk:    c,
			next:     s.layout[(i+1)%len(s.layout)],
			balls:    balls[i],
			starts:   slice[uint32](parts[0].of(data)),
			sketches: slice[uint16](parts[1].of(data)),
			members:  members{parts[2].of(data), memberSize(s.rows)},
		}
	}
	return segment
}

// turnAll changes every section between the order of this machine and that of the format.
func turnAll(data []byte, s shape) {
	all, _ := s.sections()
	for _, part := range all {
		turn(part.of(data), part.wide)
	}
}

// parallel calls do for 0 ≤ i < n on some processors and gives the first error.
func parallel(n, processors int, do func(int) error) error {
	var (
		next  atomic.Int64
		group sync.WaitGroup
		once  sync.Once
		first error
	)
	for range min(n, processors) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					once.Do(func() { first = err })
				}
			}
		})
	}
	group.Wait()
	return first
}

func checkSums(data []byte, s shape) error {
	all, _ := s.sections()
	return parallel(len(all), runtime.GOMAXPROCS(0), func(i int) error {
		want := binary.LittleEndian.Uint32(data[headChecksums+4*i:])
		if crc32.Checksum(all[i].of(data), castagnoli) != want {
			return corrupt("checksum of section %d", i)
		}
		return nil
	})
}

// check holds what lookups rely on, whatever the checksums say.
func (s *Segment) check() error {
	if err := s.checkShared(); err != nil {
		return err
	}
	return parallel(len(s.postings), runtime.GOMAXPROCS(0), func(i int) error {
		return s.postings[i].check(s.shape.rows)
	})
}

func (s *Segment) checkShared() error {
	for i, row := range s.owners {
		switch {
		case int(row) >= s.shape.rows || i > 0 && row < s.owners[i-1]:
			return corrupt("owner %d", i)
		case !bit(s.shared, int(row)):
			return corrupt("row %d does not know its further ids", row)
		}
	}
	for i, word := range s.shared {
		for ; word != 0; word &= word - 1 {
			row := 64*i + bits.TrailingZeros64(word)
			first := s.firstExtra(row)
			if row >= s.shape.rows || first == len(s.owners) || s.owners[first] != uint32(row) {
				return corrupt("row %d lacks its further ids", row)
			}
		}
	}
	return nil
}

func bit(bitmap []uint64, i int) bool { return bitmap[i/64]>>(i%64)&1 != 0 }

func (s *Segment) isDead(slot int) bool { return s.dead[slot/64].Load()>>(slot%64)&1 != 0 }

// kill marks a slot as removed and tells whether it was not.
func (s *Segment) kill(slot int) bool {
	mark := uint64(1) << (slot % 64)
	if s.dead[slot/64].Or(mark)&mark != 0 {
		return false
	}
	s.removed.Add(1)
	return true
}

func (s *Segment) slots() int { return s.shape.rows + s.shape.extras }

func (s *Segment) live() int { return s.slots() - int(s.removed.Load()) }

// firstExtra is the place of the first further id of a row.
func (s *Segment) firstExtra(row int) int {
	at, _ := slices.BinarySearch(s.owners, uint32(row))
	return at
}

// slotsOf gives the slots of a row with their ids.
func (s *Segment) slotsOf(row int) iter.Seq2[int, uint64] {
	return func(yield func(int, uint64) bool) {
		if !yield(row, s.ids[row]) || !bit(s.shared, row) {
			return
		}
		for i := s.firstExtra(row); i < len(s.owners) && int(s.owners[i]) == row; i++ {
			if !yield(s.shape.rows+i, s.extras[i]) {
				return
			}
		}
	}
}

// pairs gives the live pairs, row by row.
func (s *Segment) pairs(yield func(Hash, uint64) bool) {
	for row := range s.hashes {
		for slot, id := range s.slotsOf(row) {
			if !s.isDead(slot) && !yield(s.hashes[row].hash(), id) {
				return
			}
		}
	}
}

// find gives the row of exactly this hash, from the shortest list among the chunks.
func (s *Segment) find(q *words) (row int, found bool) {
	if len(s.postings) == 0 {
		row = slices.Index(s.hashes, *q)
		return row, row >= 0
	}
	var shortest span
	best := -1
	for i := range s.postings {
		p := &s.postings[i]
		key := p.key(q)
		if here := (span{p.starts[key], p.starts[key+1]}); best < 0 || here.length() < shortest.length() {
			best, shortest = i, here
		}
	}
	p := &s.postings[best]
	sketch := p.sketch(q)
	for at := shortest.begin; at < shortest.end; at++ {
		if p.sketches[at] != sketch {
			continue
		}
		if row := p.members.at(at); s.hashes[row] == *q {
			return int(row), true
		}
	}
	return 0, false
}

// findSlot gives the live slot of a pair.
func (s *Segment) findSlot(q *words, id uint64) (slot int, found bool) {
	row, found := s.find(q)
	if !found {
		return 0, false
	}
	for slot, other := range s.slotsOf(row) {
		if other == id {
			return slot, !s.isDead(slot)
		}
	}
	return 0, false
}

// remove marks a pair as removed and tells whether it was there.
func (s *Segment) remove(q *words, id uint64) bool {
	slot, found := s.findSlot(q, id)
	return found && s.kill(slot)
}
