// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package language guesses the language and the script of a text: the script by counting letters, the language
// from the script where one suffices, else by comparing groups of up to four letters with how often they are
// seen in each language. It knows 29 languages and abstains when it is not sure; how often it is right and how
// often it abstains stands in testdata/quality.txt, and where its model comes from in corpus/README.md.
//
// A guess is something to show beside a reading; it must never decide what is looked at, for people switch between
// languages and write one in the letters of another. It is weak on Danish and Norwegian, on Afrikaans and Dutch,
// and on text of a few words; of languages that it does not know it takes about one text of five for a neighbour,
// Urdu for Persian and Macedonian for Serbian most of the time.
//
// All arithmetic is of whole numbers, so a text has the same guess everywhere. Start reading at Detect.
package language

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxBytes is how much of a text is read; a guess is about its beginning.
const MaxBytes = 16 << 10

// Unknown is the language of a text that none could be guessed for, BCP 47's tag for undetermined.
const Unknown = "und"

// NoScript is the script of a text without letters, ISO 15924's code for characters that all scripts share.
const NoScript = "Zyyy"

// Guess is what a text looks like.
type Guess struct {
	Language   string // BCP 47; Unknown when abstaining
	Script     string // ISO 15924, the one that most letters are of; NoScript without letters
	Confidence int    // in the language, per mille; 0 when abstaining
}

// Languages are those that Detect can give, sorted.
func Languages() []string {
	var known []string
	for i := range scripts {
		if only := scripts[i].language; only != "" {
			known = append(known, only)
		}
	}
	known = append(known, "ja", "zh")
	for _, g := range models() {
		known = append(known, g.languages...)
	}
	slices.Sort(known)
	return known
}

// Detect guesses the language and script of a text, which need not be valid UTF-8.
func Detect(text string) Guess {
	r := read(beginning(norm.NFKC.String(beginning(text)))) // one letter may become many
	main, share := r.main()
	if main == nil {
		return Guess{Language: Unknown, Script: NoScript}
	}
	guess := Guess{Language: Unknown, Script: main.code}
	if share < leastShare {
		return guess
	}
	switch {
	case main.language != "":
		guess.Language, guess.Confidence = main.language, certain*share/1000
	case main.code == han:
		guess = r.eastAsian(share)
	case main.ranked:
		guess.Language, guess.Confidence = models()[main.code].guess(r.words[place(main.code)])
		guess.Confidence = guess.Confidence * share / 1000
	}
	return guess
}

const (
	leastShare = 500 // per mille of the letters that one script must have for a guess
	certain    = 990 // per mille, where the script has one language that is common
	likely     = 900 // and where others are written so too
)

func beginning(text string) string {
	if len(text) <= MaxBytes {
		return text
	}
	text = text[:MaxBytes]
	for range utf8.UTFMax - 1 { // no part of a letter
		if last, size := utf8.DecodeLastRuneInString(text); last != utf8.RuneError || size != 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return text
}
