// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vocabulary

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// TestWordsAreCommonOnesOfTheirLanguage asks for some of each, and for what is no word.
func TestWordsAreCommonOnesOfTheirLanguage(t *testing.T) {
	t.Parallel()
	for language, some := range map[Languages]string{
		English: "the and with now visit garden a i", French: "le avec maintenant jardin nouveau a", German: "der und mit garten neu",
		Spanish: "el con ahora casa nuevo y", Russian: "и с новыи дом сеичас", Arabic: "من في هذا جديد",
	} {
		for word := range strings.FieldsSeq(some) {
			if folded := fold.Letters(word); Of(folded)&language == 0 {
				t.Errorf("%q is no word of %b", folded, language)
			}
		}
	}
	for _, none := range []string{"", "zorvian", "quimber", "qzx", "th", "q"} {
		if in := Of(none); in != 0 {
			t.Errorf("%q is a word of %b", none, in)
		}
	}
}

// TestPrefixesAreAllWordsThatATextBeginsWith compares them with a look through all words.
func TestPrefixesAreAllWordsThatATextBeginsWith(t *testing.T) {
	t.Parallel()
	l := words()
	for _, text := range []string{"theatre", "gartenhaus", "", "\xff", "новыидом", "aaaa", strings.Repeat("a", 300)} {
		var want, got []int
		for i := range l.in {
			if n := l.length(i); strings.HasPrefix(text, l.text[l.starts[i]:int(l.starts[i])+n]) {
				want = append(want, n)
			}
		}
		for n, in := range Prefixes(text) {
			if got = append(got, n); in == 0 {
				t.Errorf("%q is a word of no language", text[:n])
			}
		}
		if !slices.Equal(want, got) {
			t.Errorf("%q begins with words of %v bytes, want %v", text, got, want)
		}
	}
}

// TestListIsWhatItsReadmeSays holds the list to its bounds: size, letters, folded, no odd short words.
func TestListIsWhatItsReadmeSays(t *testing.T) {
	t.Parallel()
	l, count := words(), map[Languages]int{}
	for i, in := range l.in {
		word := l.text[l.starts[i]:l.starts[i+1]]
		if !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) ||
			fold.Letters(word) != word || in == 0 {
			t.Errorf("%q, of %b, is no folded word", word, in)
		}
		for language := English; language <= Arabic; language <<= 1 {
			if in&language != 0 {
				count[language]++
			}
		}
	}
	for language := English; language <= Arabic; language <<= 1 {
		if n := count[language]; n < 3000 || n > 14_000 {
			t.Errorf("%d words of %b", n, language)
		}
	}
	if len(packed) > 150_000 {
		t.Errorf("%d bytes are too many", len(packed))
	}
}

func FuzzUnpack(f *testing.F) {
	small, err := pack([]string{"a", "an", "and", "то"}, []Languages{English, English, English, Russian})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := unpack(file)
		if err != nil {
			return
		}
		var sorted []string
		for i := range l.in {
			sorted = append(sorted, l.text[l.starts[i]:l.starts[i+1]])
		}
		again, err := pack(sorted, l.in)
		if err != nil {
			t.Fatal(err)
		}
		back, err := unpack(again)
		if err != nil || back.text != l.text || !slices.Equal(back.in, l.in) || !slices.Equal(back.starts, l.starts) {
			t.Errorf("%q becomes %q: %v", l.text, back.text, err)
		}
	})
}
