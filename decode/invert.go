// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"slices"
	"strings"

	"tocsin/decode/fold"
)

// vowels of the folded letters of languages whose argots invert syllables.
const vowels = "aeiouyаеёиоуыэюя"

// mostSyllables is the most that a word is read inverted with.
const mostSyllables = 4

// inverted is a form with its syllables the other way round, which some argots write: a syllable begins at a consonant
// before a vowel. It is one more form beside those with an edit, and like them T4.
func inverted(n int32, letters []rune) (all []word) {
	var parts [][]rune
	from, voiced := 0, false
	for i, r := range letters {
		if r == ' ' {
			return nil // of several words, nobody knows which change places
		}
		vowel := strings.ContainsRune(vowels, r)
		if voiced && !vowel && i+1 < len(letters) && strings.ContainsRune(vowels, letters[i+1]) {
			parts, from, voiced = append(parts, letters[from:i]), i, false
		}
		voiced = voiced || vowel
	}
	parts = append(parts, letters[from:])
	if len(parts) < 2 || len(parts) > mostSyllables {
		return nil
	}
	slices.Reverse(parts)
	text := slices.Concat(parts...)
	if slices.Equal(text, letters) {
		return nil
	}
	return []word{{text, terminal{entry: n, tier: fold.T4, letter: int16(countLetters(letters)),
		edit: &fold.Step{Op: fold.OpInversion, To: string(letters)}}}}
}
