// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"cmp"
	"slices"
	"sort"
)

// MaxPassages is how many passages a comparison gives at most.
const MaxPassages = 64

// Passage is a stretch of folded text that both texts have, letter by letter, where each of them has it. It
// can be up to Window-1 runes shorter at either end than what is shared.
type Passage struct {
	Known, Query Span
}

// stretch is a passage while it grows.
type stretch struct {
	knownRune, queryRune uint32 // the last shingle
	Passage
}

// passages joins shared shingles that overlap alike in both texts. Every shingle of the query is paired
// with one of the known text only, the one that continues the passage before it if there is one, so that
// texts that repeat themselves take no longer.
func passages(knownByHash, query []Shingle) (found []Passage, more bool) {
	var last *stretch
	var all []stretch
	for _, q := range query {
		places := withHash(knownByHash, q.Hash)
		if len(places) == 0 {
			continue
		}
		if last != nil && last.extend(places, q) {
			continue
		}
		k := places[0]
		all = append(all, stretch{k.Rune, q.Rune, Passage{
			Span{int(k.Start), int(k.End)}, Span{int(q.Start), int(q.End)},
		}})
		last = &all[len(all)-1]
	}
	if more = len(all) > MaxPassages; more {
		slices.SortStableFunc(all, func(a, b stretch) int { return cmp.Compare(b.length(), a.length()) })
		all = all[:MaxPassages]
		slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.Query.Start, b.Query.Start) })
	}
	for _, s := range all {
		found = append(found, s.Passage)
	}
	return found, more
}

func sortedByHash(shingles []Shingle) []Shingle {
	sorted := slices.Clone(shingles)
	slices.SortFunc(sorted, func(a, b Shingle) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Rune, b.Rune))
	})
	return sorted
}

// withHash are the shingles with a hash, in the order of the text.
func withHash(byHash []Shingle, hash uint32) []Shingle {
	from := sort.Search(len(byHash), func(i int) bool { return byHash[i].Hash >= hash })
	to := from + sort.Search(len(byHash)-from, func(i int) bool { return byHash[from+i].Hash > hash })
	return byHash[from:to]
}

// extend takes a shingle of the query in when it overlaps the passage and the known text has it in the same
// place.
func (s *stretch) extend(places []Shingle, q Shingle) bool {
	step := q.Rune - s.queryRune
	if step > ShingleRunes {
		return false
	}
	wanted := s.knownRune + step
	i := sort.Search(len(places), func(i int) bool { return places[i].Rune >= wanted })
	if i == len(places) || places[i].Rune != wanted {
		return false
	}
	s.knownRune, s.queryRune = wanted, q.Rune
	s.Known.End, s.Query.End = int(places[i].End), int(q.End)
	return true
}

func (s *stretch) length() int { return s.Query.End - s.Query.Start }
