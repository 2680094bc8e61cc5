// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package disguise

import "strings"

// Hostile is a text made to cost whoever reads it for a word as much as may be.
type Hostile struct{ Name, Text string }

// HostileTexts are of about a size in bytes each. They hold the word, in most of them nearly or in disguise.
func HostileTexts(word string, size int) []Hostile {
	first, rest := word[:1], word[1:]
	fill := func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
	apart := strings.Join(strings.Split(word[:len(word)-1], ""), "-") + "-"
	return []Hostile{
		{"stacked marks", first + fill("\u0301") + rest},
		{"ambiguous runs", fill("1l|!")},
		{"nested brackets", strings.Repeat("([{<", size/8) + strings.Repeat(">}])", size/8)},
		{"bidi controls", fill("\u202e" + first + "\u202c" + word[1:2] + "\u2067" + word[2:3])},
		{"not UTF-8", fill(first + "\xff\xc0" + word[1:2] + "\x80")},
		{"one letter", fill(first)},
		{"letters apart", fill(first + " ")},
		{"long separated runs", fill(apart)},
		{"slashes", fill(`\/|\`)},
		{"masks", fill(first + "**")},
		{"near misses", fill(word[:len(word)-2] + "qi ")},
		{"all of them", fill(word + " ")},
		{"all disguised", fill(strings.NewReplacer("e", "3", "o", "0", "i", "1", "a", "4").Replace(word) + " ")},
		{"one word", fill(strings.NewReplacer("e", "е", "o", "о", "a", "а").Replace(word))},
		{"tags", fill("#" + strings.Repeat(word, 6) + "s ")},
	}
}
