// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"strings"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// aloneApart reports whether letters that are set apart end and begin where they seem to: no single letter follows or
// goes before with the same separator, unless it is a word of its own.
func (w *ways) aloneApart(separator rune, end int) bool {
	return !w.oneMore(separator, end, 1) && !w.oneMore(separator, w.start, -1)
}

// ownWords are letters that are words by themselves, in the languages that have such words.
const ownWords = "aàioóuyeéæåавеикосуяіоوø"

// oneMore reports whether beyond a place, in a direction, the separator and a single letter stand that go on the row.
func (s *scan) oneMore(separator rune, i, direction int) bool {
	letter, at, ok := s.neighbour(separator, i, direction)
	if !ok {
		return false
	}
	if separator != ' ' || !strings.ContainsRune(ownWords, letter) {
		return true
	}
	_, _, further := s.neighbour(separator, at, direction)
	return further
}

// neighbour is the single letter that a separator sets apart from a place.
func (s *scan) neighbour(separator rune, i, direction int) (letter rune, at int, ok bool) {
	r, size := s.next(i, direction)
	if r != separator {
		return 0, 0, false
	}
	i += direction * size
	r, size = s.next(i, direction)
	if size == 0 || s.d.tables.Class(r) != fold.Letter {
		return 0, 0, false
	}
	i += direction * size
	if direction > 0 && s.letterAfter(i) || direction < 0 && s.letterBefore(i) {
		return 0, 0, false
	}
	folded, _ := utf8.DecodeRuneInString(s.d.tables.Edges(r)[0].To)
	return folded, i, true
}

func (s *scan) next(i, direction int) (rune, int) {
	if direction > 0 {
		return utf8.DecodeRuneInString(s.text[i:])
	}
	return utf8.DecodeLastRuneInString(s.text[:i])
}
