// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"

	"tocsin/match/winnow"
)

func fold(t testing.TB, text string) winnow.Folded {
	t.Helper()
	f, err := winnow.Fold(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFoldingTakesAwayWhatDoesNotChangeTheReading(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "",
		" \t\r\n\u00a0\u2003":                 "",
		"The  KETTLE\n\n sings ":              "the kettle sings",
		"kettle\u200b \u00adgarden\ufeff":     "kettle garden",
		"The\u0301ie\u0300re":                 "théière",
		"THE\u0301IE\u0300RE":                 "théière",
		"\ufb01ne \uff2b\uff45\uff54":         "fine ket",
		"\u212bngstr\u00f6m 5\u338f":          "ångström 5kg",
		"ΟΔΟΣ οδος":                           "οδοσ οδοσ",
		"СТАРЫЙ ЧАЙНИК":                       "старый чайник",
		"\ufeb3\ufe8e\ufef1":                  "ساي",
		"a\xffb\xc3":                          "a\ufffdb\ufffd",
		"x\u0000y\u0007":                      "xy",
		"T\u0308 J\u030c":                     "\u1e97 \u01f0",
		"\u3000\u30ab\uff76 \u30ab\u3099":     "カカ ガ",
		"\u2068garden\u2069 \u202ewall\u202c": "garden wall",
	} {
		if got := fold(t, text).Text; got != want {
			t.Errorf("%q folds to %q, want %q", text, got, want)
		}
	}
}

func TestFoldedBytesPointToWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	text := "  The\u0301 \n\n \ufb01ne\u200b KETTLE"
	f := fold(t, text)
	got := map[string]string{}
	for _, part := range []string{"t", "thé", "é", " ", "f", "i", "fi", "ine", "e k", "kettle", f.Text} {
		at := strings.Index(f.Text, part)
		span := f.Source(at, at+len(part))
		got[part] = text[span.Start:span.End]
	}
	want := map[string]string{
		"t": "T", "thé": "The\u0301", "é": "e\u0301", " ": " \n\n ",
		"f": "\ufb01", "i": "\ufb01", "fi": "\ufb01", "ine": "\ufb01ne", "e k": "e\u200b K",
		"kettle": "KETTLE", f.Text: text[2:],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATextThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("k", winnow.MaxSize+1),
		strings.Repeat("\ufdfa", winnow.MaxSize/4), // each folds to eighteen runes
	} {
		if _, err := winnow.Public.Sum(text); !errors.Is(err, winnow.ErrLong) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}

// checkFolded checks what holds for every text.
func checkFolded(t *testing.T, text string) {
	t.Helper()
	f, err := winnow.Fold(text)
	if err != nil {
		if len(text) <= winnow.MaxSize/11 { // no rune grows more
			t.Fatal(err)
		}
		return
	}
	if !utf8.ValidString(f.Text) || f.Size != len(text) {
		t.Fatalf("%q folds to %q", text, f.Text)
	}
	if want := plainFold(text); f.Text != want {
		t.Fatalf("%q folds to %q, want %q", text, f.Text, want)
	}
	before := winnow.Span{}
	for at, r := range f.Text {
		span := f.Source(at, at+utf8.RuneLen(r))
		switch {
		case span.Start >= span.End || span.End > len(text):
			t.Fatalf("%q: rune %d comes from %v", text, at, span)
		case span.Start < before.Start || span.End < before.End:
			t.Fatalf("%q: rune %d comes from %v, the one before from %v", text, at, span, before)
		case !onBoundary(text, span.Start) || !onBoundary(text, span.End):
			t.Fatalf("%q: rune %d comes from %v, which cuts a rune", text, at, span)
		case unicode.IsSpace(r) && r != ' ', unicode.IsUpper(r) && unicode.ToLower(r) != r:
			t.Fatalf("%q: %q is left", text, r)
		}
		if r != ' ' && !strings.Contains(fold(t, text[span.Start:span.End]).Text, string(r)) {
			t.Fatalf("%q: %q does not fold to %q", text, text[span.Start:span.End], r)
		}
		before = span
	}
}

// plainFold folds without regard to places.
func plainFold(text string) string {
	text = norm.NFKC.String(string([]rune(text)))
	text = norm.NFKC.String(strings.ReplaceAll(strings.Map(unicode.ToLower, text), "ς", "σ"))
	visible := strings.Map(func(r rune) rune {
		if !unicode.IsSpace(r) && unicode.In(r, unicode.Cc, ignorable) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(visible), " ")
}

// ignorable are the runes that Unicode 15 lists as Default_Ignorable_Code_Point.
var ignorable = rangetable.Merge(unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector,
	rangetable.New(0xad, 0x61c, 0x180e, 0xfeff), &unicode.RangeTable{
		R16: []unicode.Range16{{Lo: 0x200b, Hi: 0x200f, Stride: 1}, {Lo: 0x202a, Hi: 0x202e, Stride: 1},
			{Lo: 0x2060, Hi: 0x206f, Stride: 1}},
		R32: []unicode.Range32{{Lo: 0x1bca0, Hi: 0x1bca3, Stride: 1}, {Lo: 0x1d173, Hi: 0x1d17a, Stride: 1},
			{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}},
	})

// onBoundary says whether a place is not inside a rune.
func onBoundary(text string, at int) bool {
	for back := 1; back < utf8.UTFMax && back <= at; back++ {
		if _, width := utf8.DecodeRuneInString(text[at-back:]); width > back {
			return false
		}
	}
	return true
}

func FuzzFold(f *testing.F) {
	for _, text := range []string{
		"", "The  KETTLE", "e\u0301\u0301\u0301", "\u0301kettle", "\ufb01\u200bx", "a\xff\xe2\x82",
		"\ufdfa \u338f", "\u1100\u1161\u11a8", "K\u212a", "\u0130\u0307", "\u00b4\u00a8 x", "\u034f\u200d",
		"é \u0301 e\u00a0\u0301",
		strings.Repeat("\u0315\u0300\u05ae\u0300", 20),
	} {
		f.Add(text)
	}
	f.Fuzz(checkFolded)
}
