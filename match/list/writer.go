// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// Writer writes a list. What a format has no place for is not written: local_file keeps type and value only,
// tat neither confidence nor end and one label.
type Writer struct {
	to     *bufio.Writer
	format string
	fixed  string
	row    []byte // the row being written
	count  int64
	begun  bool
}

// NewWriter begins a list of one of the [Formats]. Where signalType is given, a local_file has lines without
// types.
func NewWriter(to io.Writer, format, signalType string) (*Writer, error) {
	if !slices.Contains(Formats(), format) {
		return nil, fmt.Errorf("list: there is no format %q", format)
	}
	return &Writer{to: bufio.NewWriterSize(to, 64<<10), format: format, fixed: signalType}, nil
}

// Write appends a canonical row; its line number is not written. A *Bad says why the list cannot hold the row
// and goes on without it. Any other error is the stream's.
func (w *Writer) Write(row Row) error {
	if bad := row.settle(keep); bad != nil {
		return bad
	}
	if err := w.begin(); err != nil {
		return err
	}
	var err error
	w.row = w.row[:0]
	switch w.format {
	case LocalFile:
		w.row, err = appendLocalFile(w.row, &row, w.fixed)
	case TAT:
		w.row, err = appendTAT(w.row, &row, w.count == 0)
	case CSV:
		w.row = appendCSV(w.row, &row)
	case JSONLines:
		w.row, err = appendJSONLine(w.row, &row)
	}
	if err != nil {
		return err
	}
	w.count++
	return w.put(w.row)
}

// keep takes a value to be canonical: whoever writes a list has read or made it so.
func keep(_, value string) (string, error) { return value, nil }

// Count is how many rows were written.
func (w *Writer) Count() int64 { return w.count }

// Close ends the list. It does not close the stream.
func (w *Writer) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	if w.format == TAT {
		if err := w.put(endTAT(nil, w.count)); err != nil {
			return err
		}
	}
	if err := w.to.Flush(); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return nil
}

// begin writes what stands before the rows, once.
func (w *Writer) begin() error {
	if w.begun {
		return nil
	}
	w.begun = true
	switch w.format {
	case TAT:
		return w.put([]byte(beginTAT))
	case CSV:
		return w.put(appendCSVHeader(nil))
	}
	return nil
}

func (w *Writer) put(text []byte) error {
	if _, err := w.to.Write(text); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return nil
}
