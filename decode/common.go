// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"strings"
	"unicode/utf8"

	"tocsin/decode/fold"
	"tocsin/decode/vocabulary"
)

// isCommon reports whether a reading makes another word of a common one (gate G10): by another letter, one more or less, or
// a mark of punctuation beside it. Of the words that differ in so little, both are written often and neither is a disguise.
func (s *scan) isCommon(c *candidate) bool {
	for i := c.start; i < c.end; {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if s.d.tables.Class(r) != fold.Letter {
			i += size
			continue
		}
		end := min(c.end, s.runEnd(i))
		for n := range c.steps {
			if s.alters(&c.steps[n], c, i, end) {
				return true
			}
		}
		i = end
	}
	return false
}

// alters reports whether a step makes another word of the letters between two places, which are a common one.
func (s *scan) alters(step *Step, c *candidate, from, to int) bool {
	beside := step.At == to && step.End == c.end || step.End == from && step.At == c.start
	switch step.Op {
	case fold.OpOCR, fold.OpRepeat:
		if step.At >= from && step.At < to {
			return s.stem(from, min(step.End, to), to)
		}
		return beside && s.stem(from, to, to)
	case fold.OpEdit, fold.OpInversion: // endings do not tell: too many words would be lost
		return step.At >= from && step.At <= to && s.stem(from, to, to)
	case fold.OpLeet:
		return beside && strings.Contains(besideWords, step.From) && s.stem(from, to, to)
	}
	return false
}

// besideWords are marks that stand beside a word and are no part of it: they end a sentence, speak to somebody, set tables.
const besideWords = "!@|"

// What may follow the stem of a common word as its ending, and how long the stem is at least.
const (
	mostEnding = 3
	leastStem  = 5
)

// stem reports whether letters are a common word, or one with an ending behind it which begins after a place.
func (s *scan) stem(from, least, to int) bool {
	folded, all := s.d.tables.Letters(s.text[from:least]), s.d.tables.Letters(s.text[from:to])
	for n := range vocabulary.Prefixes(all) {
		if n == len(all) || n >= len(folded) && utf8.RuneCountInString(all[:n]) >= leastStem &&
			utf8.RuneCountInString(all[n:]) <= mostEnding {
			return true
		}
	}
	return false
}
