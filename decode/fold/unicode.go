// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const tatweel = 'ـ'

// sourceUnicode names the tables that the standard library and golang.org/x/text carry.
var sourceUnicode = "unicode@" + unicode.Version

// plainly is the edge of T1 that a character has in any case: what is left of it without case, width, marks.
func plainly(r rune) Edge {
	e := Edge{From: string(r)}
	if drop := dropped(r); drop != "" {
		e.step(drop, "", 0)
		return e
	}
	if letter, ok := enclosed(r); ok {
		e.step(OpEnclosed, string(letter), CostCompat)
	}
	if compat := norm.NFKC.String(e.last()); compat != e.last() {
		e.step(compatOp(r), compat, CostCompat)
	}
	if plain := strings.Map(typewritten, e.last()); plain != e.last() {
		e.step(OpCompat, plain, CostCompat)
	}
	e.finish()
	if r != ' ' && e.To == " " && unicode.IsSpace(r) {
		return e
	}
	if strings.TrimSpace(e.To) == "" && !unicode.IsSpace(r) { // a mark that stands on a space of its own
		e.step(OpMark, "", 0)
	}
	return e
}

// finish takes case and marks away.
func (e *Edge) finish() {
	if lower := lowered(e.last()); lower != e.last() {
		e.step(OpCase, lower, 0)
	}
	if bare := unmarked(e.last()); bare != e.last() {
		e.step(OpMark, bare, 0)
	}
	e.To = e.last()
}

func (e *Edge) last() string {
	if n := len(e.Steps); n > 0 {
		return e.Steps[n-1].To
	}
	return e.From
}

func (e *Edge) step(op Op, to string, cost Cost) { e.stepFrom(sourceUnicode, op, to, cost) }

func (e *Edge) stepFrom(source string, op Op, to string, cost Cost) {
	e.Steps = append(e.Steps, Step{Op: op, From: e.last(), To: to, Source: source})
	e.To, e.Cost, e.Tier = to, e.Cost+cost, max(e.Tier, TierOf(op))
}

// TierOf is how far a step goes; a table may say that one of its own goes further.
func TierOf(op Op) Tier {
	switch op {
	case OpLeet, OpEmoji, OpRepeat, OpSeparator, OpArabic, OpOCR:
		return T2
	case OpMask, OpJoin:
		return T3
	case OpEdit, OpInversion:
		return T4
	}
	return T1
}

// dropped says as what a character is read as nothing; "" when it is not.
func dropped(r rune) Op {
	switch {
	case r == tatweel:
		return OpTatweel
	case Invisible(r):
		return OpInvisible
	case isMark(r):
		return OpMark
	}
	return ""
}

// Invisible reports whether a character shows nothing: Default_Ignorable_Code_Point of the Unicode Character Database.
func Invisible(r rune) bool {
	if r < 0xAD {
		return false
	}
	if unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) &&
		(r < 0xFFF9 || r > 0xFFFB) && (r < 0x13430 || r > 0x1343F)
}

// isMark reports whether a combining mark only decorates a letter. The vowel signs of Indic scripts and the like are
// marks to Unicode and letters to those who read.
func isMark(r rune) bool {
	if r < 0x300 || !unicode.In(r, unicode.Mn, unicode.Me) {
		return false
	}
	return unicode.In(r, unicode.Inherited, unicode.Common, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Cyrillic,
		unicode.Latin, unicode.Greek)
}

// decorates reports whether a character is a mark, or the line that carries one in a compatibility form.
func decorates(r rune) bool { return r == tatweel || isMark(r) }

// unmarked takes decorating marks from letters. The letters of Arabic that carry a hamza or a madda stay what they are:
// dropping them makes other words of them.
func unmarked(text string) string {
	plain := true
	for i := range len(text) {
		plain = plain && text[i] < utf8.RuneSelf
	}
	if plain {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r >= 0x622 && r <= 0x626 || r == 0x6C0 || r == 0x6C2 || r == 0x6D3 || r >= 0xAC00 && r <= 0xD7A3 {
			b.WriteRune(r) // so do the syllables of Hangul
			continue
		}
		parts := norm.NFD.String(string(r))
		if !strings.ContainsFunc(parts, decorates) {
			b.WriteRune(r)
			continue
		}
		for _, part := range parts {
			if !decorates(part) {
				b.WriteRune(part)
			}
		}
	}
	return b.String()
}

// lowered folds case as far as readings need it: ẞ and ß are ss, a final sigma is a sigma.
func lowered(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == 'ς' {
			return 'σ'
		}
		return unicode.ToLower(r)
	}, text)
	return strings.ReplaceAll(text, "ß", "ss")
}

// enclosed is the letter in a box or a circle which NFKC leaves alone.
func enclosed(r rune) (rune, bool) {
	switch {
	case r >= 0x249C && r <= 0x24B5: // in parentheses, which NFKC leaves on either side
		return 'a' + r - 0x249C, true
	case r >= 0x1F110 && r <= 0x1F129:
		return 'a' + r - 0x1F110, true
	case r >= 0x1F150 && r <= 0x1F169:
		return 'a' + r - 0x1F150, true
	case r >= 0x1F170 && r <= 0x1F189:
		return 'a' + r - 0x1F170, true
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return 'a' + r - 0x1F1E6, true
	}
	return 0, false
}

// typewritten is the apostrophe or hyphen of a typewriter that a typographic one stands for; others stay.
func typewritten(r rune) rune {
	switch r {
	case '‘', '’', '‛', 'ʼ':
		return '\''
	case '‐', '‑', '‒', '–', '—', '―', '−':
		return '-'
	}
	return r
}

func compatOp(r rune) Op {
	if r >= 0xFF01 && r <= 0xFFEE || r == 0x3000 {
		return OpWidth
	}
	return OpCompat
}

// Letters is what a text is without case, width, marks and what shows nothing: the alphabet that readings are compared in.
func Letters(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteString(plainly(r).To)
	}
	return b.String()
}
