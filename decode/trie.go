// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"tocsin/decode/fold"
)

// trie holds the folded forms of a lexicon, a letter an edge. Its letters are numbered; 0 is none of them.
type trie struct {
	low     [0x800]uint16 // number of the first characters
	ascii   [0x80]uint16  // and of ASCII, in either case
	high    map[rune]uint16
	letters []rune // by number
	spelt   []string
	blank   uint16 // the number of the space; 0 when no form has one
	root    []int32
	second  []int32 // where the nodes of the first letters lead: a row a node; nil where there are too many letters
	first   []int32 // of a node's edges; those of node n end where those of n+1 begin
	label   []uint16
	next    []int32
	out     []int32 // into ends; -1 for none
	ends    [][]terminal
	deepest []uint8 // the most letters that may follow
	// shortest is the length of the shortest form, in letters.
	shortest int
}

// terminal is what ends at a node.
type terminal struct {
	entry  int32
	tier   fold.Tier
	letter int16      // how many letters it has
	edit   *fold.Step // what was left out or changed places; nil when nothing
	at     int16      // the letter before which it was
	gaps   []int16    // letters before which a space was left out
}

// word is a form on its way into a trie.
type word struct {
	text []rune
	end  terminal
}

func newTrie(words []word) *trie {
	t := &trie{high: map[rune]uint16{}, letters: []rune{0}}
	for n, w := range words {
		if n == 0 || len(w.text) < t.shortest {
			t.shortest = len(w.text)
		}
		for _, r := range w.text {
			if t.number(r) == 0 {
				t.letters = append(t.letters, r)
				n := uint16(len(t.letters) - 1)
				if r < rune(len(t.low)) {
					t.low[r] = n
				} else {
					t.high[r] = n
				}
			}
		}
	}
	for _, r := range t.letters {
		t.spelt = append(t.spelt, string(r))
	}
	t.blank = t.number(' ')
	for c := range byte(len(t.ascii)) {
		t.ascii[c] = t.number(rune(lowerASCII(c)))
	}
	slices.SortStableFunc(words, func(a, b word) int { return slices.Compare(a.text, b.text) })
	t.build(words)
	t.root = make([]int32, len(t.letters))
	for e := t.first[0]; e < t.first[1]; e++ {
		t.root[t.label[e]] = t.next[e]
	}
	t.spread()
	return t
}

// mostSpread is the most letters that a row for each first letter is kept of: of most alphabets, and not of Chinese.
const mostSpread = 256

// spread lays out where the first letters lead. Their nodes are the first after the root.
func (t *trie) spread() {
	if len(t.letters) > mostSpread || len(t.first) < 2 {
		return
	}
	rows := int(t.first[1] - t.first[0])
	t.second = make([]int32, (rows+1)*len(t.letters))
	for node := 1; node <= rows; node++ {
		for e := t.first[node]; e < t.first[node+1]; e++ {
			t.second[node*len(t.letters)+int(t.label[e])] = t.next[e]
		}
	}
}

func (t *trie) number(r rune) uint16 {
	if r < rune(len(t.low)) {
		return t.low[max(r, 0)]
	}
	return t.high[r]
}

// build lays out nodes in the order of their depth.
func (t *trie) build(words []word) {
	type room struct{ from, to, depth int } // the words that begin alike
	rooms := []room{{0, len(words), 0}}
	for n := 0; n < len(rooms); n++ {
		r := rooms[n]
		t.first, t.out, t.deepest = append(t.first, int32(len(t.label))), append(t.out, -1), append(t.deepest, 0)
		at := r.from
		for at < r.to && len(words[at].text) == r.depth {
			at++
		}
		if at > r.from {
			t.out[n] = int32(len(t.ends))
			t.ends = append(t.ends, endsOf(words[r.from:at]))
		}
		for at < r.to {
			from := at
			for at < r.to && words[at].text[r.depth] == words[from].text[r.depth] {
				t.deepest[n] = uint8(min(255, max(int(t.deepest[n]), len(words[at].text)-r.depth)))
				at++
			}
			t.label, t.next = append(t.label, t.number(words[from].text[r.depth])), append(t.next, int32(len(rooms)))
			rooms = append(rooms, room{from, at, r.depth + 1})
		}
	}
	t.first = append(t.first, int32(len(t.label)))
}

func endsOf(words []word) (all []terminal) {
	for _, w := range words {
		all = append(all, w.end)
	}
	slices.SortStableFunc(all, func(a, b terminal) int {
		return cmp.Or(cmp.Compare(a.entry, b.entry), cmp.Compare(a.tier, b.tier))
	})
	return slices.CompactFunc(all, func(a, b terminal) bool { return a.entry == b.entry })
}

// dead is where a walk ends that no form goes on with.
const dead = int32(0)

// step goes on by a letter.
func (t *trie) step(node int32, letter uint16) int32 {
	if letter == 0 {
		return dead
	}
	if node == 0 {
		return t.root[letter]
	}
	if at := int(node)*len(t.letters) + int(letter); at < len(t.second) {
		return t.second[at]
	}
	return t.further(node, letter)
}

// further goes on by a letter beyond the second.
func (t *trie) further(node int32, letter uint16) int32 {
	from, to := t.first[node], t.first[node+1]
	if to-from > fewEdges {
		return t.among(from, to, letter)
	}
	for e := from; e < to; e++ {
		if t.label[e] == letter {
			return t.next[e]
		}
	}
	return dead
}

// fewEdges are gone through one by one; more of them by halves.
const fewEdges = 16

// among finds a letter among edges, which are in the order of what their letters are in Unicode.
func (t *trie) among(from, to int32, letter uint16) int32 {
	edges := t.label[from:to]
	n, found := slices.BinarySearchFunc(edges, t.letters[letter], func(label uint16, r rune) int {
		return cmp.Compare(t.letters[label], r)
	})
	if !found {
		return dead
	}
	return t.next[from+int32(n)]
}

// spell goes on by several letters.
func (t *trie) spell(node int32, letters string) int32 {
	for _, r := range letters {
		if node = t.step(node, t.number(r)); node == dead {
			return dead
		}
	}
	return node
}

// spelled is the number of a text's one letter.
func (t *trie) spelled(letter string) uint16 {
	r, _ := utf8.DecodeRuneInString(letter)
	return t.number(r)
}

func (t *trie) ended(node int32) []terminal {
	if t.out[node] < 0 {
		return nil
	}
	return t.ends[t.out[node]]
}

func countLetters(text []rune) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
