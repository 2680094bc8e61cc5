// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/decode"
	"tocsin/decode/fold"
)

// outcome is what a behaviour asks for.
type outcome string

const (
	found    outcome = "found"
	notFound outcome = "not found"
	flagged  outcome = "flagged"
)

// behaviours are what a decoder must do with a word, each written by a rule, so that it can be asked in every language.
// The design is that of functional tests of classifiers, one capability a test, on neutral words.
var behaviours = []struct {
	name  string
	want  outcome
	tier  fold.Tier // at most
	write func(word string) string
}{
	{"stands alone", found, fold.T0, func(w string) string { return w }},
	{"begins a text", found, fold.T0, func(w string) string { return w + " 1 2 3" }},
	{"before a comma", found, fold.T0, func(w string) string { return w + "," }},
	{"before a full stop", found, fold.T0, func(w string) string { return w + "." }},
	{"before marks that are not ASCII", found, fold.T0, func(w string) string { return w + "…؟！" }},
	{"in round brackets", found, fold.T0, func(w string) string { return "(" + w + ")" }},
	{"in Markdown", found, fold.T0, func(w string) string { return "**" + w + "**" }},
	{"after a hash sign", found, fold.T0, func(w string) string { return "#" + w }},
	{"after an at sign", found, fold.T0, func(w string) string { return "@" + w }},
	{"between line ends", found, fold.T0, func(w string) string { return "1\n" + w + "\n2" }},
	{"beside a pictograph", found, fold.T0, func(w string) string { return "🌷" + w + "🌷" }},
	{"in capitals", found, fold.T1, strings.ToUpper},
	{"with a zero-width space", found, fold.T1, func(w string) string { return cut(w, 2, "\u200b") }},
	{"with a soft hyphen", found, fold.T1, func(w string) string { return cut(w, 3, "\u00ad") }},
	{"with a variation selector", found, fold.T1, func(w string) string { return cut(w, 1, "\ufe0f") }},
	{"with direction marks around", found, fold.T1, func(w string) string { return "\u202b" + w + "\u202c" }},
	{"with direction marks within", found, fold.T1, func(w string) string { return cut(w, 2, "\u200f") }},
	{"spaced", found, fold.T2, func(w string) string { return strings.Join(strings.Split(w, ""), " ") }},
	{"spaced by spaces that do not break", found, fold.T2, func(w string) string { return strings.Join(strings.Split(w, ""), "\u00a0") }},
	{"hyphenated throughout", found, fold.T2, func(w string) string { return strings.Join(strings.Split(w, ""), "-") }},
	{"set apart by pictographs", found, fold.T2, func(w string) string { return strings.Join(strings.Split(w, ""), "🌷") }},
	{"with its second letter four times", found, fold.T2, func(w string) string { return cut(w, 2, strings.Repeat(letter(w, 1), 3)) }},
	{"with its last letter five times", found, fold.T2, func(w string) string { return w + strings.Repeat(letter(w, utf8.RuneCountInString(w)-1), 4) }},
	{"inside a longer word", notFound, fold.T3, func(w string) string { return stranger(w) + w + stranger(w) }},
	{"with another letter before", notFound, fold.T3, func(w string) string { return stranger(w) + w }},
	{"with a digit after", notFound, fold.T2, func(w string) string { return w + "77" }},
	{"half of it", notFound, fold.T4, func(w string) string { return w[:len(string([]rune(w)[:utf8.RuneCountInString(w)/2]))] }},
	{"set apart once", notFound, fold.T3, func(w string) string { return cut(w, 2, ".") }},
	{"set apart by different marks", notFound, fold.T3, func(w string) string { return alternately(w, ".", "-") }},
	{"over two lines", notFound, fold.T3, func(w string) string { return cut(w, 2, "\n") }},
	{"in a URL", notFound, fold.T4, func(w string) string { return "https://board.example/" + w }},
	{"in a mail address", notFound, fold.T4, func(w string) string { return w + "@board.example" }},
	{"backwards", notFound, fold.T4, func(w string) string { return backwards(w) }},
	{"quoted", flagged, fold.T1, func(w string) string { return "“" + w + "”" }},
	{"quoted by angles", flagged, fold.T1, func(w string) string { return "« " + w + " »" }},
	{"on a quoted line", flagged, fold.T1, func(w string) string { return "> " + w }},
	{"quoted and disguised", flagged, fold.T2, func(w string) string { return "“" + strings.Join(strings.Split(w, ""), ".") + "”" }},
}

func letter(word string, n int) string { return string([]rune(word)[n]) }

// stranger is a letter of a word's script that begins and ends none of these words.
func stranger(word string) string {
	switch r, _ := utf8.DecodeRuneInString(word); {
	case r >= 0x600:
		return "ظ"
	case r >= 0x400:
		return "щ"
	}
	return "q"
}

// cut puts something into a word behind a number of letters.
func cut(word string, behind int, what string) string {
	letters := []rune(word)
	return string(letters[:behind]) + what + string(letters[behind:])
}

func alternately(word string, between ...string) string {
	var b strings.Builder
	for n, r := range []rune(word) {
		if n > 0 {
			b.WriteString(between[n%len(between)])
		}
		b.WriteRune(r)
	}
	return b.String()
}

func backwards(word string) (text string) {
	for _, r := range word {
		text = string(r) + text
	}
	return text
}

// TestBehaviourIsTheSameInEveryLanguage asks for each behaviour with twelve words of six languages.
func TestBehaviourIsTheSameInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		words := wordsOf(t, language)[:12]
		for _, word := range words {
			d := decoderOf(t, language, []string{word})
			for _, b := range behaviours {
				text := b.write(word)
				if got := judged(d.Read(text, decode.About{}).Decodes, b.tier); got != b.want && !(b.want == found && got == flagged) {
					t.Errorf("%s, %s: %q is %s, want %s in %s or below", language, b.name, text, got, b.want, b.tier)
				}
			}
		}
	}
	if n := len(behaviours) * 12 * len(languages); n < 2000 {
		t.Error(fmt.Sprint(n, " questions are too few"))
	}
}

// judged sums readings up in a tier or below it.
func judged(all []decode.Decode, most fold.Tier) outcome {
	for _, r := range all {
		switch {
		case r.Tier > most:
		case r.Context.Flagged():
			return flagged
		default:
			return found
		}
	}
	return notFound
}
