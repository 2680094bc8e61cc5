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

// Class is one way to disguise a word.
type Class struct {
	Name    string
	Tier    fold.Tier // of what it takes to read it
	Scripts string    // of words it is for: "Latn", "Latn Cyrl", …
	Write   func(word string, luck *rand.Rand) string
}

// For reports whether a class is for words of a script.
func (c Class) For(script string) bool { return slices.Contains(strings.Fields(c.Scripts), script) }

const everyScript = "Latn Cyrl Arab"

// Classes are all of them.
var Classes = []Class{
	{"as it stands", fold.T0, everyScript, func(w string, _ *rand.Rand) string { return w }},
	{"case", fold.T1, "Latn Cyrl", each(.5, func(r rune, _ *rand.Rand) string { return string(unicode.ToUpper(r)) })},
	{"fullwidth", fold.T1, "Latn", each(1, shifted('a', 0xFF41))},
	{"mathematical", fold.T1, "Latn", each(1, shifted('a', 0x1D5EE))},
	{"circled", fold.T1, "Latn", each(1, shifted('a', 0x24D0))},
	{"negative squared", fold.T1, "Latn", each(1, shifted('a', 0x1F170))},
	{"regional indicators", fold.T1, "Latn", each(1, shifted('a', 0x1F1E6))},
	{"small capitals", fold.T1, "Latn", each(.6, drawn(smallCapitals))},
	{"homoglyphs", fold.T1, "Latn", each(.5, drawn(homoglyphs))},
	{"homoglyphs of another script", fold.T1, "Cyrl", each(.5, drawn(latinForCyrillic))},
	{"zero width", fold.T1, everyScript, between(.5, "\u200b", "\u200c", "\u2060", "\u00ad", "\ufe0f")},
	{"combining marks", fold.T1, "Latn Cyrl", after(.5, "\u0301", "\u0323", "\u0336", "\u0489")},
	{"vowel marks", fold.T1, "Arab", after(.5, "\u064e", "\u064f", "\u0650", "\u0651")},
	{"tatweel", fold.T1, "Arab", between(.5, "ـ", "ــ")},
	{"presentation forms", fold.T1, "Arab", each(.8, drawn(presentation))},
	{"homoglyphs, zero width, case", fold.T1, "Latn", inTurn(each(.4, drawn(homoglyphs)), between(.3, "\u200b"),
		each(.3, func(r rune, _ *rand.Rand) string { return string(unicode.ToUpper(r)) }))},
	{"leet, one character", fold.T2, "Latn", each(.6, drawn(leet))},
	{"letters spaced", fold.T2, everyScript, setApart(" ")},
	{"letters punctuated", fold.T2, everyScript, setApart(".", "-", "_", "*", "/", "·", "|")},
	{"letter repeated", fold.T2, everyScript, repeated},
	{"leet and punctuation", fold.T2, "Latn", inTurn(each(.5, drawn(leet)), setApart(".", "-"))},
	{"leet, several characters", fold.T3, "Latn", each(.25, drawn(leetLong))},
	{"letter masked", fold.T3, "Latn Cyrl", masked},
	{"letter left out", fold.T4, everyScript, leftOut},
	{"letters swapped", fold.T4, everyScript, swapped},
}

// each writes letters in another way with a probability, the first that has one always.
func each(p float64, write func(rune, *rand.Rand) string) func(string, *rand.Rand) string {
	return func(word string, luck *rand.Rand) string {
		var b strings.Builder
		did := false
		for _, r := range word {
			other := write(r, luck)
			if other != "" && other != string(r) && (!did || luck.Float64() < p) {
				b.WriteString(other)
				did = true
				continue
			}
			b.WriteRune(r)
		}
		return b.String()
	}
}

func shifted(from, to rune) func(rune, *rand.Rand) string {
	return func(r rune, _ *rand.Rand) string {
		if r < from || r > from+25 {
			return ""
		}
		return string(to + r - from)
	}
}

func drawn(table map[rune]string) func(rune, *rand.Rand) string {
	return func(r rune, luck *rand.Rand) string {
		ways := strings.Fields(table[r])
		if len(ways) == 0 {
			return ""
		}
		return ways[luck.IntN(len(ways))]
	}
}

// between puts something between letters.
func between(p float64, what ...string) func(string, *rand.Rand) string {
	return func(word string, luck *rand.Rand) string {
		var b strings.Builder
		for i, r := range word {
			if i > 0 && (b.Len() == i || luck.Float64() < p) {
				b.WriteString(what[luck.IntN(len(what))])
			}
			b.WriteRune(r)
		}
		return b.String()
	}
}

// after puts something after letters.
func after(p float64, what ...string) func(string, *rand.Rand) string {
	return func(word string, luck *rand.Rand) string {
		var b strings.Builder
		for i, r := range word {
			b.WriteRune(r)
			if i == 0 || luck.Float64() < p {
				b.WriteString(what[luck.IntN(len(what))])
			}
		}
		return b.String()
	}
}

func setApart(separators ...string) func(string, *rand.Rand) string {
	return func(word string, luck *rand.Rand) string {
		return strings.Join(strings.Split(word, ""), separators[luck.IntN(len(separators))])
	}
}

func inTurn(ways ...func(string, *rand.Rand) string) func(string, *rand.Rand) string {
	return func(word string, luck *rand.Rand) string {
		for _, way := range ways {
			word = way(word, luck)
		}
		return word
	}
}

func repeated(word string, luck *rand.Rand) string {
	letters := []rune(word)
	at := luck.IntN(len(letters))
	return string(letters[:at]) + strings.Repeat(string(letters[at]), 2+luck.IntN(2)) + string(letters[at+1:])
}

func masked(word string, luck *rand.Rand) string {
	letters := []rune(word)
	letters[1+luck.IntN(len(letters)-2)] = '*'
	return string(letters)
}

func leftOut(word string, luck *rand.Rand) string {
	letters := []rune(word)
	at := 1 + luck.IntN(len(letters)-1)
	return string(append(letters[:at:at], letters[at+1:]...))
}

func swapped(word string, luck *rand.Rand) string {
	letters := []rune(word)
	at := 1 + luck.IntN(len(letters)-2)
	letters[at], letters[at+1] = letters[at+1], letters[at]
	return string(letters)
}
