// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"strings"
	"testing"
	"unicode"
)

func TestAddressIsDefanged(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://board.example/post/1?a=b.c#d.e": "hxxps://board[.]example/post/1?a=b.c#d.e",
		"http://board.example:8080":              "hxxp://board[.]example:8080",
		"HTTPS://board.example/":                 "HTTPS://board[.]example/",
		"board.example":                          "board[.]example",
		"https://board.example?q=1":              "hxxps://board[.]example?q=1",
		"":                                       "",
	} {
		if got := defanged(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestWhatHidesIsShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain\ntext\t":   "plain\ntext\t",
		"a\u202eb":        "a[U+202E]b",
		"a\u200bb\ufeff":  "a[U+200B]b[U+FEFF]",
		"a\u200cb\u200dc": "a\u200cb\u200dc", // Persian and Indic scripts are written with these
		"a\u2066b\u2069":  "a[U+2066]b[U+2069]",
		"a\u00adb":        "a[U+00AD]b",
		"a\U000e0041b":    "a[U+E0041]b",
		"\u3164":          "[U+3164]",
		"gärten":          "gärten",
		"\r\n":            "[U+000D]\n",
		"bad \xff byte":   "bad [U+FFFD] byte",
	} {
		if got := flat(visible(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := flat(exactly("https://gärten.example/\u200c")); got != "https://g[ä]rten.example/[U+200C]" {
		t.Errorf("address: %q", got)
	}
}

func flat(runs []run) string {
	var b strings.Builder
	for _, r := range runs {
		switch {
		case r.code == "":
			b.WriteString(r.text)
		case r.text == "":
			b.WriteString("[" + r.code + "]")
		default:
			b.WriteString("[" + r.text + "]")
		}
	}
	return b.String()
}

func FuzzVisible(f *testing.F) {
	f.Add("plain")
	f.Add("a\u202eb\u200b")
	f.Add("https://gärten.example/\xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range append(visible(text), exactly(defanged(text))...) {
			if r.code == "" && r.text == "" {
				t.Fatalf("an empty run in %q", text)
			}
			if r.code == "" &&
				strings.ContainsFunc(r.text, func(c rune) bool { return unicode.Is(unicode.Bidi_Control, c) }) {
				t.Fatalf("%q hides a directional character", r.text)
			}
		}
		if scheme, _, found := strings.Cut(defanged(text), "://"); found && strings.EqualFold(scheme, "https") &&
			strings.HasPrefix(text, "https://") {
			t.Fatalf("%q is still an address", defanged(text))
		}
	})
}
