// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"strings"
	"testing"

	"tocsin/decode"
	"tocsin/decode/lexicon"
)

func TestDemonstrationReadsWhatItSays(t *testing.T) {
	t.Parallel()
	for _, p := range decode.Check(lexicon.Demonstration(), tables) {
		t.Error(p)
	}
}

func TestNothingHidesInAVisibleText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\u202eb\u2066c": "a⟨U+202E⟩b⟨U+2066⟩c", "a\x1b[31m": "a⟨U+001B⟩[31m", "a\xffb": "a⟨FF⟩b", "\u0301a": "⟨U+0301⟩a",
		"e\u0301": "e\u0301", "a\nb": "a\nb", "a\u2028b": "a⟨U+2028⟩b", "\ue000": "⟨U+E000⟩", "قَلَم": "قَلَم",
		"k" + strings.Repeat("\u0301", 5): "k\u0301\u0301\u0301⟨U+0301⟩⟨U+0301⟩",
	} {
		if got := decode.Visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestDiffNamesWhatChanged(t *testing.T) {
	t.Parallel()
	was := lexicon.Demonstration()
	entries := append([]lexicon.Entry{}, was.Entries...)
	entries[1].Sense = "another"
	entries[2].Sense, entries[2].Version = "another", 2
	entries[3].ID = "lex:other"
	is, err := lexicon.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range lexicon.Diff(was, is) {
		lines = append(lines, c.String())
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{was.Entries[1].ID + ": 1 → 1: sense (the version was not raised)", was.Entries[2].ID + ": 1 → 2: sense, version",
		was.Entries[3].ID + ": gone, was at version 1", "lex:other: new at version 1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said:\n%s", want, got)
		}
	}
}
