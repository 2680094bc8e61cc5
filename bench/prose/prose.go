// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package prose coins text and words for measurements from seeds: an invented tongue of syllables, whose
// frequent words are short. It must never serve as a claim about real text, and nothing of it is stored. Start
// reading at Text.
package prose

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

var syllables = strings.Fields("ka lo mi ren ta sou vel do nar pi esh un gra tol fi am sto ber ly qua zen ho wi er " +
	"an ing ol de pre su ma tri ve con ba la ne co ri")

// shortest and longest are the lengths of patterns.
const shortest, longest = 6, 20

func coin(random *rand.Rand, from, to int) string {
	length := from + random.IntN(to-from+1)
	var word strings.Builder
	for word.Len() < length {
		word.WriteString(syllables[random.IntN(len(syllables))])
	}
	return word.String()[:length]
}

// vocabulary holds the words of the tongue, the most frequent first.
var vocabulary = sync.OnceValue(func() []string {
	random := rand.New(rand.NewPCG(5, 16))
	words := make([]string, 20_000)
	for n := range words {
		words[n] = coin(random, 2+min(n/40, 4), 5+min(n/100, 8))
	}
	return words
})

// Text is that many bytes of small letters and spaces.
func Text(size int) []byte {
	random := rand.New(rand.NewPCG(7, 16))
	words := vocabulary()
	often := rand.NewZipf(random, 1.1, 8, uint64(len(words)-1))
	text := make([]byte, 0, size+longest)
	for len(text) < size {
		text = append(append(text, words[often.Uint64()]...), ' ')
	}
	return text[:size]
}

// Strangers are patterns of 6 to 20 letters: one of a hundred is a word of the tongue, the others are letters at
// random.
func Strangers(count int) []string {
	return patterns(count, func(random *rand.Rand) string {
		word := make([]byte, shortest+random.IntN(longest-shortest+1))
		for i := range word {
			word[i] = byte('a' + random.IntN(26))
		}
		return string(word)
	})
}

// Kin are patterns like Strangers, but the others are of the tongue's syllables: they begin as its words do.
func Kin(count int) []string {
	return patterns(count, func(random *rand.Rand) string { return coin(random, shortest, longest) })
}

func patterns(count int, other func(*rand.Rand) string) (list []string) {
	random := rand.New(rand.NewPCG(9, uint64(count)))
	long := slices.DeleteFunc(slices.Clone(vocabulary()), func(word string) bool { return len(word) < shortest })
	for listed := map[string]bool{}; len(list) < count; {
		word := long[random.IntN(len(long))]
		if len(list)%100 != 0 {
			word = other(random)
		}
		if !listed[word] {
			list, listed[word] = append(list, word), true
		}
	}
	return list
}
