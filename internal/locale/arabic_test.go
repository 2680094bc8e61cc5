// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

// pluralForms are those that each language must have (CLDR): a form that is missing would fall back silently.
var pluralForms = map[string][]string{
	"en": {"one", "other"},
	"fr": {"one", "many", "other"},
	"ar": {"zero", "one", "two", "few", "many", "other"},
}

func TestEveryPluralHasTheFormsOfItsLanguage(t *testing.T) {
	t.Parallel()
	for area, languages := range readCatalogues(t) {
		for lang, ids := range languages {
			for id, forms := range ids {
				if len(forms) == 1 {
					continue
				}
				if len(forms) != len(pluralForms[lang]) {
					t.Errorf("%s.%s: %s has %d forms, the language %v", area, lang, id, len(forms), pluralForms[lang])
				}
				for _, form := range pluralForms[lang] {
					if forms[form] == "" {
						t.Errorf("%s.%s: %s has no form %q", area, lang, id, form)
					}
				}
			}
		}
	}
}

func TestArabicCountsInSixForms(t *testing.T) {
	t.Parallel()
	ar := catalogue(t).Localizer("ar", "")
	for count, want := range map[int]string{
		0: "0 يوم", 1: "يوم واحد", 2: "يومان", 3: "3 أيام", 10: "10 أيام", 11: "11 يومًا", 99: "99 يومًا",
		100: "100 يوم", 102: "102 يوم", 103: "103 أيام", 1_011: "1,011 يومًا",
	} {
		if got := ar.N("time.days", count); got != want {
			t.Errorf("%d: %q, want %q", count, got, want)
		}
	}
	left := ar.Remaining(12*time.Hour + 5*time.Minute)
	if want := "الوقت المتبقي: 12 ساعة و5 دقائق"; left != want {
		t.Errorf("%q, want %q", left, want)
	}
}

// TestArabicIsWritten wants Arabic words, or none, in every message: one that was copied from English has none.
func TestArabicIsWritten(t *testing.T) {
	t.Parallel()
	for area, languages := range readCatalogues(t) {
		for id, forms := range languages["ar"] {
			for form, text := range forms {
				words := placeholder.ReplaceAllString(text, "")
				latin := strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
				if latin && !strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
					t.Errorf("%s: %s (%s) is not in Arabic: %q", area, id, form, text)
				}
			}
		}
	}
}

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for lang, want := range map[string]string{"en": "1,234,567", "fr": "1\u00a0234\u00a0567", "ar": "1,234,567"} {
		if got := c.Localizer(lang, "").Number(1_234_567); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := c.Localizer("ar", "").List([]string{"أ", "ب", "ج"}); got != "أ، ب، ج" {
		t.Errorf("list: %q", got)
	}
}

func TestValueOfTheOtherDirectionIsIsolated(t *testing.T) {
	t.Parallel()
	cases := []struct{ value, dir, want string }{
		{"Garden board", "ltr", "Garden board"},
		{"Garden board", "rtl", "\u2068Garden board\u2069"},
		{"لوحة", "ltr", "\u2068لوحة\u2069"},
		{"لوحة", "rtl", "لوحة"},
		{"12:05", "rtl", "12:05"},
		{"a\u2068b\u2069", "ltr", "a\u2068b\u2069"},
		{"\u202eabc", "ltr", "abc"},
		{"a\u2069b\u2068", "ltr", "ab"},
		{"\u202aa\u2069\u202c", "rtl", "\u2068a\u2069"},
	}
	for _, c := range cases {
		if got := isolated(c.value, c.dir); got != c.want {
			t.Errorf("%q in %s: %q, want %q", c.value, c.dir, got, c.want)
		}
	}
	got := catalogue(t).Localizer("ar", "").T("time.pair", "Large", "REF-1", "Small", "2")
	if want := "\u2068REF-1\u2069 و2"; got != want {
		t.Errorf("in a sentence: %q, want %q", got, want)
	}
}

func FuzzIsolated(f *testing.F) {
	f.Add("\u202eabc\u2069", true)
	f.Add("قلم \u2067x", false)
	f.Fuzz(func(t *testing.T, value string, right bool) {
		dir := "ltr"
		if right {
			dir = "rtl"
		}
		if got := isolated(value, dir); !balanced(got) {
			t.Errorf("%q reaches out of itself", got)
		}
	})
}
