// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package disguise

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// Misread is how a program writes words that it reads off pictures. Nobody disguises anything so: the class is for readers
// that were told where the text came from, and stands apart from [Classes].
var Misread = Class{"misread off a picture", fold.T2, everyScript, misread}

// misreadAs are the letters that such programs take for others, with what they write.
var misreadAs = map[string]string{
	"o": "0", "l": "1 I i |", "i": "l 1 j", "m": "rn nn", "rn": "m", "d": "cl", "cl": "d", "s": "5", "b": "8 6 h", "z": "2", "g": "9 q",
	"e": "c", "c": "e", "h": "b li", "n": "ri", "w": "vv", "u": "v ii", "v": "u", "t": "f", "f": "t", "q": "9 g", "y": "v",
	"о": "0 с", "з": "3", "б": "6", "в": "8", "н": "и п", "и": "н", "п": "н л", "л": "п", "ш": "щ", "щ": "ш", "ц": "ч", "е": "с",
	"с": "е", "ы": "ьі", "ю": "го", "ь": "ъ", "ا": "1 |", "ه": "٥ o",
}

// misread writes one letter of five as another, one at least and a third of all at most.
func misread(word string, luck *rand.Rand) string {
	most := (utf8.RuneCountInString(word) + 2) / 3
	for {
		var b strings.Builder
		count, could := 0, false
		for rest := word; rest != ""; {
			seen := pair(rest)
			if misreadAs[seen] == "" {
				_, size := utf8.DecodeRuneInString(rest)
				seen = rest[:size]
			}
			rest = rest[len(seen):]
			ways := strings.Fields(misreadAs[seen])
			could = could || len(ways) > 0
			if len(ways) == 0 || count == most || luck.Float64() >= .2 {
				b.WriteString(seen)
				continue
			}
			b.WriteString(ways[luck.IntN(len(ways))])
			count++
		}
		if count > 0 || !could {
			return b.String()
		}
	}
}

// pair is the first two letters of a text.
func pair(text string) string {
	_, one := utf8.DecodeRuneInString(text)
	_, two := utf8.DecodeRuneInString(text[one:])
	return text[:one+two]
}
