// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tocsin/decode"
	"tocsin/decode/disguise"
)

// mixedText is neutral text of one language with numbers and punctuation; of a thousand words five are of the lexicon,
// half of these disguised.
func mixedText(t testing.TB, language string, size int) string {
	words, luck := wordsOf(t, language), rand.New(rand.NewPCG(3, 4))
	filler := strings.Fields(strings.ReplaceAll(strings.Join(frames[language], " "), "%s", ""))
	var b strings.Builder
	for b.Len() < size {
		switch n := luck.IntN(1000); {
		case n < 2:
			b.WriteString(words[luck.IntN(len(words))])
		case n < 5:
			b.WriteString(disguise.Classes[luck.IntN(len(disguise.Classes))].Write(words[luck.IntN(len(words))], luck))
		case n < 40:
			fmt.Fprintf(&b, "%d", luck.IntN(1000))
		case n < 140:
			b.WriteString(filler[luck.IntN(len(filler))] + []string{",", ".", "!", "?", "'s", "-like"}[luck.IntN(6)])
		default:
			b.WriteString(filler[luck.IntN(len(filler))])
		}
		b.WriteByte(" \n"[luck.IntN(20)/19])
	}
	return b.String()
}

// plainText is neutral text without a word of the lexicon.
func plainText(language string, size int) string {
	filler := strings.ReplaceAll(strings.Join(frames[language], ". "), "%s", "")
	return strings.Repeat(filler+"\n", size/len(filler))
}

func BenchmarkRead(b *testing.B) {
	for _, language := range languages {
		d := decoderOf(b, language, wordsOf(b, language))
		for name, text := range map[string]string{"mixed": mixedText(b, language, 1<<20), "plain": plainText(language, 1<<20)} {
			b.Run(name+"/"+language, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					d.Read(text, decode.About{})
				}
			})
		}
	}
}

// hostile are texts made to cost much.
var hostile = disguise.HostileTexts("kettle", 1<<20)

func BenchmarkReadHostile(b *testing.B) {
	d := decoderOf(b, "en", wordsOf(b, "en"))
	for _, h := range hostile {
		for mode, about := range map[string]decode.About{"": {}, "/off a picture": offPicture} {
			b.Run(h.Name+mode, func(b *testing.B) {
				b.SetBytes(int64(len(h.Text)))
				for b.Loop() {
					d.Read(h.Text, about)
				}
			})
		}
	}
}
