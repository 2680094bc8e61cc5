// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package payment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Found is an identifier in a text: byte offsets, end exclusive.
type Found struct {
	Identifier Identifier
	Start, End int
}

// Scan finds the identifiers in a text whose checksum fits, in order and without overlap. A candidate begins
// and ends where a word does. The work grows with the length of the text only.
func Scan(text string) []Found {
	var found []Found
	for at := 0; at < len(text); {
		if !wordByte(text[at]) {
			at++
			continue
		}
		end := wordEnd(text, at)
		if f, ok := candidate(text, at, end); ok {
			found = append(found, f)
			end = f.End
		}
		at = end
	}
	return found
}

// candidate tries the word, and for an IBAN the groups that follow it.
func candidate(text string, start, end int) (Found, bool) {
	word := text[start:end]
	plausible := len(word) == ethereumLength && word[0] == '0' ||
		len(word) <= segwitLongest && hasSegwitPrefix(word) ||
		len(word) >= base58Bytes && len(word) <= base58Longest && strings.IndexByte("13T", word[0]) >= 0
	if !plausible {
		var ok bool
		if end, ok = ibanEnd(text, start); !ok {
			return Found{}, false
		}
	}
	if !aloneBefore(text, start) || !aloneAfter(text, end) {
		return Found{}, false
	}
	identifier, err := Parse(text[start:end])
	if err != nil || !identifier.checked {
		return Found{}, false
	}
	return Found{Identifier: identifier, Start: start, End: end}, true
}

// ibanEnd returns the end of a number of as many characters as its country's numbers have, in groups that are
// parted by one space or hyphen.
func ibanEnd(text string, start int) (int, bool) {
	if len(text)-start < 5 || !digit(text[start+2]) || !digit(text[start+3]) {
		return 0, false
	}
	length, known := ibanLengths[strings.ToUpper(text[start:start+2])]
	if !known {
		return 0, false
	}
	parted := false
	for at := start; at < len(text); {
		switch width := groupMark(text[at:]); {
		case wordByte(text[at]):
			parted = false
			at++
			if length--; length == 0 {
				return at, true
			}
		case width > 0 && !parted:
			parted = true
			at += width
		default:
			return 0, false
		}
	}
	return 0, false
}

// groupMark returns the width of a mark between groups at the beginning of a text.
func groupMark(text string) int {
	for _, mark := range []string{" ", "-", "\u00a0", "\u202f"} {
		if strings.HasPrefix(text, mark) {
			return len(mark)
		}
	}
	return 0
}

func wordByte(c byte) bool { return digit(c) || letter(c) || 'a' <= c && c <= 'z' }

func wordEnd(text string, at int) int {
	for at < len(text) && wordByte(text[at]) {
		at++
	}
	return at
}

func aloneBefore(text string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return at == 0 || !wordRune(r)
}

func aloneAfter(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return at == len(text) || !wordRune(r)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
