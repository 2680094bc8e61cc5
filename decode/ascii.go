// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode/utf8"

	"tocsin/decode/fold"
)

// asciiWays are the ways to read what begins with a character of ASCII, as far as any form has the letters: most texts have
// little else, and most ways lead nowhere.
type asciiWays struct {
	class     fold.Class
	separates bool
	single    []way // of the character alone
	long      []way // of it and what follows
	alike     []way // of the character, where a word mixes scripts
	misread   []way // of it and what follows, in a text off a picture
}

// way is an edge with the numbers of its letters in the trie.
type way struct {
	edge    *fold.Edge
	letters []uint16 // none where it is read as nothing
}

// knowASCII looks up once what is needed at every place.
func (d *Decoder) knowASCII() {
	for c := range byte(utf8.RuneSelf) {
		a := &d.ascii[c]
		a.class = d.tables.Class(rune(c))
		a.separates = separates(rune(c), a.class)
		a.single = d.waysOf(a.single, d.tables.Edges(rune(c)))
		a.long = d.waysOf(a.long, d.tables.Longs(c))
		a.alike = d.waysOf(a.alike, d.resembling[c])
		a.misread = d.waysOf(a.misread, d.tables.Misreads(rune(c)))
	}
}

// lowAt is the character of two bytes at a place; nil where none is.
func (s *scan) lowAt(i int) *fold.Plain {
	if c := s.text[i]; c >= 0xC2 && c < 0xE0 && i+1 < len(s.text) && s.text[i+1]&0xC0 == 0x80 {
		return &s.d.low[rune(c&0x1F)<<6|rune(s.text[i+1]&0x3F)]
	}
	return nil
}

// waysOf adds the edges that lead somewhere.
func (d *Decoder) waysOf(all []way, edges []fold.Edge) []way {
	for i := range edges {
		w := way{edge: &edges[i]}
		for _, r := range edges[i].To {
			n := d.plain.number(r)
			if n == 0 {
				w.edge = nil
				break
			}
			w.letters = append(w.letters, n)
		}
		if w.edge != nil {
			all = append(all, w)
		}
	}
	return all
}

// asciiCharacters reads what stands at a place as letters.
func (w *ways) asciiCharacters(st *state, i int, c byte) {
	a := &w.d.ascii[c]
	for n := range a.single {
		w.goBy(st, i, i+1, &a.single[n])
	}
	if w.picture {
		next := *st
		next.misread++
		w.goByAll(&next, i, a.misread)
	}
	w.goByAll(st, i, a.long)
	if len(a.alike) > 0 && w.isMixed() {
		for n := range a.alike {
			w.goBy(st, i, i+1, &a.alike[n])
		}
	}
}

// goByAll goes on by those ways whose characters stand at a place.
func (w *ways) goByAll(st *state, i int, all []way) {
	for n := range all {
		from := all[n].edge.From
		if len(w.text)-i >= len(from) && w.text[i+len(from)-1] == from[len(from)-1] && w.text[i:i+len(from)] == from {
			w.goBy(st, i, i+len(from), &all[n])
		}
	}
}

// goBy goes on by one way.
func (w *ways) goBy(st *state, i, end int, by *way) {
	if len(by.letters) == 0 {
		if st.path >= 0 {
			next := *st
			w.push(&next, i, end, by.edge)
		}
		return
	}
	if st.apart != 0 && !st.between {
		return // letters that are set apart are all set apart (gate G9)
	}
	node := st.node
	for _, n := range by.letters {
		if node = w.d.plain.step(node, n); node == dead {
			return
		}
	}
	next := *st
	next.node, next.between, next.last = node, false, by.letters[len(by.letters)-1]
	next.letters += uint8(len(by.letters))
	if by.edge.Tier < fold.T2 {
		next.sure++
	}
	w.push(&next, i, end, by.edge)
}
