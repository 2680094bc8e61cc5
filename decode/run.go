// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/vocabulary"
)

// run is a stretch of letters as far as words explain it.
type run struct {
	letters string // folded
	at      []int  // where each byte of the letters begins in the text; -1 within what one character is read as
	start   int
	place   []int                          // and the other way round, counted from the start
	from    [][]piece                      // what may stand at each place
	before  [states][]vocabulary.Languages // by place: of the words that explain what stands before it
	behind  [states][]vocabulary.Languages // and what stands behind it
}

// What stands before a place. Endings of words are words, too, and so are single letters: behind a form a word has three
// letters, in Cyrillic four, or a longer one follows it, as it does a letter that stands alone.
const (
	afterWord = iota
	afterForm
	afterLetter
	states
)

const (
	fewestBehind    = 3
	fewestBehindCyr = 4 // Russian endings are longer
	fewestBesideOne = 3
	fewestWord      = 2
)

func (s *scan) runOf(start, end int, hits []hit) *run {
	r := &run{start: start, place: make([]int, end-start+1), at: make([]int, 0, end-start+1)}
	var b strings.Builder
	b.Grow(end - start)
	for i := start; i < end; {
		if c := s.text[i]; c < utf8.RuneSelf {
			r.place[i-start], r.at = b.Len(), append(r.at, i)
			b.WriteByte(lowerASCII(c))
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s.text[i:])
		to := s.d.tables.Edges(c)[0].To
		r.place[i-start] = b.Len()
		for n := range len(to) {
			r.at = append(r.at, i)
			if n > 0 {
				r.at[len(r.at)-1] = -1
			}
		}
		b.WriteString(to)
		i += size
	}
	r.place[end-start] = b.Len()
	r.letters, r.at = b.String(), append(r.at, end)
	r.from = make([][]piece, len(r.letters))
	for _, h := range hits {
		from := r.place[h.from-start]
		r.from[from] = append(r.from[from], piece{end: r.place[h.to-start], in: vocabulary.All})
	}
	r.explain()
	return r
}

// piece is what may stand at a place of a run: a form, a word or a number.
type piece struct {
	end     int
	letters int // 0 of a form
	in      vocabulary.Languages
	other   bool // of Cyrillic
}

// pieces finds the words and numbers that may stand at a place.
func (r *run) pieces(i int) {
	if end := r.numberEnd(i); end-i >= fewestWord {
		r.from[i] = append(r.from[i], piece{end: end, letters: fewestBehindCyr, in: vocabulary.All})
	}
	cyrillic := unicode.Is(unicode.Cyrillic, first(r.letters[i:]))
	for n, in := range vocabulary.Prefixes(r.letters[i:]) {
		if r.at[i+n] >= 0 {
			r.from[i] = append(r.from[i], piece{i + n, utf8.RuneCountInString(r.letters[i : i+n]), in, cyrillic})
		}
	}
}

// next tells what stands before the place behind a piece, given what stands before the piece; less than 0 where the piece
// cannot stand there.
func (p *piece) next(after int) int {
	fewest := fewestWord
	switch {
	case p.letters == 0:
		return afterForm
	case after == afterForm && p.other:
		fewest = fewestBehindCyr
	case after == afterForm:
		fewest = fewestBehind
	case after == afterLetter:
		fewest = fewestBesideOne
	}
	switch {
	case p.letters >= fewest:
		return afterWord
	case p.letters == 1 && after == afterWord, p.letters > 1 && after == afterForm:
		return afterLetter // something longer follows
	}
	return -1
}

// numberEnd is where a number ends that begins at a place: it is as good as a word.
func (r *run) numberEnd(i int) int {
	digit := func(i int) bool { return i >= 0 && i < len(r.letters) && r.letters[i] >= '0' && r.letters[i] <= '9' }
	end := i
	for digit(end) && (end > i || !digit(i-1)) {
		end++
	}
	return end
}

// explain finds for each place whether words lead there from the beginning, and from there to the end.
func (r *run) explain() {
	n := len(r.letters)
	all := make([]vocabulary.Languages, 2*states*(n+1)) // in one piece
	for state := range states {
		r.before[state], all = all[:n+1], all[n+1:]
		r.behind[state], all = all[:n+1], all[n+1:]
	}
	r.before[afterWord][0] = vocabulary.All
	r.behind[afterWord][n], r.behind[afterForm][n] = vocabulary.All, vocabulary.All
	for i := range n {
		if r.before[afterWord][i]|r.before[afterForm][i]|r.before[afterLetter][i] == 0 {
			r.from[i] = nil // nothing leads there
			continue
		}
		r.pieces(i)
		for _, p := range r.from[i] {
			for state := range states {
				if next := p.next(state); next >= 0 {
					r.before[next][p.end] |= r.before[state][i] & p.in
				}
			}
		}
	}
	for i := n - 1; i >= 0; i-- {
		for _, p := range r.from[i] {
			for state := range states {
				if next := p.next(state); next >= 0 {
					r.behind[state][i] |= p.in & r.behind[next][p.end]
				}
			}
		}
	}
}

// explained gives the languages whose words explain all that stands beside a form.
func (r *run) explained(from, to int) (in vocabulary.Languages) {
	for state := range states {
		in |= r.before[state][r.place[from-r.start]]
	}
	return in & r.behind[afterForm][r.place[to-r.start]]
}

// split sets the words between two places apart, as few as may be, and gives where each ends. to is the end of the run or
// the beginning of a form.
func (r *run) split(from, to, after int, in vocabulary.Languages) (ends []int) {
	type way struct{ words, end, state int }
	best := make([][states]way, to-from+1)
	for i := to - 1; i >= from; i-- {
		for state := range states {
			own := &best[i-from][state]
			for _, p := range r.from[i] {
				next := p.next(state)
				if next < 0 || p.end > to || p.in&in == 0 || p.end == len(r.letters) && next == afterLetter {
					continue
				}
				rest := 0
				if p.end < to {
					if rest = best[p.end-from][next].words; rest == 0 {
						continue // nothing leads on from there
					}
				}
				if own.words == 0 || rest+1 < own.words {
					*own = way{rest + 1, p.end, next}
				}
			}
		}
	}
	for i := from; i < to; {
		w := best[i-from][after]
		if w.words == 0 {
			return ends // held by explained
		}
		ends, i, after = append(ends, w.end), w.end, w.state
	}
	return ends
}

// wordsAround are the words of the run that a reading stands in, set apart; "" where it stands in none.
func (s *scan) wordsAround(c *candidate) string {
	if c.run.End == 0 {
		return ""
	}
	if s.lastRun != c.run { // readings of one run follow each other
		s.credit = mostCredit // for what was found once
		s.lastRun, s.explained = c.run, s.runOf(c.run.Start, c.run.End, s.hitsIn(s.within(c.run.Start), c.run.Start, c.run.End))
	}
	r := s.explained
	in := r.explained(c.start, c.end)
	in &= -in // of several languages, the first
	from, to := r.place[c.start-r.start], r.place[c.end-r.start]
	ends := append(r.split(0, from, afterWord, in), to)
	ends = append(ends, r.split(to, len(r.letters), afterForm, in)...)
	var b strings.Builder
	at := c.run.Start
	for _, end := range ends {
		if at > c.run.Start {
			b.WriteByte(' ')
		}
		b.WriteString(s.text[at:r.at[end]])
		at = r.at[end]
	}
	return b.String()
}
