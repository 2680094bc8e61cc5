// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import "bytes"

// csvRecords cuts a stream into the records of RFC 4180, in which a quoted cell may hold line ends. A quote
// that is never closed costs one line, not the rest of the list: the next line is read afresh.
type csvRecords struct {
	comma    byte  // the separator; 0 before the first record
	at, next int64 // line where the record that was cut last begins, and lines passed so far
	skipping bool  // the rest of a line that is too long
	flaw     *Bad  // of the record that was cut last
}

func (s *csvRecords) place() (int64, *Bad) { return s.at, s.flaw }

func (s *csvRecords) cut(data []byte, end bool) (advance int, record []byte, err error) {
	newline := bytes.IndexByte(data, '\n')
	more := !end && len(data) <= MaxRecord // may be waited for
	switch {
	case s.skipping && newline < 0 && !end:
		return len(data), nil, nil
	case s.skipping:
		s.skipping = false
		return s.line(data, newline, ReasonTooLong)
	case len(data) == 0, s.comma == 0 && newline < 0 && more:
		return 0, nil, nil
	case s.comma == 0:
		s.comma = separator(data, newline)
	}
	length, state := csvEnd(data, s.comma)
	if state == csvOpen && end {
		length, state = len(data), csvWhole
	}
	switch {
	case state == csvWhole:
		if s.at, s.flaw = s.next+1, nil; length > MaxRecord {
			s.flaw = tooLong(s.at)
		}
		s.next += int64(bytes.Count(data[:length], []byte{'\n'}))
		return length, data[:length], nil
	case more && (state == csvOpen || state == csvQuoted || newline < 0):
		return 0, nil, nil
	case newline < 0 && !end:
		s.skipping = true
		return len(data), nil, nil
	case state == csvOpen:
		return s.line(data, newline, ReasonTooLong)
	}
	return s.line(data, newline, ReasonForm)
}

// line takes one line that cannot be read.
func (s *csvRecords) line(data []byte, newline int, reason string) (advance int, record []byte, err error) {
	s.next++
	s.at, s.flaw = s.next, tooLong(s.next)
	if reason == ReasonForm {
		s.flaw = &Bad{s.at, ReasonForm, "a quoted cell does not end as it should"}
	}
	if newline < 0 {
		return len(data), []byte{}, nil
	}
	return newline + 1, []byte{}, nil
}

// separator is the first of the usual ones in the first line.
func separator(data []byte, newline int) byte {
	if newline >= 0 {
		data = data[:newline]
	}
	if at := bytes.IndexAny(data, ",;\t"); at >= 0 {
		return data[at]
	}
	return ','
}

// How far a record goes.
const (
	csvWhole  = iota // to its line end
	csvOpen          // beyond the data, perhaps
	csvQuoted        // beyond the data, inside quotes
	csvBroken        // something follows a closing quote
)

// csvEnd finds the end of the record that begins data.
func csvEnd(data []byte, comma byte) (length, state int) {
	at := 0
	for {
		if at < len(data) && data[at] == '"' {
			after := quoteEnd(data, at)
			if after < 0 {
				return 0, csvQuoted
			}
			at = after
			switch {
			case at == len(data), data[at] == '\r' && at+1 == len(data):
				return 0, csvOpen
			case data[at] == '\n':
				return at + 1, csvWhole
			case data[at] == '\r' && data[at+1] == '\n':
				return at + 2, csvWhole
			case data[at] != comma:
				return 0, csvBroken
			}
			at++
			continue
		}
		after := cellEnd(data, at, comma)
		switch {
		case after == len(data):
			return 0, csvOpen
		case data[after] == '\n':
			return after + 1, csvWhole
		}
		at = after + 1
	}
}

// quoteEnd gives the place after the closing quote of the cell that begins at a quote; -1 when there is none.
func quoteEnd(data []byte, at int) int {
	for at++; ; at++ {
		next := bytes.IndexByte(data[at:], '"')
		if next < 0 {
			return -1
		}
		if at += next + 1; at == len(data) || data[at] != '"' {
			return at
		}
	}
}

// cellEnd gives the place of the separator or line end after a cell without quotes, or the end of data.
func cellEnd(data []byte, at int, comma byte) int {
	for ; at < len(data) && data[at] != comma && data[at] != '\n'; at++ {
	}
	return at
}

// csvCells splits a record that csvEnd found whole or open into cells, in the memory of into. It stops after
// one cell more than there may be.
func csvCells(record []byte, comma byte, into []string) []string {
	record = bytes.TrimSuffix(bytes.TrimSuffix(record, []byte{'\n'}), []byte{'\r'})
	at := 0
	for {
		var cell []byte
		if at < len(record) && record[at] == '"' {
			after := quoteEnd(record, at)
			cell = bytes.ReplaceAll(record[at+1:after-1], []byte(`""`), []byte{'"'})
			at = after
		} else {
			after := cellEnd(record, at, comma)
			cell, at = record[at:after], after
		}
		into = append(into, string(cell))
		if at == len(record) || len(into) > maxColumns {
			return into
		}
		at++
	}
}
