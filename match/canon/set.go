// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"hash/maphash"
	"sync"
	"unsafe"
)

// Set holds known addresses and domains and finds those that a given address comes upon. Additions and
// removals are visible to the next lookup; all methods may be called at once. It holds no text: each key is
// two keyed 64-bit hashes whose keys are drawn when the set is made and never leave it, so that nobody can
// prepare a collision and a chance one has a probability of n/2^128.
type Set struct {
	seeds  [kinds][2]maphash.Seed
	shards [shards]shard
}

// shards bound how much a growing table moves at once, and let writers and readers pass each other.
const shards = 64

type shard struct {
	mu      sync.RWMutex
	maybe   []uint64 // a bit for each key seen since it last grew; most lookups end here, within a cache
	heads   []uint32 // 1-based places in entries; 0 is none
	pages   []*[page]entry
	used    uint32 // places given out, free ones included
	free    uint32 // first of the list of free places, linked by next
	entries int
}

const page = 256

type entry struct {
	first, second uint64
	id            uint64
	href          uint32 // of the whole href: one identity in 2^32 may be called exact
	next          uint32
}

// Kinds of keys: each is hashed with seeds of its own.
type kind uint8

const (
	kindIdentity kind = iota
	kindResource
	kindUnwrapped
	kindDomain
	kinds
)

// NewSet returns an empty set.
func NewSet() *Set {
	s := &Set{}
	for i := range s.seeds {
		s.seeds[i] = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	}
	return s
}

type digest struct{ first, second uint64 }

func (s *Set) digest(kind kind, value string) digest {
	return digest{maphash.String(s.seeds[kind][0], value), maphash.String(s.seeds[kind][1], value)}
}

func (s *Set) hrefHash(serial string) uint32 {
	return uint32(maphash.String(s.seeds[kindIdentity][0], serial))
}

// Add makes an address known under an id. The same id may be added for several addresses, and several ids for
// one.
func (s *Set) Add(id uint64, u URL) {
	s.eachKey(u, func(d digest) { s.insert(d, id, s.hrefHash(u.serial)) })
}

// Remove forgets what Add with the same id and address made known, and says whether it was.
func (s *Set) Remove(id uint64, u URL) bool {
	removed := false
	s.eachKey(u, func(d digest) { removed = s.remove(d, id, s.hrefHash(u.serial)) || removed })
	return removed
}

// AddDomain makes a domain known under an id. It will be found as context only.
func (s *Set) AddDomain(id uint64, d Domain) { s.insert(s.digest(kindDomain, d.name), id, 0) }

// RemoveDomain forgets what AddDomain made known.
func (s *Set) RemoveDomain(id uint64, d Domain) bool {
	return s.remove(s.digest(kindDomain, d.name), id, 0)
}

// eachKey yields the keys under which an address is kept.
func (s *Set) eachKey(u URL, yield func(digest)) {
	yield(s.digest(kindIdentity, u.identity))
	if u.resource != "" {
		yield(s.digest(kindResource, u.resource))
	}
	for inner := u.inner; inner != nil; inner = inner.inner {
		if inner.resource != "" {
			yield(s.digest(kindUnwrapped, inner.resource))
		}
		yield(s.digest(kindUnwrapped, inner.identity))
	}
}

func (s *Set) shard(first uint64) *shard { return &s.shards[first>>58] }

func (s *Set) insert(d digest, id uint64, href uint32) {
	h := s.shard(d.first)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.entries >= len(h.heads) {
		h.grow()
	}
	h.mark(d.first)
	place := h.take()
	head := &h.heads[d.first&uint64(len(h.heads)-1)]
	*h.at(place) = entry{first: d.first, second: d.second, id: id, href: href, next: *head}
	*head = place
	h.entries++
}

func (s *Set) remove(d digest, id uint64, href uint32) bool {
	h := s.shard(d.first)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.heads) == 0 {
		return false
	}
	for link := &h.heads[d.first&uint64(len(h.heads)-1)]; *link != 0; {
		place := *link
		e := h.at(place)
		if e.first == d.first && e.second == d.second && e.id == id && e.href == href {
			*link = e.next
			*e = entry{next: h.free}
			h.free = place
			h.entries--
			return true
		}
		link = &e.next
	}
	return false
}

// each yields the entries of a key until told to stop. Most keys have none, and then one hash is enough.
func (s *Set) each(kind kind, value string, yield func(id uint64, href uint32) bool) {
	first := maphash.String(s.seeds[kind][0], value)
	h := s.shard(first)
	h.mu.RLock()
	defer h.mu.RUnlock()
	if !h.marked(first) {
		return
	}
	var second uint64
	for place, hashed := h.heads[first&uint64(len(h.heads)-1)], false; place != 0; {
		e := h.at(place)
		place = e.next
		if e.first != first {
			continue
		}
		if !hashed {
			second, hashed = maphash.String(s.seeds[kind][1], value), true
		}
		if e.second == second && !yield(e.id, e.href) {
			return
		}
	}
}

func (h *shard) at(place uint32) *entry { return &h.pages[(place-1)/page][(place-1)%page] }

// bitsPerHead makes one lookup in eight of an unknown key go on to the heads when the table is full.
const bitsPerHead = 8

// mark sets the bit of a key. It uses other bits of the hash than the heads do.
func (h *shard) mark(first uint64) {
	bit := first >> 20 & uint64(len(h.maybe)*64-1)
	h.maybe[bit/64] |= 1 << (bit % 64)
}

func (h *shard) marked(first uint64) bool {
	if len(h.maybe) == 0 {
		return false
	}
	bit := first >> 20 & uint64(len(h.maybe)*64-1)
	return h.maybe[bit/64]>>(bit%64)&1 != 0
}

// take returns a place, a free one before a new one.
func (h *shard) take() uint32 {
	if place := h.free; place != 0 {
		h.free = h.at(place).next
		return place
	}
	if int(h.used) == len(h.pages)*page {
		h.pages = append(h.pages, new([page]entry))
	}
	h.used++
	return h.used
}

// grow doubles the heads, links all entries anew and forgets the bits of what was removed.
func (h *shard) grow() {
	old := h.heads
	h.heads = make([]uint32, max(16, 2*len(old)))
	h.maybe = make([]uint64, len(h.heads)*bitsPerHead/64)
	for _, place := range old {
		for place != 0 {
			e := h.at(place)
			next := e.next
			head := &h.heads[e.first&uint64(len(h.heads)-1)]
			e.next, *head = *head, place
			h.mark(e.first)
			place = next
		}
	}
}

// Keys returns how many keys the set holds: one an address, and more where it has a number or is a wrapper.
func (s *Set) Keys() int {
	n := 0
	for i := range s.shards {
		h := &s.shards[i]
		h.mu.RLock()
		n += h.entries
		h.mu.RUnlock()
	}
	return n
}

// Bytes returns the memory the set has taken.
func (s *Set) Bytes() int {
	n := int(unsafe.Sizeof(*s))
	for i := range s.shards {
		h := &s.shards[i]
		h.mu.RLock()
		n += 4*cap(h.heads) + 8*cap(h.maybe) + 8*cap(h.pages) + len(h.pages)*page*int(unsafe.Sizeof(entry{}))
		h.mu.RUnlock()
	}
	return n
}
