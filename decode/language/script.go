// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package language

import (
	"slices"
	"strings"
	"unicode"
)

// script is one that letters are counted of.
type script struct {
	code     string // ISO 15924
	language string // the one that it tells by itself, among those known here
	ranked   bool   // whether a model tells its languages
	weight   int    // what a letter counts: one of a script of syllables or words says more
	tables   []*unicode.RangeTable
}

const han, kana = "Hani", "Jpan"

// scripts stand in the order in which they are tried; of equally many letters the first wins.
var scripts = []script{
	{code: "Latn", weight: 1, ranked: true, tables: []*unicode.RangeTable{unicode.Latin}},
	{code: "Cyrl", weight: 1, ranked: true, tables: []*unicode.RangeTable{unicode.Cyrillic}},
	{code: "Arab", weight: 1, ranked: true, tables: []*unicode.RangeTable{unicode.Arabic}},
	{code: "Grek", weight: 1, language: "el", tables: []*unicode.RangeTable{unicode.Greek}},
	{code: "Hebr", weight: 1, language: "he", tables: []*unicode.RangeTable{unicode.Hebrew}},
	{code: "Hang", weight: 2, language: "ko", tables: []*unicode.RangeTable{unicode.Hangul}},
	{code: han, weight: 2, tables: []*unicode.RangeTable{unicode.Han}},
	{code: kana, weight: 2, tables: []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}},
	{code: "Deva", weight: 1, tables: []*unicode.RangeTable{unicode.Devanagari}},
	{code: "Beng", weight: 1, tables: []*unicode.RangeTable{unicode.Bengali}},
	{code: "Taml", weight: 1, tables: []*unicode.RangeTable{unicode.Tamil}},
	{code: "Telu", weight: 1, tables: []*unicode.RangeTable{unicode.Telugu}},
	{code: "Thai", weight: 1, tables: []*unicode.RangeTable{unicode.Thai}},
	{code: "Geor", weight: 1, tables: []*unicode.RangeTable{unicode.Georgian}},
	{code: "Armn", weight: 1, tables: []*unicode.RangeTable{unicode.Armenian}},
	{code: "Ethi", weight: 1, tables: []*unicode.RangeTable{unicode.Ethiopic}},
	{code: "Guru", weight: 1, tables: []*unicode.RangeTable{unicode.Gurmukhi}},
	{code: "Gujr", weight: 1, tables: []*unicode.RangeTable{unicode.Gujarati}},
	{code: "Knda", weight: 1, tables: []*unicode.RangeTable{unicode.Kannada}},
	{code: "Mlym", weight: 1, tables: []*unicode.RangeTable{unicode.Malayalam}},
	{code: "Sinh", weight: 1, tables: []*unicode.RangeTable{unicode.Sinhala}},
	{code: "Khmr", weight: 1, tables: []*unicode.RangeTable{unicode.Khmer}},
	{code: "Laoo", weight: 1, tables: []*unicode.RangeTable{unicode.Lao}},
	{code: "Mymr", weight: 1, tables: []*unicode.RangeTable{unicode.Myanmar}},
	{code: "Tibt", weight: 1, tables: []*unicode.RangeTable{unicode.Tibetan}},
	{code: "Syrc", weight: 1, tables: []*unicode.RangeTable{unicode.Syriac}},
	{code: "Thaa", weight: 1, tables: []*unicode.RangeTable{unicode.Thaana}},
	{code: "Tfng", weight: 1, tables: []*unicode.RangeTable{unicode.Tifinagh}},
	// What is none of these.
	{code: "Zzzz", weight: 1},
}

// scriptOf gives the place of a letter's script; the one of the letter before is tried first.
func scriptOf(letter rune, before int) int {
	if letter < 0x80 {
		return 0
	}
	if unicode.IsOneOf(scripts[before].tables, letter) {
		return before
	}
	for i := range scripts[:len(scripts)-1] {
		if unicode.IsOneOf(scripts[i].tables, letter) {
			return i
		}
	}
	return len(scripts) - 1
}

// reading is what is counted in a text.
type reading struct {
	letters []int    // by script
	words   [][]rune // in small letters with an edge before, between and behind, by script; of those with a model
}

// read counts the letters of words. Addresses count for nothing: they are in no language.
func read(text string) *reading {
	r := &reading{letters: make([]int, len(scripts)), words: make([][]rune, len(scripts))}
	for token := range strings.FieldsSeq(text) {
		if strings.Contains(token, "://") || strings.HasPrefix(token, "www.") || strings.ContainsRune(token, '@') {
			continue
		}
		r.token(token)
	}
	return r
}

// token splits what stands between spaces into words: runs of letters of one script, without marks.
func (r *reading) token(token string) {
	at, inside := 0, false
	end := func() {
		if inside && scripts[at].ranked {
			r.words[at] = append(r.words[at], edge)
		}
		inside = false
	}
	for _, letter := range token {
		switch {
		case unicode.IsLetter(letter) && letter != tatweel:
			next := scriptOf(letter, at)
			if next != at {
				end()
			}
			at, inside = next, true
			r.letters[at]++
			if scripts[at].ranked {
				if len(r.words[at]) == 0 {
					r.words[at] = append(make([]rune, 0, len(token)+64), edge)
				}
				r.words[at] = append(r.words[at], unicode.ToLower(letter))
			}
		case letter == tatweel || unicode.Is(unicode.M, letter) || unicode.Is(unicode.Cf, letter):
		default:
			end()
		}
	}
	end()
}

const tatweel = '\u0640'

// main gives the script that most letters are of, and its share of them per mille.
func (r *reading) main() (*script, int) {
	total, most := 0, -1
	weigh := func(i int) int {
		n := r.letters[i] * scripts[i].weight
		if scripts[i].code == han { // Japanese writes with both
			n += r.kana() * scripts[i].weight
		}
		return n
	}
	for i := range scripts {
		if scripts[i].code == kana {
			continue
		}
		n := weigh(i)
		total += n
		if n > 0 && (most < 0 || n > weigh(most)) {
			most = i
		}
	}
	if most < 0 {
		return nil, 0
	}
	return &scripts[most], weigh(most) * 1000 / total
}

func (r *reading) kana() int { return r.letters[place(kana)] }

func place(code string) int {
	return slices.IndexFunc(scripts, func(s script) bool { return s.code == code })
}

// eastAsian tells Japanese, which is hardly ever written without kana, from Chinese.
func (r *reading) eastAsian(share int) Guess {
	kanas, hans := r.kana(), r.letters[place(han)]
	switch {
	case 10*kanas >= kanas+hans:
		return Guess{"ja", kana, certain * share / 1000}
	case hans < fewestHan:
		return Guess{Unknown, han, 0}
	default:
		return Guess{"zh", han, likely * share / 1000}
	}
}

// fewestHan is how many characters without kana are Chinese: a name or a heading of fewer may be Japanese.
const fewestHan = 4
