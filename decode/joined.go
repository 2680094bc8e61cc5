// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// fewestJoined is the fewest letters of a single word that is read inside a hashtag.
const fewestJoined = 8

const mostHumps = 16

// hashtag reads the words that capitals set apart after a #: forms of several words, or of eight letters and more. Where
// there are no capitals, common words say where words end ([scan.insideRun]).
func (s *scan) hashtag(start int) {
	end := min(s.runEnd(start), start+window)
	humps := s.humps(start, end)
	if len(humps) < 2 || len(humps) > mostHumps {
		return
	}
	for n, from := range humps {
		s.fromHump(from, append(humps[n+1:len(humps):len(humps)], end))
	}
}

// humps are where words begin: at the beginning, and at each capital after a small letter.
func (s *scan) humps(start, end int) (all []int) {
	small := false
	for i, r := range s.text[start:end] {
		if i == 0 || small && unicode.IsUpper(r) {
			all = append(all, start+i)
		}
		if !unicode.IsMark(r) {
			small = unicode.IsLower(r) || unicode.IsDigit(r)
		}
	}
	return all
}

// fromHump walks from the beginning of a word over the ends of words.
func (s *scan) fromHump(from int, ends []int) {
	c := candidate{start: from, tier: fold.T3, cost: fold.CostJoin, joined: true}
	node, at := int32(0), from
	for n, end := range ends {
		if n > 0 {
			node = s.d.plain.step(node, s.d.plain.blank)
			if node == dead {
				return
			}
			c.made(at, at, fold.Step{Op: fold.OpJoin, To: " ", Source: rules})
			c.cost += fold.CostJoin
		}
		for at < end {
			r, size := utf8.DecodeRuneInString(s.text[at:])
			e := &s.d.tables.Edges(r)[0]
			if node = s.d.plain.spell(node, e.To); e.To != "" && node == dead {
				return
			}
			c.take(at, at+size, e)
			at += size
		}
		c.end, c.tier = at, fold.T3
		forms := s.d.plain.ended(node)
		for i := range forms {
			if n > 0 || forms[i].letter >= fewestJoined {
				s.keep(c.copied(), &forms[i])
			}
		}
	}
}
