// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

// shapes tell of words all of a to z, by first and last letter, which lengths there are: most words of a text have the shape
// of no form, and one look says so.
type shapes [letters26 * letters26]uint64

const (
	letters26  = 'z' - 'a' + 1
	longestBit = 63 // of a length: it and all beyond
)

func (s *shapes) add(text []rune) {
	for _, r := range text {
		if r < 'a' || r > 'z' {
			return
		}
	}
	if n := len(text); n > 0 {
		s[int(text[0]-'a')*letters26+int(text[n-1]-'a')] |= 1 << min(n, longestBit)
	}
}

// has reports whether a word may have the shape of one that was added; of what is not all letters of ASCII nobody knows.
func (s *shapes) has(text string) bool {
	for i := range len(text) {
		if c := text[i] | 0x20; c < 'a' || c > 'z' {
			return true
		}
	}
	if text == "" {
		return false
	}
	first, last := (text[0]|0x20)-'a', (text[len(text)-1]|0x20)-'a'
	return s[int(first)*letters26+int(last)]&(1<<min(len(text), longestBit)) != 0
}
