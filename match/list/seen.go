// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"hash/maphash"

	"tocsin/match/batch"
)

// seen remembers which signals a list held, as 79 bits of keyed hashes: ten bytes a place, 12 to 25 a signal.
// One list in 2^32 of 2^24 signals has one that is wrongly taken for a repeat (and reported as such); nobody
// can choose signals for which it is otherwise.
type seen struct {
	seeds [2]maphash.Seed
	parts [64]seenPart // so that growing never copies much at once
	left  int          // how many more are remembered
}

type seenPart struct {
	keys []uint64 // 0 where a place is free
	tags []uint16 // 15 more bits, and whether the signal was deleted last
	used int
}

func newSeen(most int) *seen {
	if most == 0 {
		most = batch.MaxRows
	}
	return &seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, left: most}
}

// repeats reports whether a signal is in the list already and stands there the same way: a signal that was
// deleted may come back.
func (s *seen) repeats(signalType, value string, deleted bool) bool {
	key := max(s.hash(0, signalType, value), 1)
	tag := uint16(s.hash(1, signalType, value)) &^ 1
	if deleted {
		tag |= 1
	}
	part := &s.parts[key>>58]
	at, found := part.find(key, tag)
	if found {
		repeated := part.tags[at] == tag
		part.tags[at] = tag
		return repeated
	}
	if s.left > 0 {
		s.left--
		part.add(key, tag)
	}
	return false
}

func (s *seen) hash(seed int, signalType, value string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seeds[seed])
	_, _ = h.WriteString(signalType) // never fails
	_ = h.WriteByte(0)
	_, _ = h.WriteString(value)
	return h.Sum64()
}

// find gives the place of a signal, or the free place where it would be.
func (p *seenPart) find(key uint64, tag uint16) (at int, found bool) {
	if len(p.keys) == 0 {
		return 0, false
	}
	mask := len(p.keys) - 1
	for at = int(key) & mask; p.keys[at] != 0; at = (at + 1) & mask {
		if p.keys[at] == key && p.tags[at]|1 == tag|1 {
			return at, true
		}
	}
	return at, false
}

func (p *seenPart) add(key uint64, tag uint16) {
	if p.used >= len(p.keys)*4/5 {
		p.grow()
	}
	at, _ := p.find(key, tag)
	p.keys[at], p.tags[at] = key, tag
	p.used++
}

func (p *seenPart) grow() {
	old := *p
	size := max(16, 2*len(old.keys))
	p.keys, p.tags = make([]uint64, size), make([]uint16, size)
	for i, key := range old.keys {
		if key != 0 {
			at, _ := p.find(key, old.tags[i])
			p.keys[at], p.tags[at] = key, old.tags[i]
		}
	}
}
