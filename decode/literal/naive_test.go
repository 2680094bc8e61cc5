// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal_test

import (
	"cmp"
	"slices"

	"tocsin/decode/literal"
)

// hit is one report.
type hit struct{ Pattern, Start, End int }

func find(s *literal.Set, text string) (hits []hit) {
	s.Find([]byte(text), func(pattern, start, end int) bool {
		hits = append(hits, hit{pattern, start, end})
		return true
	})
	return hits
}

// naive looks for each pattern at each place, and puts the hits in the promised order.
func naive(patterns []string, text string, folded bool) (hits []hit) {
	fold := func(text string) string { return text }
	if folded {
		fold = lowerASCII
	}
	text = fold(text)
	for i, p := range patterns {
		p = fold(p)
		for at := range len(text) - len(p) + 1 {
			if text[at:at+len(p)] == p {
				hits = append(hits, hit{i, at, at + len(p)})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Pattern, b.Pattern))
	})
	return hits
}

// lowerASCII folds A to Z and leaves every other byte, those of invalid UTF-8 too.
func lowerASCII(text string) string {
	folded := []byte(text)
	for i, b := range folded {
		if b >= 'A' && b <= 'Z' {
			folded[i] |= 0x20
		}
	}
	return string(folded)
}

func compiled(t interface {
	Helper()
	Fatal(...any)
}, patterns []string, folded bool) *literal.Set {
	t.Helper()
	compile := literal.Compile
	if folded {
		compile = literal.CompileFolded
	}
	s, err := compile(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
