// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// steadyLimit covers the alphabets up to Georgian and the usual punctuation.
const steadyLimit = 0x2070

// steady tells which runes NFKC leaves as they are and joins to nothing before them. To look them up here is
// several times faster than to ask package norm for each stretch.
var steady = sync.OnceValue(func() *[steadyLimit]bool {
	table := new([steadyLimit]bool)
	for r := range rune(steadyLimit) {
		text := string(r)
		table[r] = norm.NFKC.IsNormalString(text) && norm.NFKC.PropertiesString(text).BoundaryBefore()
	}
	return table
})

// steadyEnd is where the steady runes end that begin at i. The last before one that is not is left to it.
func steadyEnd(text string, i int) int {
	table := steady()
	last := i
	for i < len(text) {
		r, width := utf8.DecodeRuneInString(text[i:])
		if r >= steadyLimit || !table[r] {
			return last
		}
		last, i = i, i+width
	}
	return i
}

// unsteadyEnd is where the first steady rune behind the one at i begins.
func unsteadyEnd(text string, i int) int {
	table := steady()
	_, width := utf8.DecodeRuneInString(text[i:])
	for i += width; i < len(text); i += width {
		var r rune
		if r, width = utf8.DecodeRuneInString(text[i:]); r < steadyLimit && table[r] {
			break
		}
	}
	return i
}

// lower is the lower case of a rune. The sigma that ends a word is the same letter. Most runes of a text are
// answered without a search in the tables of Unicode.
func lower(r rune) rune {
	switch {
	case r < rune(len(lowerCase)):
		return lowerCase[r]
	case r < 0x10a0, r >= 0x2e80 && r < 0xa640: // Arabic to Burmese, Chinese and Japanese: no case
		return r
	}
	return unicode.ToLower(r)
}

// lowerCase holds the scripts of Europe.
var lowerCase = func() (table [0x600]rune) {
	for r := range rune(len(table)) {
		table[r] = unicode.ToLower(r)
	}
	table['ς'] = 'σ'
	return table
}()

// space says the same as unicode.IsSpace.
func space(r rune) bool {
	switch {
	case r < 0x1680:
		return r == ' ' || r >= '\t' && r <= '\r' || r == 0x85 || r == 0xa0
	case r < 0x3000:
		return r == 0x1680 || r >= 0x2000 && r <= 0x200a ||
			r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f
	}
	return r == 0x3000
}

// invisible says whether a rune is a control character or one that Unicode gives no picture of its own
// (Default_Ignorable_Code_Point), such as a zero-width joiner, a soft hyphen or a variation selector.
func invisible(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad:
		return true
	case r < 0x34f:
		return false
	case r == 0x34f, r == 0x61c, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5,
		r >= 0x180b && r <= 0x180f:
		return true
	case r < 0x200b:
		return false
	case r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x3164:
		return true
	case r < 0xfe00:
		return false
	}
	return r <= 0xfe0f || r == 0xfeff || r == 0xffa0 || r >= 0xfff0 && r <= 0xfff8 ||
		r >= 0x1bca0 && r <= 0x1bca3 || r >= 0x1d173 && r <= 0x1d17a || r >= 0xe0000 && r <= 0xe0fff
}
