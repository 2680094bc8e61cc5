// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package credential

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tocsin"
)

// A password has at least as many characters as a short sentence. Which characters, nobody asks.
const (
	Shortest = 12
	Longest  = 128
)

// ReasonCommon means that a password is among the first that anybody would try.
const ReasonCommon tocsin.Reason = "common_password"

// common are words and rows of keys that passwords of many people are made of, longest first.
//
//go:embed common.txt
var commonText string

var common = func() []string {
	words := strings.Fields(commonText)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}()

// CheckNewPassword refuses a password that is too short, or that is among the first anybody would try. names are what
// an attacker knows of the person.
func CheckNewPassword(password string, names ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return tocsin.Invalid(tocsin.ReasonNotText, "password", "A password is text.")
	case n < Shortest:
		return tocsin.Invalid("password_short", "password", "A password has at least %d characters. A short sentence is a good one.", Shortest)
	case n > Longest:
		return tocsin.Invalid(tocsin.ReasonTooLong, "password", "A password has at most %d characters.", Longest)
	case obvious(password, names):
		return tocsin.Invalid(ReasonCommon, "password", "This is among the first passwords anybody would try. Choose another one.")
	}
	return nil
}

// most of a password may be common words, digits in a row and one's own name; what is left must be worth guessing.
const leastLeft = 5

func obvious(password string, names []string) bool {
	text := strings.ToLower(norm.NFKC.String(password))
	if distinct(text) < 5 {
		return true
	}
	for _, read := range []string{text, lookalikes.Replace(text)} {
		for _, name := range names {
			if name = strings.ToLower(norm.NFKC.String(name)); utf8.RuneCountInString(name) >= 3 {
				read = strings.ReplaceAll(read, name, " ")
			}
		}
		for _, word := range common {
			read = strings.ReplaceAll(read, word, " ")
		}
		if distinct(strings.ReplaceAll(read, " ", "")) < leastLeft {
			return true
		}
	}
	return false
}

// lookalikes are read as the letters they stand for.
var lookalikes = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// distinct counts different characters, of which a row such as 1234 or abcd counts as one.
func distinct(text string) int {
	seen := map[rune]bool{}
	last := rune(-2)
	n := 0
	for _, r := range text {
		if !seen[r] && r != last+1 && r != last-1 {
			n++
		}
		seen[r], last = true, r
	}
	return n
}
