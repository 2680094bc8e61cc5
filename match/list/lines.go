// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import "bytes"

// lines cuts a stream at line ends.
type lines struct {
	at, next int64 // number of the line that was cut last, and how many were cut
	skipping bool  // the rest of a line that is too long
	long     bool  // the line that was cut last was too long
}

func (s *lines) cut(data []byte, end bool) (advance int, record []byte, err error) {
	at := bytes.IndexByte(data, '\n')
	switch {
	case at >= 0:
		return at + 1, s.line(data[:at]), nil
	case end && (len(data) > 0 || s.skipping):
		return len(data), s.line(data), nil
	case !end && len(data) > MaxRecord:
		s.skipping = true
		return len(data), nil, nil
	}
	return 0, nil, nil
}

func (s *lines) line(text []byte) []byte {
	s.next++
	s.at, s.long, s.skipping = s.next, s.skipping || len(text) > MaxRecord, false
	if s.long {
		return []byte{}
	}
	return text
}

func (s *lines) place() (int64, *Bad) {
	if s.long {
		return s.at, tooLong(s.at)
	}
	return s.at, nil
}

func tooLong(line int64) *Bad {
	return &Bad{line, ReasonTooLong, "the line is longer than any signal"}
}
