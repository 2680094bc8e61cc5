// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
)

// Reader streams the rows of a blob and checks every byte of it: checksums, the canonical form, and at the
// end that the footer says the same as the rows. Its memory is one block, at most 1.2 MiB, and eight bytes a
// block, at most 4 MiB with the footer.
type Reader struct {
	from    *bufio.Reader
	footer  footer // as counted
	records []byte // of the block being read
	rest    []byte // of its records
	left    uint16 // rows of the block not yet read
	whole   extent // the block being read
	size    int64
	record  record
	err     error
	done    bool
}

// NewReader begins to read a blob.
func NewReader(from io.Reader) (*Reader, error) {
	r := &Reader{from: bufio.NewReaderSize(from, 64<<10)}
	var head [headBytes]byte
	if err := r.fill(head[:]); err != nil {
		return nil, err
	}
	if err := checkHead(head[:]); err != nil {
		return nil, err
	}
	return r, nil
}

// Next goes to the next row and reports whether there is one. Ask Err after the last.
func (r *Reader) Next() bool {
	if r.done {
		return false
	}
	if r.left == 0 {
		more, err := r.nextBlock()
		if err != nil || !more {
			r.err, r.done = err, true
			return false
		}
	}
	if err := r.nextRow(); err != nil {
		r.err, r.done = err, true
		return false
	}
	return true
}

// Err is why reading ended before the end of the blob: an *Error, or the stream's error.
func (r *Reader) Err() error { return r.err }

// Raw is the type and value of the row without a copy: 32 bytes for "pdq", canonical text for other types.
// The value is good until the next call of Next. There is no row before the first.
func (r *Reader) Raw() (signalType string, value []byte) {
	return r.footer.types[r.record.place], r.record.value
}

// Row is the row, with memory of its own.
func (r *Reader) Row() Row { return r.record.row(r.footer.types) }

// Counts are the rows read so far, by type in the order of their first rows.
func (r *Reader) Counts() []Count { return r.footer.summary() }

// All yields the rows with their numbers from 0. Ask Err after the last.
func (r *Reader) All() iter.Seq2[int64, Row] {
	return func(yield func(int64, Row) bool) {
		for n := r.footer.rows; r.Next(); n++ {
			if !yield(n, r.Row()) {
				return
			}
		}
	}
}

func (r *Reader) nextRow() error {
	rec, length, err := nextRecord(r.rest, r.footer.types)
	if err == nil && rec.name != nil {
		rec, length, err = r.firstOfType(rec.name, length)
	}
	if err != nil {
		return err
	}
	r.rest, r.record, r.left = r.rest[length:], rec, r.left-1
	r.footer.rows++
	r.footer.counts[rec.place]++
	if r.footer.counts[rec.place] == 1 && rec.place != len(r.footer.types)-1 {
		return malformed("a type was named without a row")
	}
	return r.checkCut()
}

// firstOfType reads the row that must follow the name of its type.
func (r *Reader) firstOfType(name []byte, used int) (rec record, length int, err error) {
	if r.footer.place(string(name)) >= 0 {
		return rec, 0, malformed("a type is named twice")
	}
	if !r.footer.add(string(name)) {
		return rec, 0, refuse(ReasonLimit, "there are more types than %d", MaxTypes)
	}
	rec, length, err = nextRecord(r.rest[used:], r.footer.types)
	if err == nil && (rec.name != nil || rec.place != len(r.footer.types)-1) {
		err = malformed("a type was named without a row")
	}
	return rec, used + length, err
}

// checkCut wants each block to end where Writer ends it, so that equal rows are equal bytes.
func (r *Reader) checkCut() error {
	if r.footer.rows > MaxRows {
		return refuse(ReasonLimit, "there are more rows than %d", MaxRows)
	}
	read := extent{records: r.whole.records - uint32(len(r.rest)), rows: r.whole.rows - r.left}
	switch {
	case (r.left == 0) != (len(r.rest) == 0):
		return malformed("a block does not hold the rows it says")
	case r.left > 0 && read.full():
		return malformed("a block goes on after it is full")
	}
	return nil
}

// nextBlock reads a block, or what follows the last.
func (r *Reader) nextBlock() (more bool, err error) {
	var head [blockBytes]byte
	if err := r.fill(head[:4]); err != nil {
		return false, err
	}
	records := binary.LittleEndian.Uint32(head[:])
	if records == 0 {
		return false, r.end()
	}
	if n := len(r.footer.blocks); n > 0 && !r.footer.blocks[n-1].full() {
		return false, malformed("a block ends before it is full")
	}
	if err := r.fill(head[4:]); err != nil {
		return false, err
	}
	r.whole = extent{records: records, rows: binary.LittleEndian.Uint16(head[4:])}
	if err := r.whole.check(); err != nil {
		return false, err
	}
	if r.size-int64(blockBytes) > lastBegin {
		return false, refuse(ReasonLimit, "a batch has at most %d bytes", int64(MaxBytes))
	}
	if err := r.fillRecords(int(records)); err != nil {
		return false, err
	}
	if r.whole.head(r.records) != head {
		return false, refuse(ReasonChecksum, "the checksum of a block does not fit")
	}
	r.footer.blocks = append(r.footer.blocks, r.whole)
	r.rest, r.left = r.records, r.whole.rows
	return true, nil
}

// fillRecords takes memory as the stream delivers, not as the block claims.
func (r *Reader) fillRecords(n int) error {
	r.records = r.records[:0]
	for len(r.records) < n {
		begin := len(r.records)
		step := min(n-begin, blockRecords)
		r.records = append(r.records, make([]byte, step)...)
		if err := r.fill(r.records[begin:]); err != nil {
			return err
		}
	}
	return nil
}

// end compares the footer with what was read, and wants nothing after it.
func (r *Reader) end() error {
	want := r.footer.append(nil)
	got := make([]byte, len(want))
	if err := r.fill(got); err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return malformed("the footer does not say what the rows say")
	}
	if _, err := r.from.ReadByte(); err == nil {
		return malformed("something follows the end")
	} else if !errors.Is(err, io.EOF) {
		return fmt.Errorf("read batch: %w", err)
	}
	return nil
}

func (r *Reader) fill(buffer []byte) error {
	n, err := io.ReadFull(r.from, buffer)
	r.size += int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(ReasonTruncated, "the batch ends too early")
	case err != nil:
		return fmt.Errorf("read batch: %w", err)
	}
	return nil
}
