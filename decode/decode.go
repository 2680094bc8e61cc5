// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"slices"
	"sync"
	"unicode/utf8"

	"tocsin/decode/fold"
	"tocsin/decode/vocabulary"
)

// MaxSize is the size in bytes of the longest text that is read.
const MaxSize = 4 << 20

// Read reads a text for the entries of the lexicon. What is not UTF-8 in it is passed over. The readings come in the order
// of their places; readings of different entries may overlap.
func (d *Decoder) Read(text string, about About) Result {
	if len(text) > MaxSize || len(d.entries) == 0 {
		return Result{Bounded: len(text) > MaxSize}
	}
	s := &scan{d: d, text: text, picture: about.FromPicture, lattice: spare.Get().(*lattice)}
	defer spare.Put(s.lattice)
	s.run()
	disguised := s.disguised()
	kept := chosen(slices.DeleteFunc(s.found, func(c *candidate) bool { return !s.required(c) || s.thin(c, disguised) }))
	r := Result{Bounded: s.bounded, More: max(0, len(kept)-MaxDecodes)}
	for n := range kept[:min(len(kept), MaxDecodes)] {
		if explained, ok := s.explain(kept, n, about); ok {
			r.Decodes = append(r.Decodes, explained)
		}
	}
	return r
}

// spare are lattices that nobody uses.
var spare = sync.Pool{New: func() any { return new(lattice) }}

// About is what a caller knows of a text. All of it becomes part of a reading's context.
type About struct {
	Language   string // BCP 47
	DomainType string // of the place it stands at: news, research, …
	// FromPicture says that a program read the text off a picture: letters that such programs take for each other are read
	// for each other (op ocr, T2). Nothing else changes how a text is read.
	FromPicture bool
}

// explain makes the record of a candidate among those kept.
func (s *scan) explain(kept []*candidate, n int, about About) (Decode, bool) {
	c := kept[n]
	span, original := Span{c.start, c.end}, s.text[c.start:c.end]
	read, err := apply(s.text, span, c.steps)
	if err != nil || !utf8.ValidString(original) {
		return Decode{}, false // held by FuzzRead; a reading that nobody can repeat is none
	}
	return Decode{Span: span, Original: original, Normalised: read, Path: orEmpty(c.steps), Tier: c.tier, Cost: c.cost,
		Alternatives: s.alternatives(kept, n), Entry: *s.d.entries[c.entry].entry, Context: s.context(c, about),
		Snapshot: s.d.Snapshot(), Tables: s.d.tables.ID() + " " + vocabulary.ID, Decoder: Version, Note: Note}, true
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// mostAlternatives is how many other ways a record lists.
const mostAlternatives = 8

// alternatives are the other ways to read the same part: other entries that end there, and other letters where a step
// chose one.
func (s *scan) alternatives(kept []*candidate, n int) []Alternative {
	c, all := kept[n], []Alternative{}
	for at := n; at > 0 && kept[at-1].start == c.start; at-- {
		all = s.otherwise(all, c, kept[at-1])
	}
	for at := n + 1; at < len(kept) && kept[at].start == c.start; at++ {
		all = s.otherwise(all, c, kept[at])
	}
	for n, step := range c.steps {
		for _, letter := range s.choices(step) {
			if len(all) == mostAlternatives {
				return all
			}
			steps := slices.Clone(c.steps)
			steps[n].To = letter
			if n+1 < len(steps) && steps[n+1].At == step.At && steps[n+1].End == step.End {
				continue // more steps follow at this place
			}
			if read, err := apply(s.text, Span{c.start, c.end}, steps); err == nil {
				all = append(all, Alternative{Reading: read, Cost: c.cost})
			}
		}
	}
	return all
}

// otherwise adds the reading of another entry where it spans the same.
func (s *scan) otherwise(all []Alternative, c, other *candidate) []Alternative {
	if other.end != c.end || len(all) == mostAlternatives {
		return all
	}
	read, err := apply(s.text, Span{c.start, c.end}, other.steps)
	if err != nil {
		return all
	}
	id := s.d.entries[other.entry].entry.ID
	return append(all, Alternative{Entry: &id, Reading: read, Cost: other.cost})
}

// choices are what else a step could have chosen.
func (s *scan) choices(step Step) (letters []string) {
	if step.Op != fold.OpLeet && step.Op != fold.OpConfusable && step.Op != fold.OpOCR {
		return nil
	}
	from := s.text[step.At:step.End]
	add := func(e *fold.Edge) {
		if e.From == from && e.To != step.To && e.To != "" && e.Steps != nil && !slices.Contains(letters, e.To) {
			letters = append(letters, e.To)
		}
	}
	if utf8.RuneCountInString(from) == 1 {
		for i := range s.d.tables.Edges(first(from)) {
			add(&s.d.tables.Edges(first(from))[i])
		}
	}
	for e := range s.d.tables.Long(from) {
		add(e)
	}
	if s.picture {
		for e := range s.d.tables.Misread(from) {
			add(e)
		}
	}
	return letters
}
