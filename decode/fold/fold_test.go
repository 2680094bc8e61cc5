// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

var tables = fold.New()

// sampled leaves out most of the ideographs and syllables, and the planes that have nothing assigned.
func sampled(r rune) bool {
	many := unicode.In(r, unicode.Han, unicode.Hangul, unicode.Co) || r >= 0x20000 && r < 0xE0000 || r >= 0xE0200
	return utf8.ValidRune(r) && (!many || r%101 == 0)
}

// TestStepsOfEveryEdgeFollowEachOther goes through the characters of Unicode.
func TestStepsOfEveryEdgeFollowEachOther(t *testing.T) {
	t.Parallel()
	edges := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !sampled(r) {
			continue
		}
		for n, e := range tables.Edges(r) {
			edges++
			if e.From != string(r) {
				t.Fatalf("U+%04X has an edge from %q", r, e.From)
			}
			at := e.From
			for _, s := range e.Steps {
				if s.From != at || s.Source == "" {
					t.Errorf("U+%04X, edge %d: step from %q, there is %q (%s)", r, n, s.From, at, s.Source)
				}
				at = s.To
			}
			if at != e.To {
				t.Errorf("U+%04X, edge %d: its steps lead to %q, it says %q", r, n, at, e.To)
			}
			if again := fold.Letters(e.To); n == 0 && again != e.To {
				t.Errorf("U+%04X folds to %q, and that to %q", r, e.To, again)
			}
		}
	}
	t.Logf("%d edges", edges)
}

// TestASCIIIsReadAsItStands: the skeleton of UTS #39 is no way to normalise; 0, 1 and m stay what they are in T1.
func TestASCIIIsReadAsItStands(t *testing.T) {
	t.Parallel()
	for r := rune(0x21); r < 0x7F; r++ {
		for _, e := range tables.Edges(r) {
			if e.Tier <= fold.T1 && e.To != strings.ToLower(string(r)) {
				t.Errorf("%q is read as %q in %s", r, e.To, e.Tier)
			}
		}
	}
}

func TestCharactersAreReadAsTheLettersTheyLookLike(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		written, read string
		tier          fold.Tier
	}{
		{"Ａ", "a", fold.T1}, {"𝗞", "k", fold.T1}, {"ⓔ", "e", fold.T1}, {"🅻", "l", fold.T1}, {"🇱", "l", fold.T1},
		{"é", "e", fold.T1}, {"ß", "ss", fold.T1}, {"ẞ", "ss", fold.T1}, {"ﬁ", "fi", fold.T1}, {"ﻼ", "لا", fold.T1},
		{"а", "a", fold.T1}, {"ᴢ", "z", fold.T1}, {"ο", "o", fold.T1}, {"т", "t", fold.T1}, {"ӏ", "i", fold.T1}, {"ӏ", "l", fold.T1},
		{"4", "a", fold.T2}, {"|", "l", fold.T2}, {"|", "i", fold.T2}, {"€", "e", fold.T2}, {"_", "u", fold.T2},
		{"ς", "σ", fold.T1}, {"ſ", "s", fold.T1}, {"\u200b", "", fold.T1}, {"\u0301", "", fold.T1}, {"ـ", "", fold.T1},
		{"َ", "", fold.T1}, {"ㅤ", "", fold.T1}, {"\U000E0041", "", fold.T1},
	} {
		r, _ := utf8.DecodeRuneInString(row.written)
		found := false
		for _, e := range tables.Edges(r) {
			found = found || e.To == row.read && e.Tier <= row.tier
		}
		if !found {
			t.Errorf("%q is not read as %q in %s: %v", row.written, row.read, row.tier, tables.Edges(r))
		}
	}
}

// TestLettersOfArabicWithAHamzaStayApart: dropping it makes other words.
func TestLettersOfArabicWithAHamzaStayApart(t *testing.T) {
	t.Parallel()
	for _, r := range "أإآؤئ" {
		if to := tables.Edges(r)[0].To; to != string(r) {
			t.Errorf("%q became %q", r, to)
		}
	}
}

// TestSignsOfIndicScriptsAreLetters: they are marks to Unicode and vowels to readers.
func TestSignsOfIndicScriptsAreLetters(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"कुटिया", "สวน", "தோட்டம்"} {
		if got := fold.Letters(word); got != word {
			t.Errorf("%q became %q", word, got)
		}
	}
}

func TestLongOnesAreFoundAtTheBeginning(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`|\/|x`: "m", "phone": "f", "|<ettle": "k", "": "", "x": "", "|": ""} {
		got := ""
		for e := range tables.Long(text) {
			if got == "" {
				got = e.To
			}
			if !strings.HasPrefix(text, e.From) || e.Tier != fold.T3 {
				t.Errorf("%q: %v", text, e)
			}
		}
		if got != want {
			t.Errorf("%q begins with %q, want %q", text, got, want)
		}
	}
}

func TestIDNamesEveryTableAndItsVersion(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"uts39@", "extra@", "leet@", "leet-long@", "emoji@", "unicode@", "nfkc@"} {
		if !strings.Contains(tables.ID(), name) {
			t.Errorf("%q does not name %s", tables.ID(), name)
		}
	}
	if fold.New().ID() != tables.ID() {
		t.Error("the same tables have two names")
	}
}

func TestTierIsReadAsWritten(t *testing.T) {
	t.Parallel()
	for n := range fold.Tier(fold.Tiers) {
		text, _ := n.MarshalText()
		var back fold.Tier
		if err := back.UnmarshalText(text); err != nil || back != n {
			t.Errorf("%s became %s (%v)", n, back, err)
		}
	}
	for _, bad := range []string{"", "T5", "t1", "T11"} {
		if new(fold.Tier).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
