// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow

import (
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
	least        int            // the shingle with the least of them, the last of equals
	taken        int            // the shingle kept last
	kept         []Shingle
}

// text computes both rolling hashes, polynomials of the runes in the secret base: a rune enters at the end, and
// the one that leaves is taken off.
func (s *scan) text(text string) {
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
			s.offer(n-ShingleRunes, scramble(long))
		}
	}
	if n < ShingleRunes+Window-1 {
		s.take()
	}
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

// offer lets a shingle compete with its neighbours. Of equals the one that was kept before stays as long as it
// can, then the last is taken: so a text that repeats one letter keeps one shingle of eight, not all.
func (s *scan) offer(shingle int, hash uint64) {
	s.window[shingle&(Window-1)] = hash
	switch {
	case shingle-s.least >= Window: // the least has left
		s.least = max(0, shingle-Window+1)
		for i := s.least + 1; i <= shingle; i++ {
			if s.window[i&(Window-1)] <= s.window[s.least&(Window-1)] {
				s.least = i
			}
		}
	case hash < s.window[s.least&(Window-1)]:
		s.least = shingle
	}
	if s.taken != s.least && shingle >= Window-1 {
		s.take()
	}
}

// take keeps the least shingle of the window.
func (s *scan) take() {
	s.taken = s.least
	hash := s.window[s.least&(Window-1)]
	start, end := s.begins[s.least%ring], s.begins[(s.least+ShingleRunes)%ring]
	s.kept = append(s.kept, Shingle{
		Hash: uint32(s.hasher.drawn.sum(hash)), Rune: uint32(s.least),
		Start: uint32(s.starts.start(start)), End: uint32(s.ends.end(end)),
	})
}
