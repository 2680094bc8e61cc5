// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package disguise

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"tocsin/decode/fold"
)

// Inverted writes a word with its syllables the other way round, as some argots do (A. Huertas-Garcia et al., arXiv
// 2212.14727, have it as a class of theirs). It stands apart from [Classes]: what of it can be read is no more than is read
// of a letter left out.
var Inverted = Class{"syllables inverted", fold.T4, "Latn Cyrl", func(word string, _ *rand.Rand) string {
	parts := syllables(word)
	slices.Reverse(parts)
	return strings.Join(parts, "")
}}

const vowels = "aeiouyаеёиоуыэюя"

// syllables cuts a word before each consonant that a vowel follows, and one precedes somewhere; a rule that makes no claim
// to be any language's.
func syllables(word string) (parts []string) {
	letters, from := []rune(word), 0
	isVowel := func(n int) bool { return strings.ContainsRune(vowels, []rune(fold.Letters(string(letters[n])))[0]) }
	seen := false
	for n := range letters {
		if unicode.IsLetter(letters[n]) && !isVowel(n) && n+1 < len(letters) && isVowel(n+1) && seen {
			parts, from, seen = append(parts, string(letters[from:n])), n, false
		}
		seen = seen || isVowel(n)
	}
	return append(parts, string(letters[from:]))
}
