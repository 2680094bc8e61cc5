// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
)

// A segment is flat and little-endian:
//
//	header     magic, version, rows, extras, chunks, checksums of every section, checksum of the header
//	hashes     [rows]   × 32 B   distinct, in the order in which they came
//	ids        [rows]   × 8 B    the first id of each hash
//	shared     bitmap of rows that have further ids
//	owners     [extras] × 4 B    the row of each further id, ascending
//	extras     [extras] × 8 B    the further ids
//	then for each chunk
//	starts     [2^width + 1] × 4 B   where a key begins in the two lists that follow
//	sketches   [rows]   × 2 B    by key: the first 16 bits of the next chunk; after the last comes the first
//	members    [rows]   × 2 to 4 B   by key: the row, in as few bytes as the number of rows needs
//
// Each section begins at a multiple of 64, so that no hash lies across two cache lines. Everything else about
// their places follows from the numbers in the header, so that no offset need be believed.
const (
	magic         = "TOCSNHAM"
	formatVersion = 1
	headerSize    = 1024
	alignment     = 64

	headChunks    = 32  // m × (offset, width, radius, zero), 16 bits each
	headChecksums = 320 // a number of 32 bits a section
	headChecksum  = headerSize - 4

	maxRows = 1<<31 - 1
)

// ErrCorrupt is in every error about bytes that are not a sound segment.
var ErrCorrupt = errors.New("segment is corrupt")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// shape is what decides where the sections of a segment lie.
type shape struct {
	rows, extras int
	layout       layout
}

// section is a range of bytes of numbers that are wide bytes each.
type section struct{ begin, end, wide int }

func (s section) of(data []byte) []byte { return data[s.begin:s.end:s.end] }

const (
	fixedSections = 5 // hashes, ids, shared, owners, extras
	chunkSections = 3 // starts, sketches, members
)

// memberSize is how many bytes the number of a row has.
func memberSize(rows int) int { return max(2, (bits.Len(uint(max(rows, 1)-1))+7)/8) }

// sections are the places in the order of the format, and the size of the whole.
func (s shape) sections() (all []section, size int) {
	all = make([]section, 0, fixedSections+chunkSections*len(s.layout))
	size = headerSize
	add := func(count, element, wide int) {
		all = append(all, section{size, size + count*element, wide})
		size = (size + count*element + alignment - 1) / alignment * alignment
	}
	add(s.rows, 32, 8)
	add(s.rows, 8, 8)
	add((s.rows+63)/64, 8, 8)
	add(s.extras, 4, 4)
	add(s.extras, 8, 8)
	for _, c := range s.layout {
		add(1<<c.width+1, 4, 4)
		add(s.rows, 2, 2)
		add(s.rows, memberSize(s.rows), 1)
	}
	return all, size
}

// putHeader writes the header of finished sections.
func (s shape) putHeader(data []byte) {
	head := data[:headerSize]
	clear(head)
	copy(head, magic)
	binary.LittleEndian.PutUint32(head[8:], formatVersion)
	binary.LittleEndian.PutUint32(head[12:], uint32(len(s.layout)))
	binary.LittleEndian.PutUint64(head[16:], uint64(s.rows))
	binary.LittleEndian.PutUint64(head[24:], uint64(s.extras))
	for i, c := range s.layout {
		at := head[headChunks+8*i:]
		binary.LittleEndian.PutUint16(at, uint16(c.offset))
		binary.LittleEndian.PutUint16(at[2:], uint16(c.width))
		binary.LittleEndian.PutUint16(at[4:], uint16(c.radius))
	}
	all, _ := s.sections()
	for i, part := range all {
		sum := crc32.Checksum(part.of(data), castagnoli)
		binary.LittleEndian.PutUint32(head[headChecksums+4*i:], sum)
	}
	binary.LittleEndian.PutUint32(head[headChecksum:], crc32.Checksum(head[:headChecksum], castagnoli))
}

// parseHeader gives the shape that a header tells, once its size is that of the data.
func parseHeader(data []byte) (s shape, err error) {
	if len(data) < headerSize || string(data[:8]) != magic {
		return s, corrupt("no header")
	}
	head := data[:headerSize]
	if crc32.Checksum(head[:headChecksum], castagnoli) != binary.LittleEndian.Uint32(head[headChecksum:]) {
		return s, corrupt("checksum of the header")
	}
	if version := binary.LittleEndian.Uint32(head[8:]); version != formatVersion {
		return s, corrupt("version %d", version)
	}
	chunks := binary.LittleEndian.Uint32(head[12:])
	rows, extras := binary.LittleEndian.Uint64(head[16:]), binary.LittleEndian.Uint64(head[24:])
	if chunks > maxChunks || rows > uint64(len(data)/40) || extras > uint64(len(data)/12) || rows > maxRows {
		return s, corrupt("%d rows, %d further ids, %d chunks", rows, extras, chunks)
	}
	s = shape{rows: int(rows), extras: int(extras), layout: make(layout, chunks)}
	for i := range s.layout {
		at := head[headChunks+8*i:]
		s.layout[i] = chunk{
			offset: int(binary.LittleEndian.Uint16(at)),
			width:  int(binary.LittleEndian.Uint16(at[2:])),
			radius: int(binary.LittleEndian.Uint16(at[4:])),
		}
	}
	if err := s.layout.check(); err != nil {
		return s, corrupt("%v", err)
	}
	if _, size := s.sections(); size != len(data) {
		return s, corrupt("%d bytes instead of %d", len(data), size)
	}
	return s, nil
}
