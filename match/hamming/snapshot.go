// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

// Snapshot is what an index held at one moment, for whoever keeps it in files.
type Snapshot struct {
	Segments []SegmentState
	Tail     []Pair // live pairs of the tail
	view     *view
}

// SegmentState is a segment with the marks of what was removed from it until the snapshot.
type SegmentState struct {
	Segment *Segment
	Dead    []uint64 // bitmap of slots; nil when nothing was removed
}

// Pair is a hash with an id.
type Pair struct {
	Hash Hash
	ID   uint64
}

// Snapshot gives what the index holds: all that was added or removed before, whole. Writers wait while the
// tail and the marks are copied, searches do not. Its segments stay in memory until Release.
func (x *Index) Snapshot() *Snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	snapshot := &Snapshot{view: x.pin()}
	for _, s := range snapshot.view.segments {
		state := SegmentState{Segment: s}
		if s.removed.Load() > 0 {
			state.Dead = copyBits(s.dead)
		}
		snapshot.Segments = append(snapshot.Segments, state)
	}
	for _, t := range snapshot.view.tails {
		for hash, id := range t.pairs(int(t.length.Load())) {
			snapshot.Tail = append(snapshot.Tail, Pair{hash, id})
		}
	}
	return snapshot
}

// Len is the number of pairs in the snapshot.
func (s *Snapshot) Len() int {
	count := len(s.Tail)
	for _, state := range s.Segments {
		count += state.Segment.slots()
		for _, word := range state.Dead {
			count -= bits.OnesCount64(word)
		}
	}
	return count
}

// Pairs gives the pairs of the snapshot, whatever was removed since. One that was loaded twice may come twice.
func (s *Snapshot) Pairs(yield func(Hash, uint64) bool) {
	for _, state := range s.Segments {
		for row, hash := range state.Segment.hashes {
			for slot, id := range state.Segment.slotsOf(row) {
				if (state.Dead == nil || !bit(state.Dead, slot)) && !yield(hash.hash(), id) {
					return
				}
			}
		}
	}
	for _, p := range s.Tail {
		if !yield(p.Hash, p.ID) {
			return
		}
	}
}

// Release gives the segments back.
func (s *Snapshot) Release() { s.view.release() }

func copyBits(bitmap []atomic.Uint64) []uint64 {
	words := make([]uint64, len(bitmap))
	for i := range bitmap {
		words[i] = bitmap[i].Load()
	}
	return words
}

// Block is the memory in which the segment lies.
func (s *Segment) Block() Block { return s.block }

// Len is the number of pairs in the segment, removed ones included.
func (s *Segment) Len() int { return s.slots() }

// Checksum tells segments apart: it covers the checksums of all sections.
func (s *Segment) Checksum() uint32 {
	return binary.LittleEndian.Uint32(s.block.Bytes()[headChecksum:])
}

// MarkDead sets the marks of removed slots, as a snapshot gave them, before the segment is attached.
func (s *Segment) MarkDead(dead []uint64) error {
	if len(dead) != len(s.dead) {
		return corrupt("%d marks for %d pairs", 64*len(dead), s.slots())
	}
	for slot := range s.slots() {
		if bit(dead, slot) {
			s.kill(slot)
		}
	}
	return nil
}

// Pairs gives the pairs of a segment that are not removed.
func (s *Segment) Pairs(yield func(Hash, uint64) bool) { s.pairs(yield) }
