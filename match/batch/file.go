// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sort"
	"sync"
)

// File gives single rows of a blob, each with one read of one block. Several goroutines may share it. It
// checks the footer when it opens and the checksum of each block it reads; [Reader] checks the whole.
type File struct {
	from    io.ReaderAt
	footer  footer
	offsets []int64  // of the blocks
	firsts  []uint32 // number of each block's first row
	buffers sync.Pool
}

// Open reads the footer of a blob of the given size. It takes 20 bytes a block, at most 8 MiB.
func Open(from io.ReaderAt, size int64) (*File, error) {
	if size > MaxBytes {
		return nil, refuse(ReasonLimit, "a batch has at most %d bytes", int64(MaxBytes))
	}
	if size < int64(headBytes+trailerBytes) {
		return nil, refuse(ReasonTruncated, "the batch ends too early")
	}
	head := make([]byte, headBytes)
	if err := readAt(from, head, 0); err != nil {
		return nil, err
	}
	if err := checkHead(head); err != nil {
		return nil, err
	}
	f := &File{from: from}
	footerAt, err := f.readFooter(size)
	if err != nil {
		return nil, err
	}
	f.offsets, f.firsts = make([]int64, len(f.footer.blocks)), make([]uint32, len(f.footer.blocks))
	at, first := int64(headBytes), uint32(0)
	for i, e := range f.footer.blocks {
		f.offsets[i], f.firsts[i] = at, first
		at, first = at+e.bytes(), first+uint32(e.rows)
	}
	if at+4 != footerAt {
		return nil, malformed("the blocks do not fill the batch")
	}
	return f, nil
}

func (f *File) readFooter(size int64) (at int64, err error) {
	trailer := make([]byte, trailerBytes)
	if err := readAt(f.from, trailer, size-int64(trailerBytes)); err != nil {
		return 0, err
	}
	if string(trailer[8:]) != ending+string(rune(version)) {
		return 0, refuse(ReasonTruncated, "the batch does not end as it should")
	}
	length := int64(binary.LittleEndian.Uint32(trailer))
	at = size - int64(trailerBytes) - length
	if length > maxFooter || at < int64(headBytes)+4 {
		return 0, refuse(ReasonLimit, "the footer is larger than the batch or the format allows")
	}
	data := make([]byte, length)
	if err := readAt(f.from, data, at); err != nil {
		return 0, err
	}
	if crc32.Checksum(data, castagnoli) != binary.LittleEndian.Uint32(trailer[4:]) {
		return 0, refuse(ReasonChecksum, "the checksum of the footer does not fit")
	}
	f.footer, err = parseFooter(data)
	return at, err
}

// Rows is how many rows there are.
func (f *File) Rows() int64 { return f.footer.rows }

// Counts are the rows by type, in the order of their first rows.
func (f *File) Counts() []Count { return f.footer.summary() }

// Row is row n, from 0.
func (f *File) Row(n int64) (Row, error) {
	if n < 0 || n >= f.footer.rows {
		return Row{}, fmt.Errorf("batch: row %d of %d", n, f.footer.rows)
	}
	b := sort.Search(len(f.firsts), func(i int) bool { return int64(f.firsts[i]) > n }) - 1
	buffer, _ := f.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	defer f.buffers.Put(buffer)
	block, err := f.readBlock(b, buffer)
	if err != nil {
		return Row{}, err
	}
	return f.rowOf(block, int(n-int64(f.firsts[b])))
}

// readBlock gives the records of block b.
func (f *File) readBlock(b int, buffer *[]byte) ([]byte, error) {
	e := f.footer.blocks[b]
	if n := int(e.bytes()); cap(*buffer) < n {
		*buffer = make([]byte, n)
	}
	block := (*buffer)[:e.bytes()]
	if err := readAt(f.from, block, f.offsets[b]); err != nil {
		return nil, err
	}
	records := block[blockBytes:]
	if e.head(records) != [blockBytes]byte(block) {
		return nil, refuse(ReasonChecksum, "the checksum of a block does not fit")
	}
	return records, nil
}

// rowOf finds the row that has skip rows before it in its block.
func (f *File) rowOf(records []byte, skip int) (Row, error) {
	for {
		rec, length, err := nextRecord(records, f.footer.types)
		if err != nil {
			return Row{}, err
		}
		records = records[length:]
		switch {
		case rec.name != nil:
		case skip == 0:
			return rec.row(f.footer.types), nil
		default:
			skip--
		}
	}
}

func readAt(from io.ReaderAt, buffer []byte, at int64) error {
	n, err := from.ReadAt(buffer, at)
	switch {
	case n == len(buffer):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return refuse(ReasonTruncated, "the batch ends too early")
	}
	return fmt.Errorf("read batch: %w", err)
}
