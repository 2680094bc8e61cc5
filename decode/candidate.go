// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// candidate is a reading that led to the end of a form.
type candidate struct {
	start, end int
	entry      int32
	form       *terminal
	steps      []Step
	tier       fold.Tier
	cost       fold.Cost
	sure       int // letters that can be read no other way
	masks      int
	apart      rune
	pictures   bool // a pictograph was read as a letter
	joined     bool // it stands inside a hashtag, or a run of letters
	run        Span // of letters, where common words explain the rest of it
	misread    int  // letters that a program is said to have taken for others
	long       bool // characters were read as a letter that stand for one only in T3
}

// copied is a candidate that goes on by itself.
func (c candidate) copied() candidate {
	c.steps = slices.Clone(c.steps)
	return c
}

// take adds the steps of an edge.
func (c *candidate) take(from, to int, e *fold.Edge) {
	for _, s := range e.Steps {
		c.steps = append(c.steps, Step{At: from, End: to, From: s.From, To: s.To, Op: s.Op, Source: s.Source})
		c.pictures = c.pictures || s.Op == fold.OpEmoji
		if s.Op == fold.OpOCR {
			c.misread++
		}
	}
	c.tier, c.cost, c.long = max(c.tier, e.Tier), c.cost+e.Cost, c.long || e.Tier == fold.T3
}

// made adds a step that no table holds.
func (c *candidate) made(from, to int, s fold.Step) {
	c.steps = append(c.steps, Step{At: from, End: to, From: s.From, To: s.To, Op: s.Op, Source: s.Source})
}

// trim leaves out what was read as nothing at the end, and is no part of what is read.
func (c *candidate) trim(s *scan) {
	for n := len(c.steps); n > 0; n-- {
		last := c.steps[n-1]
		if last.Op != fold.OpInvisible || last.End != c.end {
			return
		}
		c.steps, c.end = c.steps[:n-1], last.At
	}
}

// How many readings of a text come before the gates: so many at first, one more for so many bytes, and never more than so
// many. People write less; what is behind is not read, and the answer says so.
const (
	triesAtFirst = 1 << 12
	bytesPerTry  = 16
	mostTries    = 1 << 17
)

// keep adds a candidate for what ends where it ends, if no gate is in its way.
func (s *scan) keep(c candidate, t *terminal) {
	if s.tries == 0 {
		s.bounded = true
		return
	}
	s.tries--
	c.entry, c.form = t.entry, t
	c.tier = max(c.tier, t.tier)
	r := &s.d.entries[t.entry]
	switch as := s.written(r, s.text[c.start:c.end]); {
	case c.tier == fold.T1 && as:
		c.tier, c.steps, c.cost = t.tier, nil, 0
	case c.tier == fold.T0 && !as:
		c.tier = fold.T1 // folded on both sides
	}
	if !r.tiers[c.tier] || c.cost > fold.MostPerLetter*fold.Cost(t.letter) || !s.passes(&c) {
		return
	}
	s.store(&c)
}

// keepAll adds a candidate for each of the forms that end where it ends.
func (s *scan) keepAll(c candidate, forms []terminal) {
	for i := range forms {
		s.keep(c, &forms[i])
		if s.tries == 0 {
			s.bounded = s.bounded || i+1 < len(forms)
			return
		}
	}
}

// written reports whether a text is a form as it stands in the lexicon.
func (s *scan) written(r *reads, text string) bool {
	for _, f := range r.entry.Forms {
		if f.Text == text {
			return true
		}
	}
	return false
}

// better orders two readings of one entry that overlap: what is nearer to what is written goes first.
func better(a, b *candidate) int {
	if order := cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.cost, b.cost), cmp.Compare(b.end-b.start, a.end-a.start),
		cmp.Compare(a.start, b.start)); order != 0 {
		return order
	}
	return slices.CompareFunc(a.steps, b.steps, compareSteps)
}

func compareSteps(a, b Step) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.End, b.End), strings.Compare(a.To, b.To),
		strings.Compare(string(a.Op), string(b.Op)))
}

