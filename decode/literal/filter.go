// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal

import (
	"encoding/binary"
	"math/bits"
)

const (
	// word is how many bytes the filter reads at once.
	word = 8
	// eachLower sets in every byte of a word the bit that distinguishes a from A. It makes some bytes equal
	// that are not, which a filter may do, and so serves folded and exact sets alike.
	eachLower = 0x2020202020202020
	// golden spreads a word over its upper bits: Fibonacci hashing, Knuth 6.4.
	golden = 0x9e3779b97f4a7c15

	// bitsEach is how many bits of a gram's table there are for each pattern: three of a hundred places of
	// unrelated text pass by chance.
	bitsEach             = 32
	fewestBits, mostBits = 10, 24 // as powers of two
)

// filter says where no pattern can begin. All patterns begin with a gram of the one table or of the other.
type filter struct {
	long, short gram
	both        bool
}

// gram is a set of beginnings of equal length: a table of bits, by a hash of the beginning.
type gram struct {
	mask  uint64 // of a word, the bytes of the beginning
	shift uint64 // of a hash
	table []uint64
}

func newFilter(keys []string) filter {
	shortest, length := lengthsOf(keys)
	var f filter
	f.both = shortest < length
	var longs, shorts int
	for _, key := range keys {
		if len(key) >= length {
			longs++
		} else {
			shorts++
		}
	}
	f.long, f.short = newGram(length, longs), newGram(shortest, shorts)
	for _, key := range keys {
		if len(key) >= length {
			f.long.add(key)
		} else {
			f.short.add(key)
		}
	}
	return f
}

// lengthsOf chooses the lengths of the grams: the shorter one is that of the shortest pattern, the longer one
// such that fewest places pass, by the rough rule that a byte of a text tells as much as one of sixteen equal
// letters would. A bad choice costs time and nothing else.
func lengthsOf(keys []string) (shortest, length int) {
	var upTo [word + 1]uint64 // patterns by length, the longer ones in the last
	shortest = word
	for _, key := range keys {
		upTo[min(len(key), word)]++
		shortest = min(shortest, len(key))
	}
	const second = 1 << (4*word - 6) // what looking at a second table costs
	passing := func(patterns uint64, length int) uint64 {
		return min(patterns, 1<<(4*length)) << (4 * (word - length))
	}
	var best, shorter uint64
	for n := shortest; n <= word; n++ {
		cost := passing(uint64(len(keys))-shorter, n)
		if shorter > 0 {
			cost += passing(shorter, shortest) + second
		}
		if n == shortest || cost < best {
			best, length = cost, n
		}
		shorter += upTo[n]
	}
	return shortest, length
}

func newGram(length, patterns int) gram {
	size := min(max(bits.Len(uint(patterns*bitsEach)), fewestBits), mostBits)
	return gram{mask: ^uint64(0) >> (8 * (word - length)), shift: uint64(64 - size), table: make([]uint64, 1<<size/64)}
}

func (g *gram) add(key string) {
	var first [word]byte
	copy(first[:], key)
	h := g.hash(binary.LittleEndian.Uint64(first[:]) | eachLower)
	g.table[h/64] |= 1 << (h % 64)
}

func (g *gram) hash(folded uint64) uint64 { return (folded & g.mask) * golden >> (g.shift & 63) }

func (g *gram) has(folded uint64) bool {
	h := g.hash(folded)
	return g.table[h/64]>>(h%64)&1 != 0
}

// next is the first place, from one on, where a pattern may begin; the length of the text when there is none.
// Near the end of the text, where there is no whole word to look at, each place may be one.
func (f *filter) next(text []byte, at int) int {
	rest := text[min(at, len(text)):]
	if f.both {
		return len(text) - len(f.eitherOf(rest))
	}
	mask, shift, table := f.long.mask, f.long.shift&63, f.long.table
	for len(rest) >= word {
		h := (binary.LittleEndian.Uint64(rest) | eachLower) & mask * golden >> shift
		if table[h/64]>>(h%64)&1 != 0 {
			break
		}
		rest = rest[1:]
	}
	return len(text) - len(rest)
}

// eitherOf leaves out the beginning of a text where no pattern of either length begins.
func (f *filter) eitherOf(rest []byte) []byte {
	for len(rest) >= word {
		folded := binary.LittleEndian.Uint64(rest) | eachLower
		if f.long.has(folded) || f.short.has(folded) {
			break
		}
		rest = rest[1:]
	}
	return rest
}

// passes says whether a pattern may begin at a place.
func (f *filter) passes(text []byte, at int) bool {
	if at+word > len(text) {
		return true
	}
	folded := binary.LittleEndian.Uint64(text[at:]) | eachLower
	return f.long.has(folded) || f.both && f.short.has(folded)
}

func (f *filter) size() int { return 8 * (cap(f.long.table) + cap(f.short.table)) }
