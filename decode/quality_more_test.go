// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tocsin/decode"
	"tocsin/decode/disguise"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// eachLanguage writes a row with a share found in each language.
func eachLanguage(b *strings.Builder, title string, count func(language string) (found, of int)) {
	fmt.Fprintf(b, "%-34s", title)
	for _, language := range languages {
		cell := "-"
		if found, of := count(language); of > 0 {
			cell = fmt.Sprintf("%d/%d %.1f%%", found, of, 100*float64(found)/float64(of))
		}
		fmt.Fprintf(b, "  %s %-14s", language, cell)
	}
	b.WriteByte('\n')
}

// misreadFound counts words found that a program read off a picture and mixed letters of up; the others are left out.
func misreadFound(t *testing.T, language string, about decode.About) (found, of int) {
	words, luck := wordsOf(t, language), luckOf(8)
	d := decoderOf(t, language, words)
	for _, word := range words {
		for _, frame := range frames[language] {
			written := disguise.Misread.Write(word, luck)
			if written == word {
				continue
			}
			of++
			if slices.ContainsFunc(d.Read(fmt.Sprintf(frame, written), about).Decodes, func(r decode.Decode) bool {
				return r.Entry.Forms[0].Text == word && r.Tier <= fold.T2
			}) {
				found++
			}
		}
	}
	return found, of
}

// pairsOf are forms of two words.
func pairsOf(t testing.TB, language string) (pairs []string) {
	words := wordsOf(t, language)
	for n, word := range words {
		pairs = append(pairs, word+" "+words[(n+7)%len(words)])
	}
	return pairs
}

// spaceDeleted counts forms found in the sentences of a language that are written without any space.
func spaceDeleted(t *testing.T, language string, forms []string, before string) (found, of int) {
	d := decoderOf(t, language, forms)
	for _, form := range forms {
		for _, frame := range frames[language] {
			if frame == "%s" {
				continue
			}
			text := before + strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) {
					return r
				}
				return -1
			}, fmt.Sprintf(frame, form))
			of++
			if slices.ContainsFunc(d.Read(text, decode.About{}).Decodes, func(r decode.Decode) bool {
				if _, err := r.Replay(text); err != nil {
					t.Errorf("%q: %v", text, err)
				}
				return r.Entry.Forms[0].Text == form && r.Tier == fold.T3 && r.Context.Words != ""
			}) {
				found++
			} else {
				t.Logf("%q has no %q", text, form)
			}
		}
	}
	return found, of
}

// amidOthers counts forms of two words found between two words before and after them, of sentences that were written for
// something else, all of it without spaces.
func amidOthers(t *testing.T, language string) (found, of int) {
	luck, pairs := luckOf(14), pairsOf(t, language)
	d := decoderOf(t, language, pairs)
	for _, row := range rowsOf(t, "language/testdata/own.txt") {
		words := strings.FieldsFunc(row[len(row)-1], func(r rune) bool { return !unicode.IsLetter(r) })
		if row[0] != language || len(words) < 4 {
			continue
		}
		for range 4 {
			at, form := 2+luck.IntN(len(words)-3), pairs[luck.IntN(len(pairs))]
			text := strings.Join(words[at-2:at], "") + strings.ReplaceAll(form, " ", "") + strings.Join(words[at:at+2], "")
			of++
			if slices.ContainsFunc(d.Read(text, decode.About{}).Decodes, func(r decode.Decode) bool { return r.Entry.Forms[0].Text == form }) {
				found++
			} else {
				t.Logf("%q has no %q", text, form)
			}
		}
	}
	return found, of
}

func longWords(t testing.TB, language string, long bool) []string {
	return slices.DeleteFunc(wordsOf(t, language), func(word string) bool { return utf8.RuneCountInString(word) >= 8 != long })
}

// noiseWords are what is read for where nothing is to be found: words and forms of two words of all languages.
func noiseWords(t testing.TB) []string {
	all := allWords(t)
	for _, language := range languages {
		all = append(all, pairsOf(t, language)...)
	}
	return all
}

