// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// lattice holds the readings of a text from one place on that are under way, by the byte they have come to. It is used
// again and again.
type lattice struct {
	at    [window + 8][]state
	links []link
	chain []*link // of one reading
	used  int     // the furthest place with a state
}

// state is a reading under way.
type state struct {
	node    int32
	path    int32 // its last link; -1 when it has none
	cost    fold.Cost
	apart   rune   // what sets its letters apart; 0 when nothing does
	last    uint16 // the letter read last
	letters uint8
	sure    uint8 // of these, the letters that can be read no other way
	masks   uint8
	misread uint8 // characters that a program is said to have taken for others
	tier    fold.Tier
	between bool // a separator was read last
}

// link is how a reading came one step further.
type link struct {
	before   int32
	from, to int32 // bytes of the text
	edge     *fold.Edge
	op       fold.Op // where there is no edge: what was done
	is       string  // and what was made of what stands there
}

// mostStates is how many readings may be under way at one place.
const mostStates = 48

// from reads from one place on in all ways the tables know.
func (s *scan) from(start int) {
	if s.letterBefore(start) {
		return
	}
	l := s.lattice
	for i := range l.used + 1 {
		l.at[i] = l.at[i][:0]
	}
	l.links, l.used = l.links[:0], 0
	l.at[0] = append(l.at[0], state{path: -1})
	w := ways{scan: s, start: start, left: min(mostPerStart, max(leastPerStart, s.credit))}
	allowed := w.left
	for off := 0; off <= l.used && start+off <= len(s.text); off++ {
		for n := 0; n < len(l.at[off]); n++ {
			if w.left <= 0 {
				s.bounded = true
				off = window
				break
			}
			st := l.at[off][n] // more may be added beside it
			w.expand(&st, start+off)
		}
	}
	s.spend(allowed - w.left)
}

// ways goes on from states, one start at a time.
type ways struct {
	*scan
	start int
	left  int
	mixed *bool
}

// expand ends a reading where it can end, and goes on in every way.
func (w *ways) expand(st *state, i int) {
	w.left--
	if !st.between && st.path >= 0 && w.d.plain.out[st.node] >= 0 && w.mayEnd(st, i) {
		w.end(st, i)
	}
	if w.d.plain.first[st.node] == w.d.plain.first[st.node+1] && st.last == 0 {
		return
	}
	w.leftOut(st, i)
	if i == len(w.text) {
		return
	}
	if c := w.text[i]; c < utf8.RuneSelf {
		a := &w.d.ascii[c]
		w.asciiCharacters(st, i, c)
		if st.letters > 0 {
			w.again(st, i, 1, w.d.plain.ascii[c])
			if a.separates {
				w.apart(st, i, rune(c), 1)
				w.gap(st, i, rune(c), 1, a.class)
			}
			w.mask(st, i, rune(c), 1)
		}
		return
	}
	r, size := utf8.DecodeRuneInString(w.text[i:])
	if r == utf8.RuneError && size == 1 {
		return // not UTF-8: read as nothing, and no word goes on behind it
	}
	w.characters(st, i, r, size)
	if st.letters > 0 {
		if to := w.d.tables.Edges(r)[0].To; utf8.RuneCountInString(to) == 1 {
			letter := w.d.plain.spelled(to)
			if i >= w.start+size && w.text[i-size:i] == w.text[i:i+size] {
				letter = st.last // a look-alike once more is what it was
			}
			w.again(st, i, size, letter)
		}
		if class := w.d.tables.Class(r); separates(r, class) {
			w.apart(st, i, r, size)
			w.gap(st, i, r, size, class)
		}
	}
}

// characters reads what stands at a place as letters.
func (w *ways) characters(st *state, i int, r rune, size int) {
	edges := w.d.tables.Edges(r)
	for e := range edges {
		if edges[e].To == "" {
			if st.path >= 0 {
				next := *st
				w.push(&next, i, i+size, &edges[e])
			}
			continue
		}
		w.letters(st, i, i+size, &edges[e])
	}
	if w.picture {
		w.misread(st, i)
	}
	if w.d.tables.Class(r) != fold.Symbol {
		return
	}
	pictographs := w.d.tables.Pictographs(w.text[i:])
	for e := range pictographs {
		w.letters(st, i, i+len(pictographs[e].From), &pictographs[e])
	}
}

