// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nearby is where the words that entries require stand in a text: looked for once, and not around each reading.
type nearby map[string][]Span

// wanted are the words that entries require, by the first of each.
type wanted map[string][][]string

func wantedOf(entries []reads) wanted {
	all := wanted{}
	for _, r := range entries {
		for _, c := range r.contexts {
			for _, phrase := range c.Words {
				if words := strings.Fields(phrase); len(words) > 0 && !slices.ContainsFunc(all[words[0]],
					func(other []string) bool { return slices.Equal(other, words) }) {
					all[words[0]] = append(all[words[0]], words)
				}
			}
		}
	}
	return all
}

// placed is a folded word of a text.
type placed struct {
	word string
	Span
}

// placesOf finds wanted words, with the longest of them in mind.
func (s *scan) placesOf(want wanted) nearby {
	found, most := nearby{}, 1
	for _, phrases := range want {
		for _, words := range phrases {
			most = max(most, len(words))
		}
	}
	var last []placed
	for at := 0; at < len(s.text) || len(last) > 0; {
		for at < len(s.text) && len(last) < most {
			var word placed
			if word, at = s.placedFrom(at); word.word != "" {
				last = append(last, word)
			}
		}
		if len(last) == 0 {
			break
		}
		for _, words := range want[last[0].word] {
			if begins(last, words) {
				phrase := strings.Join(words, " ")
				found[phrase] = append(found[phrase], Span{last[0].Start, last[len(words)-1].End})
			}
		}
		last = append(last[:0], last[1:]...)
	}
	return found
}

func begins(placed []placed, words []string) bool {
	if len(placed) < len(words) {
		return false
	}
	for n, word := range words {
		if placed[n].word != word {
			return false
		}
	}
	return true
}

// placedFrom is the word that begins at a place or after it, as [spaced] has it, and where to look on.
func (s *scan) placedFrom(at int) (word placed, next int) {
	var out []byte
	for i := at; i < len(s.text); {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		for _, letter := range s.d.tables.Edges(r)[0].To {
			switch {
			case unicode.IsLetter(letter), unicode.IsNumber(letter), unicode.IsMark(letter):
				out = utf8.AppendRune(out, letter)
			case letter == '\'' || letter == '’':
				out = append(out, '\'')
			case len(out) > 0:
				return word.ended(out), i + size
			}
			if len(out) > 0 {
				if word.End == 0 {
					word.Start = i
				}
				word.End = i + size
			}
		}
		i += size
	}
	return word.ended(out), len(s.text)
}

func (p placed) ended(letters []byte) placed {
	p.word = string(bytes.Trim(letters, "'"))
	return p
}

// plainWords are the words of a folded phrase, as they are looked for.
func plainWords(phrase string) string {
	words := strings.Fields(spaced(phrase))
	for i := range words {
		words[i] = strings.Trim(words[i], "'")
	}
	return strings.Join(words, " ")
}

// has reports whether a phrase stands near a reading, before or after it.
func (n nearby) has(phrase string, c *candidate) bool {
	spans := n[phrase]
	at, _ := slices.BinarySearchFunc(spans, c.start-requiredReach, func(s Span, least int) int { return s.Start - least })
	for ; at < len(spans) && spans[at].End <= c.end+requiredReach; at++ {
		if spans[at].End <= c.start || spans[at].Start >= c.end {
			return true
		}
	}
	return false
}
