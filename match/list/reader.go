// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
)

// Options are how a list is read.
type Options struct {
	Canonical Canonical // validates; required
	Type      string    // of rows that name none; every line of a local_file then is a signal without a type
	Remember  int       // signals remembered to notice repeats; batch.MaxRows when 0, none when negative
}

// Tally counts what a list held so far.
type Tally struct {
	Signals   int64 // rows that are no deletions
	Deletions int64
	Bad       int64            // lines reported
	Reasons   map[string]int64 // of the lines reported
}

// Reader reads a list once, from its beginning to its end. Besides one record, which is at most [MaxRecord]
// bytes, it remembers 12 to 25 bytes a signal to notice repeats.
type Reader struct {
	options Options
	from    *bufio.Reader
	records *bufio.Scanner
	split   splitter
	decode  decoder
	seen    *seen
	tally   Tally
	started bool
	err     error
}

// splitter cuts a stream into records.
type splitter interface {
	// cut is a bufio.SplitFunc that never asks for more than MaxRecord bytes at once.
	cut(data []byte, end bool) (advance int, record []byte, err error)
	// place is where the record that was cut last begins, and why it cannot be read, if so.
	place() (line int64, flaw *Bad)
}

// decoder turns a record into a row. skip says that the record is none, such as an empty line. An error is a
// *Bad, or an *Error that ends the list.
type decoder interface {
	row(line int64, record []byte) (row Row, skip bool, err error)
}

// NewReader begins to read a list of one of the [Formats].
func NewReader(from io.Reader, format string, options Options) (*Reader, error) {
	if options.Canonical == nil {
		return nil, errors.New("list: nothing validates the signals")
	}
	r := &Reader{options: options, tally: Tally{Reasons: map[string]int64{}}}
	switch format {
	case LocalFile:
		r.split, r.decode = &lines{}, localFile{options.Type}
	case TAT:
		r.split, r.decode = &jsonRecords{}, tatRecord{}
	case CSV:
		cells := &csvRecords{}
		r.split, r.decode = cells, &csvRow{split: cells, fixed: options.Type}
	case JSONLines:
		r.split, r.decode = &lines{}, jsonLine{options.Type}
	default:
		return nil, fmt.Errorf("list: there is no format %q", format)
	}
	if options.Remember >= 0 {
		r.seen = newSeen(options.Remember)
	}
	r.from = bufio.NewReaderSize(from, 16) // large reads pass it by
	r.records = bufio.NewScanner(r.from)
	r.records.Buffer(make([]byte, 64<<10), 2*MaxRecord)
	r.records.Split(r.split.cut)
	return r, nil
}

// All yields every row, or a bad line in its place. Ask Err after the last.
func (r *Reader) All() iter.Seq2[Row, *Bad] {
	return func(yield func(Row, *Bad) bool) {
		r.begin()
		for r.err == nil && r.records.Scan() {
			row, bad, skip := r.next()
			if !skip && !yield(row, bad) {
				return
			}
		}
		if r.err == nil {
			r.err = r.readError()
		}
	}
}

// Err is why reading ended before the end of the list: an *Error, or the stream's error.
func (r *Reader) Err() error { return r.err }

// Tally counts what was read so far.
func (r *Reader) Tally() Tally {
	t := r.tally
	t.Reasons = maps.Clone(t.Reasons)
	return t
}

func (r *Reader) readError() error {
	err := r.records.Err()
	var unreadable *Error
	if err == nil || errors.As(err, &unreadable) {
		return err
	}
	return fmt.Errorf("read list: %w", err)
}

// next takes the record that was cut.
func (r *Reader) next() (row Row, bad *Bad, skip bool) {
	line, bad := r.split.place()
	if bad == nil {
		row, bad, skip = r.read(line, r.records.Bytes())
	}
	switch {
	case skip:
	case bad != nil:
		r.tally.Bad++
		r.tally.Reasons[bad.Reason]++
		return Row{}, bad, false
	case row.Deleted:
		r.tally.Deletions++
	default:
		r.tally.Signals++
	}
	return row, nil, skip
}

func (r *Reader) read(line int64, record []byte) (row Row, bad *Bad, skip bool) {
	row, skip, err := r.decode.row(line, record)
	if err != nil {
		if bad, r.err = blame(err); bad != nil {
			return row, bad, false
		}
		return row, nil, true
	}
	if skip {
		return row, nil, true
	}
	row.Line = line
	if bad := row.settle(r.options.Canonical); bad != nil {
		return row, bad, false
	}
	if r.seen != nil && r.seen.repeats(row.Type, row.Value, row.Deleted) {
		return row, &Bad{line, ReasonDuplicate, "the signal stands in the list already"}, false
	}
	return row, nil, false
}

// blame tells a bad line from what ends the list.
func blame(err error) (*Bad, error) {
	var bad *Bad
	if errors.As(err, &bad) {
		return bad, nil
	}
	return nil, err
}

// byteOrderMark stands before the lists of some spreadsheets.
const byteOrderMark = "\xef\xbb\xbf"

// begin passes over a byte order mark, once.
func (r *Reader) begin() {
	if r.started {
		return
	}
	r.started = true
	mark, err := r.from.Peek(len(byteOrderMark))
	switch {
	case string(mark) == byteOrderMark:
		_, _ = r.from.Discard(len(mark)) // they are in the buffer
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		r.err = &Error{ReasonEncoding, "the list is UTF-16; save it as UTF-8"}
	case err != nil && !errors.Is(err, io.EOF):
		r.err = fmt.Errorf("read list: %w", err)
	}
}
