// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold

import "unicode/utf8"

// Plain is how one character is read in the plainest way, in short: what a walk through a text asks at each of them.
type Plain struct {
	To     rune // its letter, where it is read as one; 0 elsewhere
	Class  Class
	Odd    bool // there are other ways
	Nature Nature
}

// Nature is what kind of letter a character reads as, as far as mixing scripts goes.
type Nature uint8

// The natures.
const (
	Neither Nature = iota // it is read as nothing
	ASCII
	Other
)

// TwoBytes is the first character that UTF-8 writes with three bytes.
const TwoBytes = 0x800

// Low are the characters below [TwoBytes]. Nobody may change them.
func (t *Tables) Low() *[TwoBytes]Plain {
	t.lowOnce.Do(func() {
		for r := range rune(TwoBytes) {
			t.low[r] = t.plain(r)
		}
	})
	return &t.low
}

func (t *Tables) plain(r rune) Plain {
	edges := t.Edges(r)
	p := Plain{Class: t.Class(r), Odd: len(edges) > 1}
	to, size := utf8.DecodeRuneInString(edges[0].To)
	if size > 0 && size == len(edges[0].To) {
		p.To = to
	}
	switch {
	case size == 0:
	case size == 1:
		p.Nature = ASCII
	default:
		p.Nature = Other
	}
	return p
}
