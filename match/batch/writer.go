// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"errors"
	"fmt"
	"io"
)

// Writer writes a blob, row by row, in memory that does not grow with the rows but for eight bytes a block.
type Writer struct {
	to      io.Writer
	footer  footer
	records []byte // of the block being filled
	rows    uint16 // of the block being filled
	size    int64  // written so far
	err     error  // of the stream, for good
	closed  bool
}

// NewWriter begins a blob. The caller hashes and keeps what is written.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Write appends a row. A *syntax.Error says why the row is not kept; the blob goes on without it. [ErrFull]
// means that no row fits any more; what was written can still be closed. Any other error is the stream's.
func (w *Writer) Write(r Row) error {
	switch {
	case w.err != nil:
		return w.err
	case w.closed:
		return errors.New("batch: written to after it was closed")
	case w.footer.rows == MaxRows, w.size > lastBegin:
		return ErrFull
	}
	if err := r.Check(); err != nil {
		return err
	}
	place := w.footer.place(r.Type)
	if place < 0 {
		if !w.footer.add(r.Type) {
			return ErrFull
		}
		place = len(w.footer.types) - 1
		w.records = append(append(w.records, 0, byte(len(r.Type))), r.Type...)
	}
	w.records = appendRow(w.records, place, &r)
	w.footer.counts[place]++
	w.footer.rows++
	w.rows++
	if w.block().full() {
		return w.endBlock()
	}
	return nil
}

// Rows is how many rows were kept so far.
func (w *Writer) Rows() int64 { return w.footer.rows }

// Counts are the rows kept so far, by type in the order of their first rows.
func (w *Writer) Counts() []Count { return w.footer.summary() }

// Close ends the blob and gives its number of rows. It does not close the stream.
func (w *Writer) Close() (rows int64, err error) {
	if w.closed || w.err != nil {
		return w.footer.rows, w.err
	}
	if w.rows > 0 {
		if err := w.endBlock(); err != nil {
			return 0, err
		}
	}
	if err := w.begin(); err != nil {
		return 0, err
	}
	w.closed = true
	end := w.footer.append([]byte{0, 0, 0, 0})
	return w.footer.rows, w.put(end)
}

func (w *Writer) block() extent { return extent{records: uint32(len(w.records)), rows: w.rows} }

func (w *Writer) endBlock() error {
	if err := w.begin(); err != nil {
		return err
	}
	e := w.block()
	head := e.head(w.records)
	if err := w.put(head[:]); err != nil {
		return err
	}
	if err := w.put(w.records); err != nil {
		return err
	}
	w.footer.blocks = append(w.footer.blocks, e)
	w.records, w.rows = w.records[:0], 0
	return nil
}

// begin writes the first bytes, once.
func (w *Writer) begin() error {
	if w.size > 0 {
		return nil
	}
	return w.put(append([]byte(magic), version))
}

func (w *Writer) put(data []byte) error {
	n, err := w.to.Write(data)
	w.size += int64(n)
	if err != nil {
		w.err = fmt.Errorf("write batch: %w", err)
	}
	return w.err
}