// misread reads what stands at a place as what a program may have taken for it.
func (w *ways) misread(st *state, i int) {
	for e := range w.d.tables.Misread(w.text[i:]) {
		next := *st
		next.misread++
		w.letters(&next, i, i+len(e.From), e)
	}
}

// isMixed reports whether the word that begins here mixes scripts.
func (w *ways) isMixed() bool {
	if w.mixed == nil {
		is := w.scan.mixed(w.start, w.runEnd(w.start))
		w.mixed = &is
	}
	return *w.mixed
}

// letters goes on by the letters of an edge.
func (w *ways) letters(st *state, i, end int, e *fold.Edge) {
	if st.apart != 0 && !st.between {
		return // letters that are set apart are all set apart (gate G9)
	}
	node := w.d.plain.spell(st.node, e.To)
	if node == dead {
		return
	}
	next := *st
	next.node, next.between = node, false
	for _, r := range e.To {
		next.last = w.d.plain.number(r)
		next.letters++
	}
	if e.Tier < fold.T2 {
		next.sure++
	}
	w.push(&next, i, end, e)
}

// mostMasks is how many letters may be hidden.
const mostMasks = 2

func masks(r rune) bool { return r == '*' || r == '#' || r == '%' }

// mask reads a symbol as whatever letter a form goes on with.
func (w *ways) mask(st *state, i int, r rune, size int) {
	if !masks(r) || st.masks == mostMasks || st.apart != 0 {
		return
	}
	t := w.d.plain
	for e := t.first[st.node]; e < t.first[st.node+1] && w.left > 0; e++ {
		if !unicode.IsLetter(t.letters[t.label[e]]) {
			continue
		}
		next := *st
		next.masks++
		next.letters++
		next.node, next.last = t.next[e], 0
		w.made(&next, i, i+size, fold.OpMask, t.spelt[t.label[e]], fold.CostMask)
	}
}

// made goes on from a state, which is the caller's own copy, by a step that no table holds.
func (w *ways) made(st *state, from, to int, op fold.Op, is string, cost fold.Cost) {
	st.cost += cost
	st.tier = max(st.tier, fold.TierOf(op))
	w.arrive(st, &link{before: st.path, from: int32(from), to: int32(to), op: op, is: is})
}

// rules is how steps name this package where they name a table.
const rules = "rules@" + Version

// push goes on from a state, which is the caller's own copy, by an edge.
func (w *ways) push(st *state, from, to int, e *fold.Edge) {
	st.cost += e.Cost
	st.tier = max(st.tier, e.Tier)
	w.arrive(st, &link{before: st.path, from: int32(from), to: int32(to), edge: e})
}

// arrive adds a state where it has come to, unless the same reading is there already for less.
func (w *ways) arrive(st *state, by *link) {
	w.left--
	l, off := w.lattice, int(by.to)-w.start
	most := int(st.letters) + int(w.d.plain.deepest[st.node])
	if off >= window || st.cost > fold.MostPerLetter*fold.Cost(most) || st.letters > 200 {
		return
	}
	states := l.at[off]
	for n := range states {
		if o := &states[n]; o.node == st.node && o.apart == st.apart && o.between == st.between && o.last == st.last &&
			o.masks == st.masks && o.sure == st.sure && o.misread == st.misread {
			if st.tier < o.tier || st.tier == o.tier && st.cost < o.cost {
				o.tier, o.cost, o.path = st.tier, st.cost, l.linked(by)
			}
			return
		}
	}
	if len(states) == mostStates {
		w.bounded = true
		return
	}
	st.path = l.linked(by)
	l.at[off], l.used = append(states, state{}), max(l.used, off)
	l.at[off][len(states)].take(st)
}

// linked keeps a link and gives its number. It goes field by field, as states do: the processor waits for what was
// written a moment ago in pieces to be read as one, and this is done more often than anything else.
func (l *lattice) linked(by *link) int32 {
	l.links = append(l.links, link{})
	to := &l.links[len(l.links)-1]
	to.before, to.from, to.to, to.edge, to.op, to.is = by.before, by.from, by.to, by.edge, by.op, by.is
	return int32(len(l.links) - 1)
}

// take becomes another state.
func (st *state) take(of *state) {
	st.node, st.path, st.cost, st.apart, st.last, st.letters = of.node, of.path, of.cost, of.apart, of.last, of.letters
	st.sure, st.masks, st.misread, st.tier, st.between = of.sure, of.masks, of.misread, of.tier, of.between
}
