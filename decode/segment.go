// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"unicode/utf8"

	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// insideRun reads the forms that stand within a run of letters, where the rest of it is common words of one language: forms
// of several words, and in a hashtag words of eight letters and more.
func (s *scan) insideRun(start, end int) {
	t := s.within(start)
	if len(t.ends) == 0 || end-start < t.shortest+leastBeside || end-start >= window ||
		utf8.RuneCountInString(s.text[start:end]) < t.shortest+leastBeside {
		return
	}
	hits := s.hitsIn(t, start, end)
	if len(hits) == 0 {
		return
	}
	r := s.runOf(start, end, hits)
	s.spend(8*len(r.letters) + len(hits))
	for _, h := range hits {
		if r.explained(h.from, h.to) == 0 {
			continue
		}
		forms := t.ended(h.node)
		for i := range forms {
			s.keepInside(h, &forms[i], Span{start, end})
		}
	}
}

// within are the forms that are looked for in a run that begins at a place.
func (s *scan) within(start int) *trie {
	if start > 0 && s.text[start-1] == '#' {
		return s.d.tagged
	}
	return s.d.phrases
}

// leastBeside is the fewest letters of what else stands in a run.
const leastBeside = 2

// hit is a form that stands somewhere in a run.
type hit struct {
	from, to int // bytes of the text
	node     int32
}

func (s *scan) hitsIn(t *trie, start, end int) (hits []hit) {
	for i := start; i < end; {
		hits = s.hitsFrom(hits, t, i, Span{start, end})
		_, size := utf8.DecodeRuneInString(s.text[i:])
		i += size
	}
	return hits
}

// hitsFrom adds the forms that begin at a place within a run and are not all of it.
func (s *scan) hitsFrom(hits []hit, t *trie, start int, run Span) []hit {
	node := int32(0)
	for i := start; i < run.End; {
		if c := s.text[i]; c < utf8.RuneSelf { // of a run: a letter or a digit
			node = t.step(node, t.ascii[c])
			i++
		} else if low := s.lowAt(i); low != nil && low.To != 0 {
			node = t.step(node, t.number(low.To))
			i += 2
		} else {
			r, size := utf8.DecodeRuneInString(s.text[i:])
			to := s.d.tables.Edges(r)[0].To
			i += size
			if to == "" {
				if node == 0 {
					return hits // nothing begins with what shows nothing
				}
				continue
			}
			node = t.spell(node, to)
		}
		if node == dead {
			return hits
		}
		if s.spend(1); s.credit == 0 {
			s.bounded = true
			return hits
		}
		if t.out[node] >= 0 && (start > run.Start || i < run.End) {
			hits = append(hits, hit{start, i, node})
		}
	}
	return hits
}

// keepInside keeps a form that stands within a run.
func (s *scan) keepInside(h hit, form *terminal, run Span) {
	c := candidate{start: h.from, end: h.to, cost: fold.CostJoin, joined: true, run: run, steps: s.room.empty()}
	letters, gaps := 0, form.gaps
	for i := h.from; i < h.to; {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		e := &s.d.tables.Edges(r)[0]
		if e.To != "" && len(gaps) > 0 && letters >= int(gaps[0]) {
			if letters > int(gaps[0]) {
				return // one character is read as the letters on either side of the space
			}
			c.made(i, i, fold.Step{Op: fold.OpJoin, To: " ", Source: rules})
			c.cost += fold.CostJoin
			gaps = gaps[1:]
		}
		c.take(i, i+size, e)
		letters += utf8.RuneCountInString(e.To)
		i += size
	}
	if len(gaps) == 0 {
		c.tier = fold.T3
		s.keep(c, form)
	}
}

// joinedOf is a form without its spaces, as it is looked for in runs of letters.
func joinedOf(e *lexicon.Entry, n int32, f lexicon.Form) (w word, several, ok bool) {
	if !e.Allows(fold.T3) || f.Kind.Tier() != fold.T0 {
		return word{}, false, false
	}
	letters := []rune(f.Letters())
	w.end = terminal{entry: n, tier: fold.T3, letter: int16(countLetters(letters))}
	for _, r := range letters {
		if r == ' ' {
			w.end.gaps = append(w.end.gaps, int16(len(w.text)))
			continue
		}
		w.text = append(w.text, r)
	}
	several = len(w.end.gaps) > 0
	return w, several, several || len(w.text) >= fewestJoined
}
