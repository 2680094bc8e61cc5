// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode/utf8"

	"tocsin/decode/fold"
)

// plainWalk reads a word, and the words after it while a form goes on, each character in the plainest way.
type plainWalk struct {
	*scan
	start   int
	node    int32
	last    uint16 // the letter read last
	letters int
	odd     bool // a character has other ways to be read
}

// word walks down from the beginning of a word and returns where its letters end.
func (s *scan) word(start int) int {
	end := s.wordItself(start)
	s.insideRun(start, end)
	if len(s.d.edited.ends) > 0 && end-start < window && s.literal != (Span{start, end}) && s.d.slips.has(s.text[start:end]) {
		s.edits(start, end)
	}
	return end
}

// wordItself reads what begins where a word begins.
func (s *scan) wordItself(start int) int {
	if s.picture { // any letter may have been taken for another: the plainest way tells nothing
		s.from(start)
		return s.runEnd(start)
	}
	p := plainWalk{scan: s, start: start}
	at, alive := p.letterRun(start)
	end := at
	if !alive {
		end = s.runEnd(at)
		p.died(at, end)
	}
	for next := at; alive && next-start < window; {
		if next = p.gap(at); next < 0 {
			break
		}
		if at, alive = p.letterRun(next); !alive {
			p.died(at, s.runEnd(at))
		}
	}
	return end
}

// letterRun walks through letters, and returns where they end or the first that no form goes on with.
func (p *plainWalk) letterRun(i int) (at int, alive bool) {
	t, node := p.d.plain, p.node
	for i < len(p.text) {
		if p.text[i] >= utf8.RuneSelf {
			low := p.lowAt(i)
			if low == nil || low.Class != fold.Letter || low.To == 0 {
				p.node = node
				return p.otherRun(i)
			}
			letter := t.number(low.To)
			next := t.step(node, letter)
			if next == dead {
				p.node = node
				return i, false
			}
			node, p.last, p.odd = next, letter, p.odd || low.Odd
			p.letters++
			i += 2
			continue
		}
		if asciiClass[p.text[i]] != fold.Letter {
			p.node = node
			return i, true
		}
		letter := p.d.plain.ascii[p.text[i]]
		next := t.step(node, letter)
		if next == dead {
			p.node = node
			return i, false
		}
		node, p.last = next, letter
		p.letters++
		i++
	}
	p.node = node
	return i, true
}

// otherRun goes on where something is not ASCII.
func (p *plainWalk) otherRun(i int) (at int, alive bool) {
	r, size := utf8.DecodeRuneInString(p.text[i:])
	class := p.d.tables.Class(r)
	if class == fold.Nothing && i > p.start {
		if i+size-p.start > window {
			return i, false
		}
		return p.letterRun(i + size)
	}
	if class != fold.Letter {
		return i, true
	}
	edges := p.d.tables.Edges(r)
	next := p.d.plain.spell(p.node, edges[0].To)
	if next == dead {
		return i, false
	}
	p.node, p.last = next, p.d.plain.spelled(edges[0].To)
	p.letters++
	p.odd = p.odd || len(edges) > 1
	return p.letterRun(i + size)
}

// gap is what comes after a word: the end of a form, the space within one, or something that may be read otherwise.
// It returns where to go on, or less than 0.
func (p *plainWalk) gap(i int) int {
	if p.d.plain.out[p.node] >= 0 {
		p.accept(i)
	}
	more := p.d.plain.first[p.node] < p.d.plain.first[p.node+1]
	if !more || i == len(p.text) {
		if p.odd && p.alike(i) {
			p.from(p.start)
		}
		return -1
	}
	space := p.d.plain.step(p.node, p.d.plain.blank)
	if p.text[i] == ' ' && space != dead && !p.odd && p.letters > 1 && p.letterAfter(i+1) {
		p.node, p.last = space, 0
		return i + 1
	}
	if p.odd && p.alike(i) || space != dead || p.disguised(i) {
		p.from(p.start)
	}
	return -1
}

// disguised reports whether what comes after a living walk may be a letter, hide one, or set two apart.
func (p *plainWalk) disguised(i int) bool {
	r, size := utf8.DecodeRuneInString(p.text[i:])
	switch {
	case r == utf8.RuneError && size == 1:
		return false
	case p.letters == 1 && p.setApart(i, size):
		return true
	case r == ' ':
		return false
	case p.d.plain.spell(p.node, p.d.tables.Edges(r)[0].To) != dead:
		return true
	case r >= utf8.RuneSelf:
		return p.d.tables.Stands(r) || len(p.d.tables.Pictographs(p.text[i:])) > 0
	}
	hides := masks(r) && (p.letterAfter(i+1) || i+1 < len(p.text) && masks(rune(p.text[i+1])))
	return hides || p.d.tables.Stands(r) || p.d.tables.BeginsLong(p.text[i:])
}

