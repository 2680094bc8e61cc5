// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
	"math"
	"unicode/utf8"

	"tocsin/match/minhash"
)

// sketchRunes is how many runes the shingles of the sketch have: shorter ones survive more edits.
const sketchRunes = 5

// ring is how many runes are remembered: those of a shingle and of the window before it, a power of two.
const ring = 32

// scan walks once through a folded text, keeps shingles and fills the sketch.
type scan struct {
	hasher       *Hasher
	sketch       *minhash.Sketch
	starts, ends cursor
	begins       [ring]int      // where each rune begins, and the one to come
	window       [Window]uint64 // the hashes of the shingles that compete
	least        int            // the shingle with the least of them
	leastHash    uint64
	taken        int // the shingle kept last
	kept         []Shingle
}

// text computes both rolling hashes, polynomials of the runes in the secret base: a rune enters at the end,
// and the one that leaves is taken off. It returns how many runes there are.
func (s *scan) text(text string) int {
	var values [ring]uint64
	var long, short uint64
	base := s.hasher.base
	offLong, offShort := power(base, ShingleRunes), power(base, sketchRunes)
	n := 0
	s.least, s.taken = -Window, -1
	for at, r := range text {
		value := s.hasher.value(r)
		long = long*base + value - values[(n-ShingleRunes)&(ring-1)]*offLong
		short = short*base + value - values[(n-sketchRunes)&(ring-1)]*offShort
		values[n&(ring-1)] = value
		n++
		s.begins[n&(ring-1)] = at + utf8.RuneLen(r)
		if n >= sketchRunes {
			s.sketch.Add(scramble(short))
		}
		if n >= ShingleRunes {
			shingle, hash := n-ShingleRunes, scramble(long)
			s.window[shingle&(Window-1)] = hash
			if hash < s.leastHash || shingle-s.least >= Window {
				s.choose(shingle)
			}
			if s.least != s.taken && shingle >= Window-1 {
				s.take()
			}
		}
	}
	if n < ShingleRunes+Window-1 {
		s.take()
	}
	return n
}

// scramble makes every bit of a rolling hash count for the highest ones, which decide what is least.
func scramble(x uint64) uint64 {
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	return x ^ x>>32
}

func (h *Hasher) value(r rune) uint64 {
	if r < utf8.RuneSelf {
		return h.ascii[r]
	}
	return mix(uint64(r) ^ h.seed)
}

func power(base uint64, exponent int) uint64 {
	product := uint64(1)
	for range exponent {
		product *= base
	}
	return product
}

// choose finds the least shingle of the window. Of equals the one chosen before stays as long as it can, then
// the last is taken: so a text that repeats one letter keeps one shingle of eight, not all.
func (s *scan) choose(newest int) {
	if newest-s.least < Window {
		s.least, s.leastHash = newest, s.window[newest&(Window-1)]
		return
	}
	s.leastHash = math.MaxUint64
	for i := max(0, newest-Window+1); i <= newest; i++ {
		if hash := s.window[i&(Window-1)]; hash <= s.leastHash {
			s.least, s.leastHash = i, hash
		}
	}
}

// take keeps the least shingle of the window.
func (s *scan) take() {
	s.taken = s.least
	start, end := s.begins[s.least%ring], s.begins[(s.least+ShingleRunes)%ring]
	s.kept = append(s.kept, Shingle{
		Hash: uint32(s.hasher.drawn.sum(s.leastHash)), Rune: uint32(s.least),
		Start: uint32(s.starts.start(start)), End: uint32(s.ends.end(end)),
	})
}