// moreQuality writes what is found of classes that stand apart, and what is found wrongly in each language.
func moreQuality(t *testing.T, b *strings.Builder) {
	b.WriteString("\nrecall on words that were misread off a picture, by what the caller says\n")
	eachLanguage(b, "T2  it came from a picture", func(language string) (int, int) { return misreadFound(t, language, offPicture) })
	eachLanguage(b, "T2  nothing", func(language string) (int, int) { return misreadFound(t, language, decode.About{}) })
	b.WriteString("\nrecall where all spaces of a sentence are left out\n")
	eachLanguage(b, "T3  forms of two words", func(language string) (int, int) { return spaceDeleted(t, language, pairsOf(t, language), "") })
	eachLanguage(b, "T3  eight letters, in a hashtag", func(language string) (int, int) {
		return spaceDeleted(t, language, longWords(t, language, true), "#")
	})
	eachLanguage(b, "T3  fewer, in a hashtag: by rule", func(language string) (int, int) {
		return spaceDeleted(t, language, longWords(t, language, false), "#")
	})
	eachLanguage(b, "T3  one word, no hashtag: by rule", func(language string) (int, int) {
		return spaceDeleted(t, language, wordsOf(t, language), "")
	})
	eachLanguage(b, "T3  forms of two, other sentences", func(language string) (int, int) { return amidOthers(t, language) })
	b.WriteString("\nrecall on inverted syllables\n")
	eachLanguage(b, "T4  syllables inverted", func(language string) (int, int) {
		if !disguise.Inverted.For(scriptOf(language)) {
			return 0, 0
		}
		words := wordsOf(t, language)
		return recallOf(t, decoderOf(t, language, words), disguise.Inverted, language, words)
	})
	b.WriteString("\nfalse decodes a megabyte, of words and pairs of words of six languages, where nothing is disguised; what differs from a form by\n" +
		"case alone is none; off a picture: the same text with the caller saying so\n")
	d := decoderOf(t, "all", noiseWords(t))
	for _, language := range languages {
		kinds := []struct{ name, text string }{{"manuals", proseOf(t, language)}, {"chat", chatOf(t, language, 1<<18)}}
		if _, err := os.Stat("testdata/prose/" + language + ".tale.txt"); err == nil {
			kinds = append(kinds, struct{ name, text string }{"tales", proseOf(t, language+".tale")})
		}
		for _, kind := range kinds {
			fmt.Fprintf(b, "%s %-31s%s\n", language, kind.name, perMegabyte(falseDecodes(t, d, kind.text, decode.About{}), len(kind.text)))
			fmt.Fprintf(b, "%s %-31s%s\n", language, kind.name+", off a picture", perMegabyte(falseDecodes(t, d, kind.text, offPicture), len(kind.text)))
		}
	}
	for kind, n := range noises {
		const size = 1 << 18
		fmt.Fprintf(b, "%-34s%s\n", n.name+", picture", perMegabyte(falseDecodes(t, d, noiseOf(kind, size), offPicture), size))
	}
	flagQuality(t, b)
	workQuality(t, b, d)
}

// flagQuality writes in how many words others are read, and how often the flags of the context are right in both directions.
func flagQuality(t *testing.T, b *strings.Builder) {
	b.WriteString("\nwords with a word of the lexicon inside: in how many it is read, in any tier\n")
	eachLanguage(b, "traps", func(language string) (int, int) { return trapped(t, language) })
	b.WriteString("\ncontext flags: sentences, plain and disguised, of which the flags are right\n")
	eachLanguage(b, "quote, report or deny", func(language string) (int, int) { return flagsRight(t, language, "flagged") })
	eachLanguage(b, "neither", func(language string) (int, int) { return flagsRight(t, language, "plain") })
}

// workQuality writes how much work reading takes: speed, as no clock of a machine measures it.
func workQuality(t *testing.T, b *strings.Builder, all *decode.Decoder) {
	b.WriteString("\nspeed: steps of work a byte, on the generator's own classes\n")
	row := func(title string, each func(language string) (work, size int)) {
		fmt.Fprintf(b, "%-34s", title)
		for _, language := range languages {
			cell := "-"
			if work, size := each(language); size > 0 {
				cell = fmt.Sprintf("%.2f", float64(work)/float64(size))
			}
			fmt.Fprintf(b, "  %s %-6s", language, cell)
		}
		b.WriteByte('\n')
	}
	for _, class := range disguise.Classes {
		row(fmt.Sprintf("%-3s %s", class.Tier, class.Name), func(language string) (work, size int) {
			if !class.For(scriptOf(language)) {
				return 0, 0
			}
			luck, words := luckOf(9), wordsOf(t, language)
			d := decoderOf(t, language, words)
			for _, word := range words {
				for _, frame := range frames[language] {
					text := fmt.Sprintf(frame, class.Write(word, luck))
					work, size = work+d.Work(text, decode.About{}), size+len(text)
				}
			}
			return work, size
		})
	}
	b.WriteString("\nspeed: steps of work a byte, where nothing is disguised, of words and pairs of words of six languages\n")
	row("manuals", func(language string) (int, int) {
		text := proseOf(t, language)
		return all.Work(text, decode.About{}), len(text)
	})
	row("chat", func(language string) (int, int) {
		text := chatOf(t, language, 1<<18)
		return all.Work(text, decode.About{}), len(text)
	})
	for kind, n := range noises {
		text := noiseOf(kind, 1<<18)
		fmt.Fprintf(b, "%-34s  %.2f\n", n.name, float64(all.Work(text, decode.About{}))/float64(len(text)))
	}
	b.WriteString("\nspeed: steps of work a byte, of texts made to cost much, as people write and off a picture\n")
	demo := decode.New(lexicon.Demonstration(), tables, day)
	for _, h := range disguise.HostileTexts("zorvian", 1<<18) {
		size := float64(len(h.Text))
		fmt.Fprintf(b, "%-34s  %.2f  %.2f\n", h.Name, float64(demo.Work(h.Text, decode.About{}))/size, float64(demo.Work(h.Text, offPicture))/size)
	}
}
