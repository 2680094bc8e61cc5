// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"strings"
	"time"
	"unicode/utf8"

	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// Decoder reads for the entries of one snapshot. It never changes and may be used by many at once; to read by another
// snapshot make another and put it in its place.
type Decoder struct {
	tables   *fold.Tables
	snapshot *lexicon.Snapshot
	entries  []reads
	wanted   wanted // what they require
	plain    *trie  // forms as they are
	edited   *trie  // forms with one letter left out, or two that changed places
	slips    shapes // of these
	phrases  *trie  // forms of several words, without the spaces
	tagged   *trie  // these, and words that are long enough to be read inside a hashtag
	// resembling are the letters of other scripts that those of ASCII look like.
	resembling [0x80][]fold.Edge
	resembles  bool // there are any
	ascii      [utf8.RuneSelf]asciiWays
	low        *[fold.TwoBytes]fold.Plain
}

// reads is an entry as it is read for.
type reads struct {
	entry    *lexicon.Entry
	tiers    [fold.Tiers]bool
	contexts []lexicon.Context
	counter  []string // folded counter-examples
}

// fewestEdited is the fewest letters of an entry that is read in spite of an edit or a mask (gate G3).
const fewestEdited = 6

// mostEdited is the most letters of a form that is read in spite of an edit: each letter more is two forms more.
const mostEdited = 40

// New makes a decoder of the entries that are current on a day.
func New(s *lexicon.Snapshot, tables *fold.Tables, day time.Time) *Decoder {
	d := &Decoder{tables: tables, snapshot: s, low: tables.Low()}
	var plain, edited, phrases, tagged []word
	for i := range s.Entries {
		e := &s.Entries[i]
		if !e.Current(day) {
			continue
		}
		n := int32(len(d.entries))
		d.entries = append(d.entries, newReads(e))
		for _, f := range e.Forms {
			plain = append(plain, wordsOf(e, n, f)...)
			if one, several, ok := joinedOf(e, n, f); ok {
				tagged = append(tagged, one)
				if several {
					phrases = append(phrases, one)
				}
			}
			if e.Allows(fold.T4) && f.Kind.Tier() == fold.T0 {
				edited = append(edited, editsOf(n, []rune(f.Letters()))...)
			}
		}
	}
	d.plain, d.edited, d.wanted = newTrie(plain), newTrie(edited), wantedOf(d.entries)
	for _, w := range edited {
		d.slips.add(w.text)
	}
	d.phrases, d.tagged = newTrie(phrases), newTrie(tagged)
	d.resemble()
	d.knowASCII()
	return d
}

// Lexicon is the snapshot that is read by, with those of its entries that are not current.
func (d *Decoder) Lexicon() *lexicon.Snapshot { return d.snapshot }

// resemble finds the letters of the lexicon that ones of ASCII look like: a word of another script may be disguised
// with them.
func (d *Decoder) resemble() {
	for c := byte('A'); c <= 'z'; c++ {
		for _, letter := range d.plain.letters[1:] {
			if letter < utf8.RuneSelf {
				continue
			}
			if e, ok := d.tables.Resembling(rune(c), letter); ok {
				d.resembling[c], d.resembles = append(d.resembling[c], e), true
			}
		}
	}
}

func newReads(e *lexicon.Entry) reads {
	r := reads{entry: e}
	for _, t := range e.Tiers {
		r.tiers[t] = true
	}
	for _, text := range e.RequiredContext {
		if c, err := lexicon.ParseContext(text); err == nil {
			for i, phrase := range c.Words {
				c.Words[i] = plainWords(phrase)
			}
			r.contexts = append(r.contexts, c)
		}
	}
	for _, text := range e.CounterExamples {
		r.counter = append(r.counter, strings.TrimSpace(lettersOf(text)))
	}
	return r
}

func wordsOf(e *lexicon.Entry, n int32, f lexicon.Form) []word {
	letters := []rune(f.Letters())
	end := terminal{entry: n, tier: f.Kind.Tier(), letter: int16(countLetters(letters))}
	all := []word{{letters, end}}
	for _, v := range e.Variants(f) {
		end.tier = max(f.Kind.Tier(), fold.T2)
		all = append(all, word{[]rune(v), end})
	}
	return all
}

// editsOf are a form with each of its letters left out, and each two neighbours changed. The first letter stays: what
// begins otherwise is another word too often.
func editsOf(n int32, letters []rune) (all []word) {
	if n := countLetters(letters); n < fewestEdited || n > mostEdited {
		return nil
	}
	for i := 1; i < len(letters); i++ {
		if letters[i] == ' ' || letters[i-1] == ' ' {
			continue
		}
		end := terminal{entry: n, tier: fold.T4, letter: int16(countLetters(letters)), at: int16(i)}
		end.edit = &fold.Step{Op: fold.OpEdit, To: string(letters[i])}
		if letters[i] != letters[i-1] { // leaving out either of a pair is the same
			all = append(all, word{append(append([]rune{}, letters[:i]...), letters[i+1:]...), end})
		}
		if i+1 < len(letters) && letters[i] != letters[i+1] && letters[i+1] != ' ' {
			swapped := append([]rune{}, letters...)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			end.edit = &fold.Step{Op: fold.OpEdit, From: string(swapped[i : i+2]), To: string(letters[i : i+2])}
			all = append(all, word{swapped, end})
		}
	}
	return append(all, inverted(n, letters)...)
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Snapshot is the digest of the lexicon it reads for.
func (d *Decoder) Snapshot() string { return d.snapshot.Digest() }
