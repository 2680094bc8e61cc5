// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import "github.com/go-json-experiment/json"

// jsonValue finds the end of a JSON value in a stream, without memory: it counts brackets and knows strings.
// What stands between the brackets is for the decoder to judge.
type jsonValue struct {
	depth   int
	deepest int
	begun   bool
	text    bool // inside a string
	escaped bool // after a backslash
	bare    bool // a number or a word
}

// scan takes bytes until the value ends, and reports whether it did. A number or word ends before the byte
// that ends it.
func (v *jsonValue) scan(data []byte) (taken int, done bool) {
	for i, c := range data {
		if v.text {
			v.inText(c)
			if !v.text && v.depth == 0 {
				return i + 1, true
			}
			continue
		}
		if v.bare && endsBare(c) {
			return i, true
		}
		switch c {
		case '"':
			v.text = true
		case '{', '[':
			v.depth++
			v.deepest = max(v.deepest, v.depth)
		case '}', ']':
			if v.depth--; v.depth <= 0 {
				return i + 1, true
			}
		default:
			v.bare = v.bare || !v.begun
		}
		v.begun = true
	}
	return len(data), false
}

func (v *jsonValue) inText(c byte) {
	switch {
	case v.escaped:
		v.escaped = false
	case c == '\\':
		v.escaped = true
	case c == '"':
		v.text = false
	}
}

func endsBare(c byte) bool { return isSpace(c) || c == ',' || c == ']' || c == '}' || c == ':' }

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// tooDeep reports whether a value is nested deeper than MaxDepth.
func tooDeep(record []byte) bool {
	var v jsonValue
	v.scan(record)
	return v.deepest > MaxDepth
}

// Where jsonRecords stands, outside values.
const (
	atTop      = iota // a page or an array begins, or the stream ends
	atElement         // an element of the array
	atFirst           // an element, or the end of the array
	afterValue        // a comma, or the end of the array
	atName            // the name of a member of the page
	atNameOrEnd
	atColon
	atMember    // the value of a member
	afterMember // a comma, or the end of the page
)

// jsonRecords cuts the elements out of an array, or out of the array "results" of a page object, or out of
// several of either. Other members of a page are passed over, however long they are.
type jsonRecords struct {
	number  int64 // of the record that was cut last
	state   int
	paged   bool      // the array stands in a page
	results bool      // the page had results
	named   bool      // the name read last is "results"
	reading bool      // a value
	value   jsonValue // the one being read
	scanned int       // bytes of it already looked at
	long    bool      // it is too long
	flaw    *Bad      // of the record that was cut last
}

func (s *jsonRecords) place() (int64, *Bad) { return s.number, s.flaw }

func (s *jsonRecords) cut(data []byte, end bool) (advance int, record []byte, err error) {
	at := 0
	for {
		if s.reading {
			taken, record, err := s.readValue(data[at:], end)
			if record != nil || err != nil || s.reading {
				return at + taken, record, err
			}
			at += taken
			continue
		}
		for at < len(data) && isSpace(data[at]) {
			at++
		}
		if at == len(data) {
			if end && s.state != atTop {
				return at, nil, errTruncated
			}
			return at, nil, nil
		}
		taken, err := s.step(data[at])
		if err != nil {
			return at, nil, err
		}
		at += taken
	}
}

var (
	errTruncated = &Error{ReasonTruncated, "the list ends too early"}
	errNoList    = &Error{ReasonStructure, "this is neither an array of records nor a page with results"}
)

// step takes one byte outside values; a byte that begins a value is left to it.
func (s *jsonRecords) step(c byte) (taken int, err error) {
	next := func(state int) (int, error) { s.state = state; return 1, nil }
	switch {
	case s.state == atTop && c == '[':
		return next(atFirst)
	case s.state == atTop && c == '{':
		s.paged, s.results = true, false
		return next(atNameOrEnd)
	case (s.state == atFirst || s.state == afterValue) && c == ']':
		if s.paged {
			return next(afterMember)
		}
		return next(atTop)
	case s.state == afterValue && c == ',':
		return next(atElement)
	case (s.state == atNameOrEnd || s.state == afterMember) && c == '}':
		if !s.results {
			return 0, errNoList
		}
		s.paged = false
		return next(atTop)
	case s.state == afterMember && c == ',':
		return next(atName)
	case s.state == atColon && c == ':':
		return next(atMember)
	case s.state == atMember && s.named && c == '[':
		s.results = true
		return next(atFirst)
	case (s.state == atName || s.state == atNameOrEnd) && c == '"',
		(s.state == atFirst || s.state == atElement || s.state == atMember) && !endsBare(c):
		s.reading, s.value, s.scanned, s.long = true, jsonValue{}, 0, false
		return 0, nil
	}
	return 0, errNoList
}

// readValue reads on in a value that begins data, or whose rest does.
func (s *jsonRecords) readValue(data []byte, end bool) (advance int, record []byte, err error) {
	n, done := s.value.scan(data[s.scanned:])
	s.scanned += n
	if !done {
		switch {
		case end:
			return 0, nil, errTruncated
		case s.state == atMember || s.long || s.scanned > MaxRecord:
			s.long, advance, s.scanned = true, s.scanned, 0
		}
		return advance, nil, nil
	}
	s.reading = false
	text := data[:s.scanned]
	s.long = s.long || len(text) > MaxRecord
	switch s.state {
	case atName, atNameOrEnd:
		var name string
		s.named = !s.long && json.Unmarshal(text, &name) == nil && name == "results"
		s.state = atColon
		return len(text), nil, nil
	case atMember:
		s.state = afterMember
		return len(text), nil, nil
	}
	s.state = afterValue
	s.number++
	s.flaw = nil
	switch {
	case s.long:
		s.flaw, text = tooLong(s.number), text[:0]
	case s.value.deepest > MaxDepth:
		s.flaw = &Bad{s.number, ReasonTooDeep, "the record is nested too deeply"}
	}
	return s.scanned, text, nil
}
