// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package language

import "math/bits"

// A gram is one to four letters of a word, or of its beginning or end, which count as a letter: packed into 16
// bits each. All letters of the scripts with a model fit.
type gram uint64

const (
	edge      = '_' // of a word
	mostGram  = 4
	gramShift = 16
)

// model holds, for the languages of one script, how much more often than on average a gram is seen in each.
type model struct {
	languages []string
	grams     []gram  // a hash table whose size is a power of two, at most half full; 0 is vacant
	rows      []int32 // of each gram, the place of its weights
	weights   []int8  // in eighths of a bit, a row a gram, a column a language
	typical   []int   // of each language: the mean weight of a gram in its own text, in 1/64 of that
}

// golden spreads a gram over the upper bits: Fibonacci hashing, Knuth 6.4.
const golden = 0x9e3779b97f4a7c15

// room makes a table for that many grams.
func (m *model) room(count int) {
	size := 1 << bits.Len(uint(2*count))
	m.grams, m.rows = make([]gram, size), make([]int32, size)
}

// slot gives the place of a gram in the table, or the vacant one where it would be.
func (m *model) slot(g gram) int {
	at := int(uint64(g) * golden >> (65 - bits.Len(uint(len(m.grams)))))
	for m.grams[at] != g && m.grams[at] != 0 {
		at = (at + 1) & (len(m.grams) - 1)
	}
	return at
}

// put gives a gram the next row.
func (m *model) put(g gram) {
	at := m.slot(g)
	m.grams[at], m.rows[at] = g, int32(len(m.weights))
}

// of gives the weights of a gram; nil when it is not known.
func (m *model) of(g gram) []int8 {
	at := m.slot(g)
	if m.grams[at] != g {
		return nil
	}
	return m.weights[m.rows[at]:][:len(m.languages)]
}

// grams gives each gram of words, which have edges before, between and behind; an edge alone is none.
func grams(words []rune, give func(gram)) {
	for from := range words {
		var g gram
		for n, letter := range words[from:min(from+mostGram, len(words))] {
			if letter > 1<<gramShift-1 {
				break
			}
			if g = g<<gramShift | gram(letter); g != edge {
				give(g)
			}
			if n > 0 && letter == edge {
				break
			}
		}
	}
}

// score adds up the weights of all grams of words, and counts the grams, known or not.
func (m *model) score(words []rune) (scores []int, count int) {
	scores = make([]int, len(m.languages))
	grams(words, func(g gram) {
		count++
		for i, w := range m.of(g) {
			scores[i] += int(w)
		}
	})
	return scores, count
}

// guess gives the language with the most weight, and the confidence in it; Unknown when the next one is close,
// or when the text is hardly like the best one either: then it may be in a language that is not known here.
func (m *model) guess(words []rune) (string, int) {
	scores, count := m.score(words)
	best, second := 0, -1
	for i := 1; i < len(scores); i++ {
		switch {
		case scores[i] > scores[best]:
			best, second = i, best
		case second < 0 || scores[i] > scores[second]:
			second = i
		}
	}
	if count == 0 || int64(scores[best])*64*100 < int64(m.typical[best])*int64(count)*leastTypical {
		return Unknown, 0
	}
	confidence := odds(scores[best] - scores[second])
	if confidence < leastConfidence {
		return Unknown, 0
	}
	return m.languages[best], confidence
}

const (
	// leastTypical is how like its language a text must be, in hundredths of what its own texts are.
	leastTypical = 16
	// leastConfidence is where guessing begins, per mille.
	leastConfidence = 600
	// marginUnit is the lead, in eighths of a bit, that doubles the odds. Grams overlap, so a bit of them is
	// worth less than one.
	marginUnit = 64
)

// odds turns a lead into a confidence per mille: 1 - 1/(1+2^(lead/marginUnit)).
func odds(lead int) int {
	whole, part := lead/marginUnit, lead%marginUnit
	if whole >= 10 {
		return 999
	}
	// Between powers of two a straight line does.
	power := (1 << whole) * (marginUnit + part)
	return 1000 * power / (power + marginUnit)
}
