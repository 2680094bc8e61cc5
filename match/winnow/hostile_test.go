// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"strings"
	"testing"

	"tocsin/match/winnow"
)

// hostile texts repeat what costs most to fold, to keep or to compare.
var hostile = map[string]string{
	"stacked marks":      "\u0315\u0300\u05ae\u0300",
	"one mark":           "\u0301",
	"letters with marks": "e\u0301\u0323",
	"jamo":               "\u1100\u1161\u11a8",
	"jamo leads":         "\u1100",
	"jamo vowels":        "\u1161",
	"one letter":         "k",
	"two letters":        "ab",
	"a period of nine":   "kettle on",
	"white space":        " ",
	"wide spaces":        "\u2003",
	"joiners":            "\u200d",
	"broken bytes":       "\xff",
	"cut runes":          "\xe2\x82",
	"growing runes":      "k\u338f",
	"alternating":        "a\u0301 ",
	"brackets":           "[(",
}

// Each takes time in proportion to its size, which BenchmarkHostile shows; what took the square of it would
// keep this test from ending.
var hostileSize = 1 << 20

func TestHostileTextsOfOneMegabyteAreFoldedAndCompared(t *testing.T) {
	t.Parallel()
	size := hostileSize
	if testing.Short() {
		size = 1 << 16
	}
	for name, unit := range hostile {
		text := strings.Repeat(unit, size/len(unit))
		f := sum(text)
		c := compare(t, f, f)
		if !c.Equal || f.Short() != (f.Runes < winnow.MinRunes) || len(c.Passages) > winnow.MaxPassages {
			t.Errorf("%s: %d passages of %d shingles", name, len(c.Passages), len(f.Shingles))
		}
		if len(f.Shingles) > int(f.Runes)/3 {
			t.Errorf("%s: %d shingles are kept of %d runes", name, len(f.Shingles), f.Runes)
		}
		if len(f.String()) > winnow.MaxForm {
			t.Errorf("%s: a form of %d characters", name, len(f.String()))
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, unit := range hostile {
		text := strings.Repeat(unit, 1<<20/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := winnow.Public.Sum(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
