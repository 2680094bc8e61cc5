// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
)

// ErrTooMany says that more rows came than were announced.
var ErrTooMany = errors.New("more rows than announced")

// Build makes a segment of the pairs of a stream, of which there are at most capacity. They are written where
// they will stay: beside that memory it needs little, unless many hashes are equal. Equal hashes become one
// row with several ids, equal pairs one.
func Build(memory Memory, capacity int, pairs iter.Seq2[Hash, uint64]) (*Segment, error) {
	return builder{memory, layoutFor, runtime.GOMAXPROCS(0)}.build(capacity, pairs)
}

// builder makes segments.
type builder struct {
	memory     Memory
	choose     func(rows int) layout
	processors int // that it may use
}

func (b builder) build(capacity int, pairs iter.Seq2[Hash, uint64]) (*Segment, error) {
	if capacity < 0 || capacity > maxRows {
		return nil, fmt.Errorf("build segment: %d rows", capacity)
	}
	announced := shape{rows: capacity, layout: b.choose(capacity)}
	_, size := announced.sections()
	// Fewer rows than announced may have another layout, and further ids other padding; both need less.
	size += 8 * alignment
	block, err := b.memory.Allocate(size)
	if err != nil {
		return nil, fmt.Errorf("allocate segment: %w", err)
	}
	segment, err := b.buildIn(block, announced, pairs)
	if err != nil {
		block.Release()
		return nil, err
	}
	return segment, nil
}

func (b builder) buildIn(block Block, announced shape, pairs iter.Seq2[Hash, uint64]) (*Segment, error) {
	data := block.Bytes()
	rows, err := receive(data, announced, pairs)
	if err != nil {
		return nil, err
	}
	all, _ := announced.sections()
	hashes := slice[words](all[0].of(data))[:rows]
	ids := slice[uint64](all[1].of(data))[:rows]
	further := group(hashes, ids, slice[uint32](data[all[2].begin:len(data)/8*8]))
	rows -= further.joined

	final := shape{rows: rows, extras: len(further.extras), layout: b.choose(rows)}
	all, size := final.sections()
	copy(all[1].of(data), bytesOf(ids[:rows]))
	clearPadding(data[:size], all)
	segment := newSegment(block, data, final)
	segment.putFurther(further)
	_ = parallel(len(segment.postings), b.processors, func(i int) error {
		segment.postings[i].fill(segment.hashes)
		return nil
	})
	if !littleEndian {
		turnAll(data, final)
	}
	final.putHeader(data)
	if err := block.Keep(size); err != nil {
		return nil, fmt.Errorf("keep segment: %w", err)
	}
	if !littleEndian {
		return OpenSegment(block)
	}
	return newSegment(block, block.Bytes(), final), nil
}

// clearPadding clears what lies between sections: it must not hold what was there before.
func clearPadding(data []byte, all []section) {
	for i := range all {
		end := len(data)
		if i+1 < len(all) {
			end = all[i+1].begin
		}
		clear(data[all[i].end:end])
	}
}

// receive writes the stream into the sections of hashes and ids.
func receive(data []byte, announced shape, pairs iter.Seq2[Hash, uint64]) (rows int, err error) {
	all, _ := announced.sections()
	hashes, ids := slice[words](all[0].of(data)), slice[uint64](all[1].of(data))
	for hash, id := range pairs {
		if rows == announced.rows {
			return 0, fmt.Errorf("build segment: %w", ErrTooMany)
		}
		hashes[rows], ids[rows] = hash.words(), id
		rows++
	}
	return rows, nil
}

func (s *Segment) putFurther(f further) {
	clear(s.shared)
	copy(s.owners, f.owners)
	copy(s.extras, f.extras)
	for _, row := range f.owners {
		s.shared[row/64] |= 1 << (row % 64)
	}
}

// further are the ids beyond the first of each hash.
type further struct {
	owners []uint32
	extras []uint64
	joined int // rows that became further ids, or vanished because the pair was there already
}

// group joins equal hashes: it moves the distinct ones together at the front, with their first ids, and gives
// the others. Scratch is memory that may be written, if there is enough of it.
func group(hashes []words, ids []uint64, scratch []uint32) further {
	pairs := equalRows(hashes, scratch)
	if len(pairs) == 0 {
		return further{}
	}
	slices.SortFunc(pairs, func(a, b equal) int { return int(a.row) - int(b.row) })
	f := further{joined: len(pairs)}
	type owned struct {
		owner uint32
		id    uint64
	}
	others := make([]owned, len(pairs))
	for i, pair := range pairs {
		before, _ := slices.BinarySearchFunc(pairs, pair.first, func(p equal, row uint32) int {
			return int(p.row) - int(row)
		})
		others[i] = owned{pair.first - uint32(before), ids[pair.row]}
	}
	closeGaps(hashes, ids, pairs)
	slices.SortFunc(others, func(a, b owned) int {
		if a.owner != b.owner {
			return int(a.owner) - int(b.owner)
		}
		return cmp.Compare(a.id, b.id)
	})
	for _, other := range slices.Compact(others) {
		if ids[other.owner] != other.id {
			f.owners = append(f.owners, other.owner)
			f.extras = append(f.extras, other.id)
		}
	}
	return f
}

// closeGaps moves rows down over those that were joined to others.
func closeGaps(hashes []words, ids []uint64, gone []equal) {
	to := int(gone[0].row)
	for i, gap := range gone {
		end := len(hashes)
		if i+1 < len(gone) {
			end = int(gone[i+1].row)
		}
		begin := int(gap.row) + 1
		copy(ids[to:], ids[begin:end])
		to += copy(hashes[to:], hashes[begin:end])
	}
}
