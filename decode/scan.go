// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode/utf8"

	"tocsin/decode/fold"
	"tocsin/decode/language"
)

// scan goes through a text once. Plain words cost a walk down the trie that ends after two or three letters; where a walk
// meets something that could be read otherwise, the lattice takes over.
type scan struct {
	d       *Decoder
	text    string
	picture bool // it was read off one
	found   []*candidate
	room    room // for them
	lattice *lattice
	credit  int // how much work may be done
	spent   int // and how much was: it tells of speed the same on every machine
	bounded bool
	code    []Span // between backticks
	ticked  bool   // code is known
	guessed *language.Guess
	near    nearby // what entries require; nil until one does

	addresses []Span
	looked    bool // addresses are known
	literal   Span // of the last form that stands there as it is: no slip for another
	lastRun   Span // that words were set apart in
	explained *run // it
	tries     int  // readings that may still come to the end of a form
	before    beside
	after     beside
}

const (
	creditAtFirst = 1 << 15
	creditPerByte = 10

	creditOfPicture = 6 // each costs more: more may have been meant

	mostCredit    = 1 << 16
	leastPerStart = 6       // of work, however little credit is left
	mostPerStart  = 1 << 13 // and however much is
	window        = 320     // bytes that a reading may span
)

func (s *scan) run() {
	s.credit, s.tries = creditAtFirst, min(mostTries, triesAtFirst+len(s.text)/bytesPerTry)
	earned := creditPerByte
	if s.picture {
		earned = creditOfPicture
	}
	for i := 0; i < len(s.text); {
		if s.tries == 0 {
			s.bounded = true
			return
		}
		from := i
		c := s.text[i]
		switch {
		case c == ' ':
			i++
		case c < utf8.RuneSelf && asciiClass[c] == fold.Letter:
			i = s.word(i)
		case c < utf8.RuneSelf:
			if c == '#' {
				s.hashtag(i + 1)
			}
			s.symbol(i, rune(c), 1)
			i++
		default:
			i = s.character(i)
		}
		s.credit = min(mostCredit, s.credit+earned*(i-from))
	}
}

// spend takes work off what may be done.
func (s *scan) spend(work int) {
	s.credit, s.spent = max(0, s.credit-work), s.spent+work
}

// character begins at something that is not ASCII.
func (s *scan) character(i int) int {
	r, size := utf8.DecodeRuneInString(s.text[i:])
	if r == utf8.RuneError && size == 1 {
		return i + 1 // not UTF-8
	}
	switch s.d.tables.Class(r) {
	case fold.Letter:
		return s.word(i)
	case fold.Symbol:
		s.symbol(i, r, size)
	}
	return i + size
}

// symbol begins at what is no letter and may stand for one.
func (s *scan) symbol(i int, r rune, size int) {
	known := s.d.tables.Stands(r) || s.d.plain.step(0, s.d.plain.number(r)) != dead || s.d.tables.BeginsLong(s.text[i:]) ||
		s.picture && s.d.tables.BeginsMisread(s.text[i:]) ||
		r >= utf8.RuneSelf && len(s.d.tables.Pictographs(s.text[i:])) > 0
	if !known || !s.letterSoon(i) {
		return
	}
	if i+size < len(s.text) && s.text[i+size] == ' ' && s.d.tables.Stands(r) {
		return
	}
	s.from(i)
}

// letterSoon reports whether a letter stands in what begins with a symbol: a reading wants plain ones (gate G4).
func (s *scan) letterSoon(i int) bool {
	const soon = 24 // bytes
	for _, c := range []byte(s.text[i:min(len(s.text), i+soon)]) {
		if c >= utf8.RuneSelf || asciiClass[c] == fold.Letter {
			return true
		}
		if asciiClass[c] == fold.Space {
			return false
		}
	}
	return false
}

// letterBefore reports whether a letter or digit stands before a place (gate G8).
func (s *scan) letterBefore(i int) bool {
	if i > 0 && s.text[i-1] < utf8.RuneSelf {
		return asciiClass[s.text[i-1]] == fold.Letter
	}
	if s.before.from < i && i <= s.before.to {
		return s.before.letter
	}
	to, class := i, fold.Nothing
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s.text[:i])
		if class = s.d.tables.Class(r); class != fold.Nothing {
			break
		}
		i -= size
	}
	s.before = beside{i, to, class == fold.Letter}
	return class == fold.Letter
}

// beside is what stands beside a stretch that shows nothing: it may be long, and is asked about at each of its places.
type beside struct {
	from, to int
	letter   bool
}

// letterAfter reports whether a letter or digit stands at a place.
func (s *scan) letterAfter(i int) bool {
	if i < len(s.text) && s.text[i] < utf8.RuneSelf {
		return asciiClass[s.text[i]] == fold.Letter
	}
	if s.after.from <= i && i < s.after.to {
		return s.after.letter
	}
	from, class := i, fold.Nothing
	for i < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if class = s.d.tables.Class(r); class != fold.Nothing {
			break
		}
		i += size
	}
	s.after = beside{from, i, class == fold.Letter}
	return class == fold.Letter
}

var asciiClass = func() (table [utf8.RuneSelf]fold.Class) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			table[c] = fold.Letter
		case c == ' ' || c >= '\t' && c <= '\r':
			table[c] = fold.Space
		}
	}
	return table
}()

// runEnd is where letters end.
func (s *scan) runEnd(i int) int {
	for i < len(s.text) {
		if c := s.text[i]; c < utf8.RuneSelf {
			if asciiClass[c] != fold.Letter {
				return i
			}
			i++
			continue
		}
		if low := s.lowAt(i); low != nil {
			if low.Class != fold.Letter && low.Class != fold.Nothing {
				return i
			}
			i += 2
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if class := s.d.tables.Class(r); class != fold.Letter && class != fold.Nothing {
			return i
		}
		i += size
	}
	return i
}
