// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Tables are all ways to read characters. They never change; make them once.
type Tables struct {
	id    string
	looks map[rune][]proto // what each character looks like
	leet  map[rune][]Edge
	long  [256][]Edge     // by first byte, the longest first
	stand [0x80]bool      // what of ASCII may stand for a letter
	emoji map[rune][]Edge // by first character, the longest first
	// misread are what a program takes letters for that reads pictures; by first character, the longest first.
	misread map[rune][]Edge
	pages   [pages]atomic.Pointer[page]

	lowOnce sync.Once
	low     [TwoBytes]Plain
}

type proto struct{ to, source string }

// page is what is known of 256 characters in a row, made when one of them is first met.
type page struct {
	edges [256][]Edge
	class [256]Class
}

const pages = (unicode.MaxRune + 1) / 256

// Class is what a character is to somebody who looks for words.
type Class uint8

// The classes.
const (
	Symbol  Class = iota
	Letter        // letters, digits, and what is read as one in T1
	Space         // white space
	Nothing       // invisible, or a mark on what stands before it
)

// New reads the tables that are built in.
func New() *Tables { return must(load(builtIn)) }

// ID names the tables and their versions, and Unicode's: two readers with the same read alike.
func (t *Tables) ID() string { return t.id }

// Edges are all ways to read one character alone, the plainest first; the first may read as nothing. Nobody may
// change them.
func (t *Tables) Edges(r rune) []Edge { return t.page(r).edges[r&0xFF] }

// Longs are the ways to read a character of ASCII and what follows it as one letter, the longest first. Nobody may change
// them.
func (t *Tables) Longs(c byte) []Edge { return t.long[c] }

// Class is that of a character by the plainest way to read it.
func (t *Tables) Class(r rune) Class { return t.page(r).class[r&0xFF] }

func (t *Tables) page(r rune) *page {
	at := &t.pages[r>>8]
	if p := at.Load(); p != nil {
		return p
	}
	p := &page{}
	for i := range p.edges {
		p.edges[i] = t.edges(r&^0xFF + rune(i))
		p.class[i] = classOf(r&^0xFF+rune(i), p.edges[i][0].To)
	}
	at.CompareAndSwap(nil, p)
	return p
}

// Letters is what a text is without case, width, marks and what shows nothing, as [Letters] finds it, sooner.
func (t *Tables) Letters(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		b.WriteString(t.Edges(r)[0].To)
	}
	return b.String()
}

func classOf(r rune, to string) Class {
	switch {
	case unicode.IsSpace(r):
		return Space
	case to == "":
		return Nothing
	case afterWords(r):
		return Symbol
	case strings.ContainsFunc(to, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }):
		return Letter
	}
	return Symbol
}

// afterWords reports whether a character is set after a word and is no part of it, letters though it folds to: the signs of
// trade marks, and the raised digits of footnotes.
func afterWords(r rune) bool {
	return strings.ContainsRune("™℠¹²³⁰⁴⁵⁶⁷⁸⁹", r)
}

func (t *Tables) edges(r rune) []Edge {
	first := plainly(r)
	all := []Edge{first}
	if r >= 0x80 {
		all = t.alike(all, r, first)
	}
	return append(all, t.leet[r]...)
}

// alike adds what a character looks like: it, its compatibility form, and either in lower case.
func (t *Tables) alike(all []Edge, r rune, plain Edge) []Edge {
	for cut := 0; cut <= len(plain.Steps); cut++ {
		e := Edge{From: plain.From}
		for _, s := range plain.Steps[:cut] {
			e.stepFrom(s.Source, s.Op, s.To, costOf(s.Op))
		}
		seen, single := oneRune(e.last())
		if !single || seen < 0x80 {
			continue
		}
		for _, p := range t.looks[seen] {
			all = addAlike(all, e, p)
			if next, single := oneRune(p.to); single && next >= 0x80 { // a prototype may look like something in turn
				e := e
				e.Steps = slices.Clone(e.Steps)
				e.stepFrom(p.source, OpConfusable, p.to, CostConfusable)
				for _, p := range t.looks[next] {
					all = addAlike(all, e, p)
				}
			}
		}
	}
	return all
}

func costOf(op Op) Cost {
	if op == OpEnclosed || op == OpWidth || op == OpCompat {
		return CostCompat
	}
	return 0
}

func addAlike(all []Edge, e Edge, p proto) []Edge {
	e.Steps = slices.Clone(e.Steps)
	e.stepFrom(p.source, OpConfusable, p.to, CostConfusable)
	e.finish()
	if e.To == "" || !strings.ContainsFunc(e.To, unicode.IsLetter) ||
		slices.ContainsFunc(all, func(other Edge) bool { return other.To == e.To }) {
		return all
	}
	return append(all, e)
}

func oneRune(text string) (r rune, single bool) {
	for i, c := range text {
		if i > 0 {
			return 0, false
		}
		r, single = c, true
	}
	return r, single
}

// Long are the ways to read several characters at the beginning of a text as one letter, the longest first. Nobody may
// change them.
func (t *Tables) Long(text string) iter.Seq[*Edge] {
	return func(yield func(*Edge) bool) {
		if text == "" || len(t.long[text[0]]) == 0 {
			return
		}
		edges := t.long[text[0]]
		for i := range edges {
			if from := edges[i].From; len(text) >= len(from) && text[len(from)-1] == from[len(from)-1] && text[:len(from)] == from && !yield(&edges[i]) {
				return
			}
		}
	}
}

// BeginsLong reports whether [Tables.Long] finds something at the beginning of a text.
func (t *Tables) BeginsLong(text string) bool {
	if text == "" || len(t.long[text[0]]) == 0 {
		return false
	}
	for range t.Long(text) {
		return true
	}
	return false
}

// Stands reports whether a character that is no letter may stand for one.
func (t *Tables) Stands(r rune) bool {
	if r < 0x80 {
		return t.stand[r]
	}
	return len(t.leet[r]) > 0
}

// Pictographs are the ways to read the pictographs at the beginning of a text as letters.
func (t *Tables) Pictographs(text string) (all []Edge) {
	r, _ := utf8.DecodeRuneInString(text)
	for _, e := range t.emoji[r] {
		if strings.HasPrefix(text, e.From) {
			all = append(all, e)
		}
	}
	return all
}

// Resembling are the letters of a script of which somebody may have written the letter of ASCII instead. They are used
// only where a word mixes scripts: a word all of ASCII is what it is.
func (t *Tables) Resembling(r rune, letter rune) (Edge, bool) {
	for _, p := range t.looks[letter] {
		if lowered(p.to) == lowered(string(r)) {
			e := Edge{From: string(r)}
			e.stepFrom(p.source, OpConfusable, string(letter), CostConfusable)
			return e, true
		}
	}
	return Edge{}, false
}

// versions of what is computed rather than read.
func computed() []string {
	return []string{"nfkc@" + norm.Version, sourceUnicode}
}