// setApart reports whether the separator at a place stands again after one more letter.
func (p *plainWalk) setApart(i, size int) bool {
	separator, after := p.text[i:i+size], p.text[i+size:]
	for n := 0; n < len(after) && n < 24; { // marks may follow the one, and symbols make one up
		if n > 0 && after[n] < utf8.RuneSelf && asciiClass[after[n]] == fold.Letter {
			return false
		}
		_, next := utf8.DecodeRuneInString(after[n:])
		n += next
		if len(after) >= n+size && after[n:n+size] == separator {
			return true
		}
	}
	return false
}

// died decides whether a walk that ended among letters is worth another look: a letter once more, a digit, a look-alike.
func (p *plainWalk) died(i, end int) {
	c := p.text[i]
	again := false
	if c < utf8.RuneSelf {
		again = p.last != 0 && p.d.plain.ascii[c] == p.last || c >= '0' && c <= '9' || p.longAround(i)
	} else {
		r, _ := utf8.DecodeRuneInString(p.text[i:])
		edges := p.d.tables.Edges(r)
		again = p.last != 0 && p.d.plain.spelled(edges[0].To) == p.last
		p.odd = p.odd || len(edges) > 1
	}
	if again || p.d.plain.step(p.node, p.d.plain.blank) != dead || p.alike(end) {
		p.from(p.start)
	}
}

// longAround reports whether characters that may be one letter begin at a place or just before it.
func (p *plainWalk) longAround(i int) bool {
	const before = 2 // of the three letters that one is written with at the most
	for at := max(p.start, i-before); at <= i; at++ {
		if c := p.text[at]; (c >= utf8.RuneSelf || len(p.d.ascii[c].long) > 0) && p.d.tables.BeginsLong(p.text[at:]) {
			return true
		}
	}
	return false
}

// alike reports whether look-alikes may lead from the beginning of a word to a form: forms are of one script, so that
// either the word mixes scripts or its first letter already looks like one that a form begins with.
func (p *plainWalk) alike(end int) bool {
	if p.text[p.start] < utf8.RuneSelf {
		return (p.odd || p.d.resembles) && p.mixed(p.start, end)
	}
	if !p.odd {
		return p.d.resembles && p.mixed(p.start, end)
	}
	return p.leads(0, p.start, lookedAhead) || p.mixed(p.start, end)
}

// lookedAhead is how many letters of another script a form must begin with: most words have one or two that look like any.
const lookedAhead = 3

// leads reports whether look-alikes may lead on from a place for some letters.
func (p *plainWalk) leads(node int32, i, letters int) bool {
	if letters == 0 || i == len(p.text) {
		return true
	}
	r, size := utf8.DecodeRuneInString(p.text[i:])
	if i > p.start && (p.d.tables.Class(r) != fold.Letter || p.d.tables.BeginsLong(p.text[i:])) {
		return true // what may be left out, stand for a letter, or end the word
	}
	edges := p.d.tables.Edges(r)
	if node == 0 {
		edges = edges[1:] // the plainest way was gone
	}
	for n := range edges {
		next := p.d.plain.spell(node, edges[n].To)
		if next != dead && (p.leads(next, i+size, letters-1) || p.twice(i, size)) {
			return true
		}
	}
	return false
}

// twice reports whether a character stands twice in a row, so that it may be read once.
func (p *plainWalk) twice(i, size int) bool {
	return len(p.text) >= i+2*size && p.text[i:i+size] == p.text[i+size:i+2*size]
}

// mixed reports whether a word has letters that read as ones of ASCII and others.
func (s *scan) mixed(start, end int) bool {
	var ascii, other bool
	for _, r := range s.text[start:min(end, start+window)] {
		if r < utf8.RuneSelf {
			ascii = ascii || r > '9'
		} else if r < fold.TwoBytes {
			ascii, other = ascii || s.d.low[r].Nature == fold.ASCII, other || s.d.low[r].Nature == fold.Other
		} else if to := s.d.tables.Edges(r)[0].To; to != "" {
			ascii, other = ascii || to[0] < utf8.RuneSelf, other || to[0] >= utf8.RuneSelf
		}
	}
	return ascii && other
}

// accept keeps what a plain walk has read, with the steps of each character.
func (p *plainWalk) accept(end int) {
	for end > p.start { // what shows nothing at the end is no part of it
		r, size := utf8.DecodeLastRuneInString(p.text[:end])
		if !fold.Invisible(r) {
			break
		}
		end -= size
	}
	c := candidate{start: p.start, end: end, steps: p.room.empty()}
	for i := p.start; i < end; {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		if r != ' ' {
			c.take(i, i+size, &p.d.tables.Edges(r)[0])
		}
		i += size
	}
	p.literal = Span{p.start, end}
	p.keepAll(c, p.d.plain.ended(p.node))
}
