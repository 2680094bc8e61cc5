// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// Gate is a rule that a reading must pass. G8, a word's boundaries, and G9, separators that are all the same, are part of
// how texts are read and no rule of its own here.
type Gate string

// The gates.
const (
	GateHex      Gate = "G1"      // hexadecimal with a digit is never leet
	GateMaskEnd  Gate = "G2"      // a mask is not the last character
	GateLength   Gate = "G3"      // edits and masks want six letters
	GateLetters  Gate = "G4"      // several characters for a letter want letters that are plain
	GateBrackets Gate = "G5"      // no reading of T3 begins or ends on a bracket
	GateKind     Gate = "G6"      // numbers, dates, hashes, addresses are not read as words
	GateDensity  Gate = "G7"      // one odd word in a text that has none other costs more
	GateWord     Gate = "G10"     // a common word is read as no other, and most letters of no word were misread
	GateContext  Gate = "context" // what an entry requires stands near
)

// token is what stands between white space around a reading.
type token struct {
	text       string
	start, end int
}

const tokenReach = 256 // bytes on either side of a reading that are looked at

func (s *scan) tokenOf(c *candidate) token {
	start := c.start - min(c.start, tokenReach)
	if i := strings.LastIndexFunc(s.text[start:c.start], unicode.IsSpace); i >= 0 {
		_, size := utf8.DecodeRuneInString(s.text[start+i:])
		start += i + size
	}
	end := min(len(s.text), c.end+tokenReach)
	if i := strings.IndexFunc(s.text[c.end:end], unicode.IsSpace); i >= 0 {
		end = c.end + i
	}
	return token{s.text[start:end], start, end}
}

// passes reports whether a reading passes all gates that need only its own word.
func (s *scan) passes(c *candidate) bool { return s.stopped(c) == "" }

// stopped names the gate that stops a reading; "" when none does.
func (s *scan) stopped(c *candidate) Gate {
	if s.inAddress(c.start, c.end) {
		return GateKind
	}
	if c.pictures && len(s.d.entries[c.entry].contexts) == 0 {
		return GateContext
	}
	if c.tier < fold.T2 {
		return ""
	}
	written, t := s.text[c.start:c.end], s.tokenOf(c)
	switch {
	case s.inCode(c.start):
		return GateKind
	case c.apart == 0 && isHex(strings.TrimFunc(t.text, unicode.IsPunct)):
		return GateHex
	case lettersIn(t.text) == 0 && c.apart == 0, strings.ContainsFunc(written, unicode.IsDigit) && isCoded(t.text):
		return GateKind
	case c.masks > 0 && c.steps[len(c.steps)-1].Op == fold.OpMask && c.steps[len(c.steps)-1].End == c.end:
		return GateMaskEnd
	case (c.masks > 0 || c.form.edit != nil) && c.form.letter < fewestEdited:
		return GateLength
	case c.tier == fold.T3 && c.long && !s.enoughLetters(c, t):
		return GateLetters
	case c.tier == fold.T3 && (s.brackets(first(written), c, c.alone(c.start, true)) ||
		s.brackets(last(written), c, c.alone(c.end, false))):
		return GateBrackets
	case 3*c.misread > int(c.form.letter)+2, c.apart == 0 && s.isCommon(c):
		return GateWord
	}
	return ""
}

// enoughLetters is gate G4: two letters and a third of all are plain, unless the words beside it are odd as well.
func (s *scan) enoughLetters(c *candidate, t token) bool {
	if c.sure >= 2 && 3*c.sure >= int(c.form.letter) {
		return true
	}
	return s.oddBeside(t)
}

// oddBeside reports whether a word beside a token mixes letters with digits or symbols.
func (s *scan) oddBeside(t token) bool {
	before := s.text[max(0, t.start-64):t.start]
	after := s.text[t.end:min(len(s.text), t.end+64)]
	if words := strings.Fields(before); len(words) > 0 && odd(words[len(words)-1]) {
		return true
	}
	words := strings.Fields(after)
	return len(words) > 0 && odd(words[0])
}

// costThin is what a reading of T3 costs more in a text where nothing else is odd.
const costThin fold.Cost = 1500

// thin is gate G7: what else was read decides, and so it comes last.
func (s *scan) thin(c *candidate, elsewhere Span) bool {
	if c.tier != fold.T3 || !c.long || c.cost+costThin <= fold.MostPerLetter*fold.Cost(c.form.letter) {
		return false
	}
	return elsewhere.Start > c.start && elsewhere.End < c.end && !s.oddBeside(s.tokenOf(c))
}

// disguised is where the first reading that is not as written ends, and where the last one begins.
func (s *scan) disguised() Span {
	all := Span{len(s.text) + 1, -1}
	for _, c := range s.found {
		if c.tier != fold.T0 {
			all.Start, all.End = min(all.Start, c.end), max(all.End, c.start)
		}
	}
	return all
}

func odd(word string) bool {
	word = strings.TrimRight(word, ".,;:!?")
	if len(addresses(word)) > 0 || isHex(word) || isCoded(word) {
		return false
	}
	letters, others := 0, 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			letters++
		} else if r != '-' && r != '\'' && r != '.' {
			others++
		}
	}
	return letters > 0 && others > 0
}

// alone reports whether one character was read as the letter that begins, or ends, at a place.
func (c *candidate) alone(at int, begins bool) bool {
	for _, s := range c.steps {
		if begins && s.At == at || !begins && s.End == at {
			return s.End-s.At == 1
		}
	}
	return false
}

// partners are brackets that belong together.
const partners = "()[]{}<>"

const partnerReach = 200 // bytes

// brackets reports whether a bracket that was read as a letter brackets something: its partner stands where it should.
func (s *scan) brackets(r rune, c *candidate, alone bool) bool {
	i := strings.IndexRune(partners, r)
	if i < 0 || !alone {
		return false
	}
	if i%2 == 0 {
		return strings.IndexByte(s.text[c.end:min(len(s.text), c.end+partnerReach)], partners[i+1]) >= 0
	}
	return strings.LastIndexByte(s.text[max(0, c.start-partnerReach):c.start], partners[i-1]) >= 0
}

func first(text string) rune { r, _ := utf8.DecodeRuneInString(text); return r }
func last(text string) rune  { r, _ := utf8.DecodeLastRuneInString(text); return r }

func lettersIn(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// isHex reports whether a token is hexadecimal digits, one of them a decimal one.
func isHex(text string) bool {
	digit := false
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return digit
}

// isCoded reports whether a token looks like base64 or a key: long, in one piece, of both cases and digits.
func isCoded(text string) bool {
	const coded = 20
	var upper, lower, digit int
	for _, c := range []byte(text) {
		switch {
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= '0' && c <= '9':
			digit++
		case strings.IndexByte("+/=-_", c) >= 0:
		default:
			return false
		}
	}
	return upper+lower+digit >= coded && digit >= 2 && (upper >= 2 && lower >= 2 || digit >= coded/4)
}
