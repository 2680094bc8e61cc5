// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/bench/prose"
	"tocsin/decode/literal"
)

func TestEveryOccurrenceIsReportedInOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about    string
		patterns []string
		text     string
	}{
		{"nested and overlapping", []string{"he", "she", "his", "hers", "er"}, "ushers, and his sheers"},
		{"an end of another", []string{"kettle", "ettle", "tle", "e"}, "a kettle whistles, two kettles whistle"},
		{"listed twice", []string{"bridge", "garden", "bridge"}, "bridge over a garden, bridge"},
		{"as long as the text", []string{"garden bridge"}, "garden bridge"},
		{"longer than the text", []string{"garden bridges"}, "garden bridge"},
		{"at both ends", []string{"abc", "xyz"}, "abc and then nothing until xyz"},
		{"one byte", []string{"e", "a longer pattern"}, "a longer pattern here"},
		{"short ones beside long ones", []string{"tea", "kettle on the stove", "stove with a kettle"},
			"tea: the kettle on the stove; a stove with a kettle; steam"},
		{"other scripts", []string{"حديقة", "ح", "мост", "сад", "ос"}, "في حديقة هادئة, мост и сад"},
		{"bytes that are no text", []string{"\xff\xfe", "\x00", "\xfe\x00"}, "a\xff\xfe\x00b\x00\xff"},
		{"the empty text", []string{"a"}, ""},
		{"no pattern", nil, "a garden"},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			got := find(compiled(t, c.patterns, false), c.text)
			if diff := cmp.Diff(naive(c.patterns, c.text, false), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFoldedSetTakesCapitalsForSmallLettersAndNothingElse(t *testing.T) {
	t.Parallel()
	patterns := []string{"Garden", "bRIDGe", "[x]", "É"}
	const text = "GARDEN garden GaRdEn BRIDGE {x} [X] @ é É"
	got := find(compiled(t, patterns, true), text)
	if diff := cmp.Diff(naive(patterns, text, true), got); diff != "" {
		t.Error(diff)
	}
	if n := len(find(compiled(t, []string{"garden"}, false), text)); n != 1 {
		t.Errorf("%d occurrences of a small word in a set that is not folded, want 1", n)
	}
}

func TestAnySetAgreesWithTheNaiveSearch(t *testing.T) {
	t.Parallel()
	alphabets := map[string]*rapid.Generator[string]{
		"two letters":   rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 1, 12, -1),
		"three letters": rapid.StringOfN(rapid.SampledFrom([]rune("abC")), 1, 20, -1),
		"scripts":       rapid.StringOfN(rapid.SampledFrom([]rune("aAبتمо é")), 1, 9, -1),
		"bytes":         rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 9), func(b []byte) string { return string(b) }),
	}
	for name, words := range alphabets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				patterns := rapid.SliceOfN(words, 0, 40).Draw(t, "patterns")
				pieces := rapid.SliceOfN(words, 0, 60).Draw(t, "pieces")
				if len(patterns) > 0 { // so that something is there to be found
					pieces = append(pieces, rapid.SliceOfN(rapid.SampledFrom(patterns), 0, 20).Draw(t, "planted")...)
				}
				text, folded := strings.Join(pieces, ""), rapid.Bool().Draw(t, "folded")
				got := find(compiled(t, patterns, folded), text)
				if diff := cmp.Diff(naive(patterns, text, folded), got); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}

func TestSearchStopsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	s := compiled(t, []string{"a", "aa"}, false)
	for want := 1; want <= 5; want++ {
		got := 0
		s.Find([]byte("aaaa, and a few more: aaaa"), func(int, int, int) bool {
			got++
			return got < want
		})
		if got != want {
			t.Errorf("%d reports, want %d", got, want)
		}
	}
}

func TestNestedPatternsAreFoundAtEveryPlace(t *testing.T) {
	t.Parallel()
	const deepest, length = 300, 4000
	patterns := make([]string, deepest)
	for i := range patterns {
		patterns[i] = strings.Repeat("a", i+1)
	}
	s, reports := compiled(t, patterns, false), 0
	s.Find([]byte(strings.Repeat("a", length)), func(pattern, start, end int) bool {
		reports++
		return end-start == pattern+1
	})
	if want := deepest*length - deepest*(deepest-1)/2; reports != want {
		t.Errorf("%d reports, want %d", reports, want)
	}
}

// A text that is nearly a pattern everywhere makes the automaton fail as often as it can.
func TestWorkIsLinearWhateverTheText(t *testing.T) {
	t.Parallel()
	almost := strings.Repeat("a", 500)
	patterns := []string{almost + "b", strings.Repeat("ab", 200) + "c", "aab", "ba" + almost}
	for i := range 300 {
		patterns = append(patterns, fmt.Sprintf("%s%d", almost[:i], i))
	}
	s := compiled(t, patterns, false)
	for _, text := range []string{
		strings.Repeat("a", 100_000), strings.Repeat("ab", 50_000), strings.Repeat(almost+"c", 200),
		strings.Repeat(almost[:7]+"b", 12_000), strings.Repeat("aab"+almost[:6], 11_000), strings.Repeat("\xff", 100_000),
	} {
		steps, looks := s.Work([]byte(text))
		if steps > 2*len(text) || looks > len(text) {
			t.Errorf("%.20q…: %d steps and %d looks for %d bytes", text, steps, looks, len(text))
		}
	}
}

func TestPatternsBeyondTheLimitsAreRefusedByName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", literal.MaxLength)
	many := make([]string, literal.MaxBytes/literal.MaxLength+1)
	for i := range many {
		many[i] = long
	}
	for _, c := range []struct {
		patterns []string
		want     error
		place    string
	}{
		{[]string{"a", ""}, literal.ErrEmpty, "pattern 1"},
		{[]string{long, "a", long + "x"}, literal.ErrTooLong, "pattern 2"},
		{many, literal.ErrTooMuch, fmt.Sprintf("pattern %d", len(many)-1)},
		{make([]string, literal.MaxPatterns+1), literal.ErrTooMany, ""},
	} {
		s, err := literal.Compile(c.patterns)
		if !errors.Is(err, c.want) || s != nil || !strings.Contains(err.Error(), c.place) {
			t.Errorf("got %v, want %v of %q", err, c.want, c.place)
		}
	}
	s := compiled(t, []string{long}, false)
	if hits := find(s, "x"+long); len(hits) != 2 {
		t.Errorf("%d hits of the longest pattern, want 2", len(hits))
	}
}

func TestASetKeepsWithinItsMemory(t *testing.T) {
	t.Parallel()
	s := compiled(t, prose.Strangers(50_000), false)
	if s.Len() != 50_000 || s.Size() > 50<<20 {
		t.Errorf("%d patterns take %d bytes", s.Len(), s.Size())
	}
}