// chosen are the best readings: of those of one entry that overlap, one.
func chosen(found []*candidate) (kept []*candidate) {
	slices.SortFunc(found, func(a, b *candidate) int {
		if order := cmp.Or(cmp.Compare(a.entry, b.entry), cmp.Compare(a.start, b.start)); order != 0 {
			return order
		}
		return better(a, b)
	})
	for from := 0; from < len(found); {
		to, end := from+1, found[from].end
		for to < len(found) && found[to].entry == found[from].entry && found[to].start < end {
			end = max(end, found[to].end)
			to++
		}
		kept = append(kept, apartFromEachOther(found[from:to])...)
		from = to
	}
	slices.SortFunc(kept, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.entry, b.entry))
	})
	return kept
}

// apartFromEachOther picks from readings that touch each other, the better ones first.
func apartFromEachOther(found []*candidate) (kept []*candidate) {
	if len(found) == 1 {
		return found
	}
	slices.SortFunc(found, better)
	from, end := found[0].start, found[0].end
	for _, c := range found {
		from, end = min(from, c.start), max(end, c.end)
	}
	taken := make([]bool, end-from) // a byte of what is kept: comparing each with all others takes too long
	for _, c := range found {
		if span := taken[c.start-from : c.end-from]; !slices.Contains(span, true) {
			kept = append(kept, c)
			for i := range span {
				span[i] = true
			}
		}
	}
	return kept
}

// edits reads a word, each character in the plainest way, for the forms with an edit.
func (s *scan) edits(start, end int) {
	t, node := s.d.edited, int32(0)
	for i := start; i < end; {
		if c := s.text[i]; c < utf8.RuneSelf {
			node = t.step(node, t.ascii[c])
			i++
		} else if low := s.lowAt(i); low != nil && low.To != 0 {
			node = t.step(node, t.number(low.To))
			i += 2
		} else {
			r, size := utf8.DecodeRuneInString(s.text[i:])
			if letters := s.d.tables.Edges(r)[0].To; letters != "" {
				node = t.spell(node, letters)
			}
			i += size
		}
		if node == dead {
			return
		}
	}
	if t.out[node] < 0 {
		return
	}
	ends := s.letterEnds(start, end)
	forms := t.ended(node)
	for i := range forms {
		s.keepEdit(start, end, ends, &forms[i])
	}
}

// letterEnds is where each folded letter of a word ends.
func (s *scan) letterEnds(start, end int) (ends []int) {
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		i += size
		for range utf8.RuneCountInString(s.d.tables.Edges(r)[0].To) {
			ends = append(ends, i)
		}
	}
	return ends
}

// within reports whether the letters before and after a place are read from one character.
func within(ends []int, at int) bool { return at < len(ends) && ends[at-1] == ends[at] }

func (s *scan) keepEdit(start, end int, ends []int, form *terminal) {
	c := candidate{start: start, end: end, cost: fold.CostEdit, tier: fold.T4, steps: s.room.empty()}
	if form.edit.Op == fold.OpInversion {
		c.made(start, end, fold.Step{Op: fold.OpInversion, From: s.text[start:end], To: form.edit.To, Source: rules})
		s.keep(c, form)
		return
	}
	at, n := int(form.at), utf8.RuneCountInString(form.edit.From)
	if within(ends, at) || within(ends, at+n) {
		return // one character is read as the letters on either side: there is no place between them
	}
	from, to := ends[at-1], ends[at+n-1] // the same where a letter was left out
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if i == from {
			c.made(from, to, fold.Step{Op: fold.OpEdit, From: s.text[from:to], To: form.edit.To, Source: rules})
		}
		if i < from || i >= to {
			c.take(i, i+size, &s.d.tables.Edges(r)[0])
		}
		i += size
	}
	if from == end {
		c.made(from, to, fold.Step{Op: fold.OpEdit, To: form.edit.To, Source: rules})
	}
	s.keep(c, form)
}
