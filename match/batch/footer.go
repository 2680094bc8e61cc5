// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"encoding/binary"
	"hash/crc32"
)

const (
	version = 1
	magic   = "TocsinB"
	ending  = "BnisocT"

	headBytes    = len(magic) + 1
	blockBytes   = 4 + 2 + 4 // before the records of a block
	trailerBytes = 4 + 4 + len(ending) + 1

	blockRows    = 512      // a block ends with the row that makes it so many rows,
	blockRecords = 64 << 10 // or so many bytes of records

	// The greatest records of one block: it is not full before its last row.
	maxRecords = blockRecords + 64 + MaxValue + MaxReference + MaxLabels*(MaxLabel+1) + 64

	maxBlocks = MaxRows/blockRows + MaxBytes/blockRecords + 1
	maxFooter = 4 + 1 + MaxTypes*(1+32+4) + 4 + maxBlocks*6

	lastBegin = MaxBytes - 2*maxRecords - maxFooter // no block begins after it
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Count is how many rows of a type a blob holds.
type Count struct {
	Type string
	Rows int64
}

// extent is how large a block is.
type extent struct {
	records uint32 // bytes
	rows    uint16
}

func (e extent) bytes() int64 { return int64(blockBytes) + int64(e.records) }

// full reports whether a block takes no more rows.
func (e extent) full() bool { return e.rows >= blockRows || e.records >= blockRecords }

// footer is what is known of a blob as a whole.
type footer struct {
	rows   int64
	types  []string // in the order of their first rows
	counts []int64  // rows of each type
	blocks []extent
}

// place gives the place of a type, -1 when it has none.
func (f *footer) place(name string) int {
	for i, known := range f.types {
		if known == name {
			return i
		}
	}
	return -1
}

// add gives a type the next place. It reports false when there is none left.
func (f *footer) add(name string) bool {
	if len(f.types) == MaxTypes {
		return false
	}
	f.types, f.counts = append(f.types, name), append(f.counts, 0)
	return true
}

func (f *footer) summary() []Count {
	counts := make([]Count, len(f.types))
	for i, name := range f.types {
		counts[i] = Count{name, f.counts[i]}
	}
	return counts
}

// append appends footer and trailer.
func (f *footer) append(to []byte) []byte {
	begin := len(to)
	to = binary.LittleEndian.AppendUint32(to, uint32(f.rows))
	to = append(to, byte(len(f.types)))
	for i, name := range f.types {
		to = append(append(to, byte(len(name))), name...)
		to = binary.LittleEndian.AppendUint32(to, uint32(f.counts[i]))
	}
	to = binary.LittleEndian.AppendUint32(to, uint32(len(f.blocks)))
	for _, e := range f.blocks {
		to = binary.LittleEndian.AppendUint32(to, e.records)
		to = binary.LittleEndian.AppendUint16(to, e.rows)
	}
	body := to[begin:]
	to = binary.LittleEndian.AppendUint32(to, uint32(len(body)))
	to = binary.LittleEndian.AppendUint32(to, crc32.Checksum(body, castagnoli))
	return append(append(to, ending...), version)
}

// parseFooter reads a footer whose checksum holds.
func parseFooter(data []byte) (f footer, err error) {
	c := cursor{data: data}
	f.rows = int64(c.uint32())
	types := int(c.byte())
	if types > MaxTypes {
		return f, refuse(ReasonLimit, "there are more types than %d", MaxTypes)
	}
	var sum int64
	for range types {
		name, rows := string(c.bytes(uint64(c.byte()))), int64(c.uint32())
		if c.bad || !isType(name) || f.place(name) >= 0 || rows == 0 {
			return f, malformed("the types of the footer cannot be read")
		}
		f.add(name)
		f.counts[len(f.counts)-1] = rows
		sum += rows
	}
	blocks := uint64(c.uint32())
	if c.bad || blocks*6 != uint64(len(data)-c.at) || sum != f.rows {
		return f, malformed("the footer contradicts itself")
	}
	if f.rows > MaxRows {
		return f, refuse(ReasonLimit, "there are more rows than %d", MaxRows)
	}
	f.blocks = make([]extent, 0, blocks)
	for range blocks {
		e := extent{records: c.uint32(), rows: uint16(c.byte()) | uint16(c.byte())<<8}
		if err := e.check(); err != nil {
			return f, err
		}
		f.blocks = append(f.blocks, e)
		sum -= int64(e.rows)
	}
	if sum != 0 {
		return f, malformed("the blocks of the footer do not hold its rows")
	}
	return f, nil
}

// check refuses a block before any memory is taken for it.
func (e extent) check() error {
	if e.records > maxRecords || e.rows > blockRows {
		return refuse(ReasonLimit, "a block is larger than the format allows")
	}
	if e.records == 0 || e.rows == 0 {
		return malformed("a block is empty")
	}
	return nil
}

func (c *cursor) uint32() uint32 {
	if b := c.bytes(4); len(b) == 4 {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// checkHead reads the first bytes of a blob.
func checkHead(head []byte) error {
	if string(head[:len(magic)]) != magic {
		return refuse(ReasonMagic, "this is not a batch of signals")
	}
	if head[len(magic)] != version {
		return refuse(ReasonVersion, "this program reads version %d of batches, not %d", version, head[len(magic)])
	}
	return nil
}

// head gives the numbers that stand before the records of a block.
func (e extent) head(records []byte) (head [blockBytes]byte) {
	binary.LittleEndian.PutUint32(head[:], e.records)
	binary.LittleEndian.PutUint16(head[4:], e.rows)
	sum := crc32.Update(crc32.Checksum(head[:6], castagnoli), castagnoli, records)
	binary.LittleEndian.PutUint32(head[6:], sum)
	return head
}
