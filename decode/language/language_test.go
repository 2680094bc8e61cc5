// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package language_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/decode/language"
)

func TestScriptIsThatOfMostLetters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, script, language string }{
		{"", "Zyyy", "und"},
		{"12.5 + 7 = ?! 🌱🌱", "Zyyy", "und"},
		{"\xff\xfe\xff", "Zyyy", "und"},
		{"https://example.org/the/garden/path me@example.org www.example.org", "Zyyy", "und"},
		{"ok", "Latn", "und"},
		{"Ο κήπος είναι μεγάλος", "Grek", "el"},
		{"הגן גדול מאוד", "Hebr", "he"},
		{"정원이 아주 넓다", "Hang", "ko"},
		{"庭がとても広い", "Jpan", "ja"},
		{"花园非常大而且安静", "Hani", "zh"},
		{"花園", "Hani", "und"},
		{"बगीचा बहुत बड़ा है", "Deva", "und"},
		{"สวนใหญ่มาก", "Thai", "und"},
		{"ᚠᚢᚦᚨᚱᚲ", "Zzzz", "und"},
		{"the garden сад and the bridge", "Latn", "en"},
	} {
		got := language.Detect(c.text)
		if got.Script != c.script || got.Language != c.language {
			t.Errorf("%q: %v, want %s in %s", c.text, got, c.language, c.script)
		}
		if (got.Language == language.Unknown) != (got.Confidence == 0) || got.Confidence < 0 || got.Confidence > 1000 {
			t.Errorf("%q: confidence %d in %s", c.text, got.Confidence, got.Language)
		}
	}
}

func TestDisguisedLettersDoNotHideALanguage(t *testing.T) {
	t.Parallel()
	const plain = "the kettle is on the stove and the garden is behind the house"
	want := language.Detect(plain)
	wide := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'ａ'
		}
		return r
	}, plain)
	for _, text := range []string{strings.ToUpper(plain), wide, strings.ReplaceAll(plain, "e", "e\u200b"),
		strings.ReplaceAll(plain, "t", "t\u0332")} {
		if got := language.Detect(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestEachLanguageIsGivenForItsOwnText(t *testing.T) {
	t.Parallel()
	given := map[string]bool{}
	for _, s := range samples(t, "testdata/own.txt") {
		if language.Detect(s.text).Language == s.language {
			given[s.language] = true
		}
	}
	for _, known := range language.Languages() {
		if !given[known] {
			t.Errorf("%s is never given", known)
		}
	}
	if len(given) != 29 || !slices.IsSorted(language.Languages()) {
		t.Errorf("%d languages of %v are given, want 29", len(given), language.Languages())
	}
}

func TestOnlyTheBeginningOfALongTextIsRead(t *testing.T) {
	t.Parallel()
	const line = "Der Garten liegt hinter dem Haus, und die Brücke führt über den Bach. "
	beginning := strings.Repeat(line, language.MaxBytes/len(line)+1)
	want := language.Detect(beginning)
	if want.Language != "de" {
		t.Fatalf("the beginning is %v", want)
	}
	if got := language.Detect(beginning + strings.Repeat("весь сад ", 100_000)); got != want {
		t.Errorf("with more behind it, it is %v, want %v", got, want)
	}
	for cut := range utf8.UTFMax { // the limit falls into a letter
		text := strings.Repeat("x", cut) + strings.Repeat("園", language.MaxBytes)
		if got := language.Detect(text); got.Script != "Hani" {
			t.Errorf("cut after %d: %v", cut, got)
		}
	}
}

func Example() {
	for _, text := range []string{
		"The garden is behind the house, and the bridge leads over the brook.",
		"Le jardin est derrière la maison, et le pont passe sur le ruisseau.",
		"الحديقة خلف البيت، والجسر فوق النهر.",
		"庭は家の裏にあります。",
		"ok 12",
	} {
		guess := language.Detect(text)
		fmt.Println(guess.Language, guess.Script)
	}
	// Output:
	// en Latn
	// fr Latn
	// ar Arab
	// ja Jpan
	// und Latn
}

func FuzzDetect(f *testing.F) {
	for _, seed := range []string{"", "a garden", "\xff\xfe", strings.Repeat("a\u0301\u0302", 50), "حديقة و сад",
		strings.Repeat("1l|!", 100), "((((((((", "a\u202eb\u2066c", strings.Repeat("_", 20), "ﷺﷺﷺ", "İstanbul ıI"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := language.Detect(text)
		if diff := cmp.Diff(got, language.Detect(text)); diff != "" {
			t.Error(diff)
		}
		if got.Language != language.Unknown && !slices.Contains(language.Languages(), got.Language) ||
			len(got.Script) != 4 || got.Confidence < 0 || got.Confidence > 1000 ||
			(got.Language == language.Unknown) != (got.Confidence == 0) {
			t.Errorf("%q: %v", text, got)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	list := samples(b, "testdata/own.txt")
	bytes := 0
	for _, s := range list {
		bytes += len(s.text)
	}
	b.SetBytes(int64(bytes / len(list)))
	i := 0
	for b.Loop() {
		language.Detect(list[i%len(list)].text)
		i++
	}
}

// BenchmarkAdversarial are texts of which each letter asks for the most work, at most MaxBytes of each being read.
func BenchmarkAdversarial(b *testing.B) {
	for name, text := range map[string]string{
		"marks": strings.Repeat("a\u0301\u0302\u0303", 1<<20), "scripts": strings.Repeat("aбب園か", 1<<20),
		"rare": strings.Repeat("ᚠ", 1<<20), "one word": strings.Repeat("e", 1<<20), "ligatures": strings.Repeat("ﷺ", 1<<20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(language.MaxBytes)
			for b.Loop() {
				language.Detect(text)
			}
		})
	}
}
